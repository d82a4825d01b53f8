/** Reads what Glade and GtkBuilder write, for Gtk 3 and 4, into the model that the page draws. */
import { isData, isVertical, kindOf } from './gtk-kinds.js'
import { flag, type GtkChild, GtkObject, number } from './gtk-object.js'
import { listLook, rowsOf } from './gtk-rows.js'
import { mnemonic, nameFields, withoutMarkup } from './label-text.js'
import type { Interface, Kind, Look, Place, Value, Widget } from './model.js'
import { InterfaceError, readXml } from './xml-tree.js'

const MOST_WIDGETS = 2000
/** Pixels of spacing and margin, cells of a grid, characters of an entry: more is a mistake, or an attack. */
const MOST_SPACING = 200
const MOST_CELLS = 200
/** Characters that widgets show of lists and buffers, which several may share. A cell counts some more. */
const MOST_SHOWN = 2 << 20
const CELL = 20
const ALIGN: Readonly<Record<string, number>> = { start: 0, center: 0.5, end: 1 }

/** @throws InterfaceError, which says the line */
export async function readInterface(xml: string): Promise<Interface> {
  const top = await readXml(xml)
  if (top.name !== 'interface') throw new InterfaceError(top.line, `<interface> is expected, not <${top.name}>`)
  const objects = top.children.filter(({ name }) => name === 'object' || name === 'template')
  return new Reader(objects.map((element) => new GtkObject(element))).read()
}

class Reader {
  readonly #tops: GtkObject[]
  readonly #byId = new Map<string, GtkObject>()
  /** Ids that other buttons give as their group. */
  readonly #leaders: ReadonlySet<string>
  #count = 0
  #shown = 0

  constructor(tops: GtkObject[]) {
    this.#tops = tops
    for (const object of tops) this.#remember(object)
    this.#leaders = new Set([...this.#byId.values()].map((object) => object.text('group')).filter((id) => id !== ''))
  }

  read(): Interface {
    const windows = this.#tops.filter((object) => kindOf(object.class) === 'window')
    const shown = windows.length > 0 ? windows : this.#tops.filter((object) => !isData(object.class))
    const widgets = shown.map((object) => this.#widget(object))
    if (widgets.length === 0) throw new InterfaceError(1, 'there is no widget in it')
    // Windows but the first wait until a handler shows them, as in Gtk.
    widgets.forEach((widget, position) => {
      if (widget.kind === 'window')
        widget.values.visible = position === 0 || shown[position]!.properties.has('visible') === widget.values.visible
    })
    nameFields(widgets)
    return { title: String(widgets[0]!.values.title ?? ''), widgets }
  }

  #remember(object: GtkObject): void {
    if (object.id !== undefined) {
      const other = this.#byId.get(object.id)
      if (other !== undefined)
        throw new InterfaceError(object.line, `the id '${object.id}' is taken already, on line ${other.line}`)
      this.#byId.set(object.id, object)
    }
    for (const child of object.children) this.#remember(child.object)
  }

  #widget(object: GtkObject): Widget {
    if (++this.#count > MOST_WIDGETS) throw new InterfaceError(object.line, `more than ${MOST_WIDGETS} widgets`)
    const rows = this.#rowsOf(object)
    const kind = this.#kind(object, rows)
    const widget: Widget = {
      kind,
      class: object.class,
      id: object.id ?? this.#freeId(),
      values: {
        visible: object.flag('visible', true),
        sensitive: object.flag('sensitive', true),
        ...(object.properties.has('tooltip-text') ? { tooltip: object.text('tooltip-text') } : {}),
      },
      look: this.#look(object, kind),
      signals: [object, ...this.#parts(object)].flatMap(({ signals }) => signals),
      children: [],
    }
    Object.assign(widget.values, this.#values(object, widget, rows))
    const target = object.properties.get('mnemonic-widget')
    if (kind === 'label' && target !== undefined) widget.labels = target
    if (kind !== 'list' && kind !== 'combo') this.#addChildren(object, widget)
    return widget
  }

  #kind(object: GtkObject, rows: string[][] | undefined): Kind {
    const kind = kindOf(object.class)
    // Gtk 4 has no radio button: check buttons of one group are.
    if (kind === 'check' && (object.properties.has('group') || this.#leaders.has(object.id ?? ''))) return 'radio'
    // Rows with more in them than text.
    return kind === 'list' && rows === undefined ? 'box' : kind
  }

  #addChildren(object: GtkObject, widget: Widget): void {
    const tabs = object.children.filter(({ type }) => type === 'tab')
    for (const child of object.children) {
      if (isData(child.object.class) || child.type === 'tab') continue
      if (/^label/.test(child.type ?? '') && (widget.kind === 'frame' || widget.kind === 'expander')) {
        widget.values.text = plainLabel(child.object).text
        continue
      }
      const place = placeOf(child)
      if (widget.kind === 'notebook') {
        const tab = tabs[widget.children.length]
        place.tab = tab === undefined ? `Page ${widget.children.length + 1}` : plainLabel(tab.object).text
      }
      // A button with a label or an image in it is a button with that text.
      if (isButton(widget.kind)) {
        const words = labelsIn(child.object)
        if (words !== '' && widget.values.text === '') widget.values.text = words
        continue
      }
      widget.children.push({ widget: this.#widget(child.object), place })
    }
  }

  /** Objects that hold data of this one, whose signals are its signals. */
  #parts(object: GtkObject): GtkObject[] {
    const inner = object.children.filter(({ object: { class: name } }) => isData(name)).map((child) => child.object)
    const named = ['adjustment', 'buffer', 'model']
      .map((property) => this.#byId.get(object.text(property)))
      .filter((part) => part !== undefined)
    return [...new Set([...inner, ...named])].filter(({ class: name }) => !name.startsWith('GtkCellRenderer'))
  }

  #rowsOf(object: GtkObject): string[][] | undefined {
    const rows = rowsOf(object, (id) => this.#byId.get(id), labelsIn)
    for (const row of rows ?? []) for (const cell of row) this.#countShown(cell.length + CELL, object)
    return rows
  }

  #countShown(characters: number, { line }: GtkObject): void {
    this.#shown += characters
    if (this.#shown > MOST_SHOWN)
      throw new InterfaceError(line, `more than ${MOST_SHOWN} characters in all lists and texts`)
  }

  #values(object: GtkObject, widget: Widget, rows: string[][] | undefined): Record<string, Value> {
    const label = plainLabel(object)
    if (label.key !== undefined) widget.look.key = label.key
    switch (widget.kind) {
      case 'window':
        return { title: object.text('title') }
      case 'label':
      case 'frame':
      case 'expander':
        return { text: label.text }
      case 'button':
      case 'toggle':
      case 'check':
      case 'radio':
        return { text: label.text, ...(widget.kind === 'button' ? {} : { active: object.flag('active', false) }) }
      case 'switch':
        return { active: object.flag('active', false) }
      case 'entry':
        return {
          text: object.text('text'),
          placeholder: object.text('placeholder-text'),
          editable: object.flag('editable', true),
        }
      case 'text':
        return { text: this.#bufferText(object), editable: object.flag('editable', true) }
      case 'image':
        return { text: object.text('icon-name') || object.text('stock') || object.text('file') || 'image' }
      case 'progress':
        return { fraction: object.number('fraction', object.number('value', 0)), text: object.text('text') }
      case 'spin':
      case 'scale':
        return { value: object.number('value', this.#adjustment(object)?.number('value', 0) ?? 0) }
      case 'notebook':
        return { selected: object.number('page', 0) }
      case 'combo':
        return { items: rows ?? [], selected: selectedItem(object, rows ?? []) }
      case 'list':
        return { items: rows ?? [], selected: -1 }
      default:
        return {}
    }
  }

  #bufferText(object: GtkObject): string {
    const named = this.#byId.get(object.text('buffer'))
    const inner = object.children.find((child) => child.object.class === 'GtkTextBuffer')?.object
    const text = (named ?? inner)?.text('text') ?? ''
    this.#countShown(text.length, object)
    return text
  }

  #adjustment(object: GtkObject): GtkObject | undefined {
    const inner = object.children.find((child) => child.object.class === 'GtkAdjustment')?.object
    return this.#byId.get(object.text('adjustment')) ?? inner
  }

  #look(object: GtkObject, kind: Kind): Look {
    const look: Look = {}
    const margin = object.number('border-width', object.number('margin', object.number('margin-top', 0)))
    if (margin > 0) look.margin = Math.min(margin, MOST_SPACING)
    if (kind === 'box' || kind === 'scale' || kind === 'separator')
      look.vertical = object.class === 'GtkListBox' || isVertical(object.class, object.properties.get('orientation'))
    if (kind === 'box') {
      look.spacing = Math.min(Math.max(object.number('spacing', 0), 0), MOST_SPACING)
      look.homogeneous = object.flag('homogeneous', false)
    }
    if (kind === 'grid')
      look.spacing = ['row-spacing', 'column-spacing'].map((name) =>
        Math.min(Math.max(object.number(name, 0), 0), MOST_SPACING),
      ) as [number, number]
    if (kind === 'entry') {
      look.hidden = object.class === 'GtkPasswordEntry' || !object.flag('visibility', true)
      look.most = Math.max(0, object.number('max-length', 0))
    }
    if (kind === 'spin' || kind === 'scale') look.range = rangeOf(this.#adjustment(object), object)
    if (kind === 'radio') look.group = object.text('group') || object.id || ''
    if (kind === 'label') look.align = object.number('xalign', ALIGN[object.text('halign')] ?? 0)
    if (kind === 'list') look.columns = listLook(object)
    if (kind === 'button') look.suggested = object.flag('has-default', false)
    return look
  }

  #freeId(): string {
    let position = this.#count
    while (this.#byId.has(`@${position}`)) position++
    return `@${position}`
  }
}

function isButton(kind: Kind): boolean {
  return kind === 'button' || kind === 'toggle' || kind === 'check' || kind === 'radio'
}

/** The label of a widget as plain text. */
function plainLabel(object: GtkObject): { text: string; key?: string } {
  let text = object.text('label')
  if (object.flag('use-markup', false)) text = withoutMarkup(text)
  // What comes from Gtk's stock of buttons is written with a mnemonic too: gtk-close is 'Close'.
  if (object.flag('use-stock', false)) text = text.replace(/^gtk-/, '').replace(/^./, (first) => first.toUpperCase())
  return object.flag('use-underline', false) ? mnemonic(text) : { text }
}

/** The texts of all labels in it. */
function labelsIn(object: GtkObject): string {
  const own = kindOf(object.class) === 'label' ? plainLabel(object).text : ''
  return [own, ...object.children.map((child) => labelsIn(child.object))].filter((text) => text !== '').join(' ')
}

function selectedItem(object: GtkObject, rows: string[][]): number {
  const id = object.properties.get('active-id')
  if (id !== undefined) {
    const position = object.below('items', 'item').findIndex((item) => item.attributes.get('id') === id)
    if (position >= 0) return position
  }
  const position = object.number('active', object.number('selected', object.class === 'GtkDropDown' ? 0 : -1))
  return position < rows.length ? position : -1
}

function rangeOf(adjustment: GtkObject | undefined, object: GtkObject): Look['range'] {
  const digits = Math.min(Math.max(object.number('digits', object.class === 'GtkSpinButton' ? 0 : 1), 0), 10)
  const step = adjustment?.number('step-increment', 0) ?? 0
  return {
    lower: adjustment?.number('lower', 0) ?? 0,
    upper: adjustment?.number('upper', 0) ?? 100,
    step: step > 0 ? step : 10 ** -digits,
    digits,
  }
}

function placeOf({ object, packing, type }: GtkChild): Place {
  const place: Place = {}
  if (packing.has('expand')) place.expand = flag(packing.get('expand'), false)
  else if (object.flag('hexpand', false) || object.flag('vexpand', false)) place.expand = true
  if (packing.get('pack-type')?.trim() === 'end' || type === 'end') place.end = true
  const at = (gtk3: string, gtk4: string, otherwise: number) =>
    Math.round(
      Math.min(
        Math.max(number(object.layout.get(gtk4) ?? packing.get(gtk3), otherwise, `the ${gtk4}`, object.line), 0),
        MOST_CELLS,
      ),
    )
  const [left, top] = [at('left-attach', 'column', 0), at('top-attach', 'row', 0)]
  // GtkTable says where a cell ends, not how wide it is.
  const width = packing.has('right-attach') ? at('right-attach', '-', 1) - left : at('width', 'column-span', 1)
  const height = packing.has('bottom-attach') ? at('bottom-attach', '-', 1) - top : at('height', 'row-span', 1)
  place.cell = { left, top, width: Math.max(width, 1), height: Math.max(height, 1) }
  return place
}
