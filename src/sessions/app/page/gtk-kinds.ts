/** Which classes of Gtk 3 and 4 are drawn, and as what. */
import type { Kind } from './model.js'

const CLASSES: Readonly<Record<Exclude<Kind, 'unknown'>, string>> = {
  box: `ActionBar Alignment AspectFrame Box ButtonBox CenterBox EventBox FlowBox FlowBoxChild HBox HButtonBox HeaderBar HPaned ListBoxRow
    Overlay Paned Revealer ScrolledWindow VBox VButtonBox Viewport VPaned`,
  button: 'Button',
  check: 'CheckButton',
  combo: 'ComboBox ComboBoxText DropDown',
  entry: 'Entry PasswordEntry SearchEntry Text',
  expander: 'Expander',
  frame: 'Frame',
  grid: 'Grid Table',
  image: 'Image Picture',
  label: 'AccelLabel Label',
  list: 'ListBox TreeView',
  notebook: 'Notebook',
  progress: 'LevelBar ProgressBar',
  radio: 'RadioButton',
  scale: 'HScale Scale VScale',
  separator: 'HSeparator Separator VSeparator',
  spin: 'SpinButton',
  switch: 'Switch',
  text: 'TextView',
  toggle: 'ToggleButton',
  window: 'ApplicationWindow Dialog MessageDialog Window',
}

const KINDS = new Map(
  Object.entries(CLASSES).flatMap(([kind, names]) => names.split(/\s+/).map((name) => [`Gtk${name}`, kind as Kind])),
)

/** Not seen by themselves: data of others. */
const DATA = new Set(
  `Adjustment CellRendererText CellRendererToggle EntryBuffer EntryCompletion FileFilter ListStore SizeGroup StringList TextBuffer TextTagTable
  TreeSelection TreeStore TreeViewColumn`
    .split(/\s+/)
    .map((name) => `Gtk${name}`),
)
/** Boxes whose children stand one below the other unless the XML says otherwise. */
const VERTICAL =
  /^Gtk(V|ScrolledWindow|Viewport|Alignment|AspectFrame|EventBox|Revealer|Overlay|ListBoxRow|FlowBoxChild)/

export function kindOf(className: string): Kind {
  return KINDS.get(className) ?? 'unknown'
}

export function isData(className: string): boolean {
  return DATA.has(className) || className.startsWith('GtkCellRenderer')
}

export function isVertical(className: string, orientation: string | undefined): boolean {
  if (orientation !== undefined) return /^\s*(vertical|1)\s*$/.test(orientation)
  return VERTICAL.test(className)
}
