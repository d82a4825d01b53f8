/** An interface as the page draws it: plain data, sent to the browser as JSON. */

/** What can be drawn. `unknown` is shown as a frame that says so, with its children in it. */
export type Kind =
  | 'box'
  | 'button'
  | 'check'
  | 'combo'
  | 'entry'
  | 'expander'
  | 'frame'
  | 'grid'
  | 'image'
  | 'label'
  | 'list'
  | 'notebook'
  | 'progress'
  | 'radio'
  | 'scale'
  | 'separator'
  | 'spin'
  | 'switch'
  | 'text'
  | 'toggle'
  | 'unknown'
  | 'window'

/** `index`: of an item, -1 for none. `rows`: a list of lists of texts. */
export type PropertyType = 'flag' | 'index' | 'number' | 'rows' | 'text'
export type Value = boolean | number | string | readonly (readonly string[])[]

const COMMON = { visible: 'flag', sensitive: 'flag', tooltip: 'text' } as const
const LABELLED = { ...COMMON, text: 'text' } as const
const CHECKED = { ...LABELLED, active: 'flag' } as const
const RANGE = { ...COMMON, value: 'number' } as const

/** What handlers can read and set, by kind. */
export const PROPERTIES: Readonly<Record<Kind, Readonly<Record<string, PropertyType>>>> = {
  box: COMMON,
  button: LABELLED,
  check: CHECKED,
  combo: { ...COMMON, items: 'rows', selected: 'index' },
  entry: { ...LABELLED, placeholder: 'text', editable: 'flag' },
  expander: LABELLED,
  frame: LABELLED,
  grid: COMMON,
  image: LABELLED,
  label: LABELLED,
  list: { ...COMMON, items: 'rows', selected: 'index' },
  notebook: { ...COMMON, selected: 'index' },
  progress: { ...LABELLED, fraction: 'number' },
  radio: CHECKED,
  scale: RANGE,
  separator: COMMON,
  spin: RANGE,
  switch: { ...COMMON, active: 'flag' },
  text: { ...LABELLED, editable: 'flag' },
  toggle: CHECKED,
  unknown: COMMON,
  window: { ...COMMON, title: 'text' },
}

export interface Signal {
  /** With dashes: `delete-event`. */
  name: string
  /** The function that it calls. */
  handler: string
}

/** How a widget looks, where handlers cannot change it. What does not apply is unset. */
export interface Look {
  /** Of a box, a scale, a separator. */
  vertical?: boolean
  /** Between children, pixels; of a grid [rows, columns]. */
  spacing?: number | [number, number]
  /** All children get as much room. */
  homogeneous?: boolean
  /** Around it, pixels. */
  margin?: number
  /** Of an entry: what is typed is not shown. */
  hidden?: boolean
  /** Of an entry, characters; 0 for no limit. */
  most?: number
  /** Of a spin button and a scale. */
  range?: { lower: number; upper: number; step: number; digits: number }
  /** Titles of columns. */
  columns?: string[]
  /** Radio buttons with the same group exclude each other. */
  group?: string
  /** The letter that works the widget together with the browser's key for that. */
  key?: string
  /** Of a button: that of the dialog which Enter means. */
  suggested?: boolean
  /** Of a label: where in its room it stands, 0 left to 1 right. */
  align?: number
}

/** Where a child stands in its parent. */
export interface Place {
  expand?: boolean
  /** Packed from the end of the box. */
  end?: boolean
  /** In a grid, from 0; `width` and `height` in cells. */
  cell?: { left: number; top: number; width: number; height: number }
  /** The text of its tab in a notebook. */
  tab?: string
}

export interface Widget {
  kind: Kind
  /** `GtkLabel` */
  class: string
  /** As in the XML; made up (`@7`) where it has none. */
  id: string
  /** The properties of its kind. */
  values: Record<string, Value>
  look: Look
  signals: Signal[]
  children: { widget: Widget; place: Place }[]
  /** Of a field: the label that names it. */
  labelledBy?: string
  /** Of a label: the field that it names. */
  labels?: string
  /** Of a field without a label: what a screen reader says. */
  name?: string
}

export interface Interface {
  /** Of the first window. */
  title: string
  /** The windows; the first is shown. Without a window in the XML, all that stands on top. */
  widgets: Widget[]
}
