/** Labels: the letter after `_`, Pango markup as plain text, and which field a label names. */
import type { Widget } from './model.js'

/** Text with a mnemonic: `_Hello` is 'Hello' with the key 'h'; `__` is `_`. */
export function mnemonic(text: string): { text: string; key?: string } {
  let key: string | undefined
  const shown = text.replace(/_(_|.|$)/gsu, (_, next: string) => {
    if (next !== '_' && /[\p{L}\p{N}]/u.test(next)) key ??= next.toLowerCase()
    return next
  })
  return key === undefined ? { text: shown } : { text: shown, key }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Pango markup without its tags. */
export function withoutMarkup(markup: string): string {
  return markup.replace(/<[^<>]*>/g, '').replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!)
}

const FIELDS: ReadonlySet<string> = new Set(['combo', 'entry', 'list', 'progress', 'scale', 'spin', 'switch', 'text'])

/** Gives each field a name: the label that says so, else one before it in the box or in the row of the grid, else words about it. */
export function nameFields(tops: readonly Widget[]): void {
  const all = tops.flatMap(withDescendants)
  const byId = new Map(all.map((widget) => [widget.id, widget]))
  for (const label of all) {
    const field = label.labels === undefined ? undefined : byId.get(label.labels)
    if (field === undefined || !FIELDS.has(field.kind) || field.labelledBy !== undefined) delete label.labels
    else field.labelledBy = label.id
  }
  for (const parent of all) for (const child of parent.children) nameByPlace(parent, child)
  for (const field of all)
    if (FIELDS.has(field.kind) && field.labelledBy === undefined)
      field.name = String(field.values.placeholder || field.values.tooltip || readable(field))
}

function nameByPlace(parent: Widget, { widget: field, place }: Widget['children'][number]): void {
  if (!FIELDS.has(field.kind) || field.labelledBy !== undefined) return
  const position = parent.children.findIndex(({ widget }) => widget === field)
  const label =
    parent.kind === 'grid'
      ? parent.children
          .filter(({ widget, place: { cell } }) => isFree(widget) && cell?.top === place.cell?.top)
          .filter(({ place: { cell } }) => cell!.left < place.cell!.left)
          .sort((one, other) => other.place.cell!.left - one.place.cell!.left)[0]?.widget
      : parent.children[position - 1]?.widget
  if (label === undefined || !isFree(label)) return
  label.labels = field.id
  field.labelledBy = label.id
}

/** A label that names no field yet. One without text is there to show something later. */
function isFree({ kind, labels, values }: Widget): boolean {
  return kind === 'label' && labels === undefined && values.text !== ''
}

function readable({ id, class: name }: Widget): string {
  return id.startsWith('@') ? name.replace(/^Gtk/, '') : id.replaceAll(/[_-]+/g, ' ')
}

/** A widget and all that are in it. */
export function withDescendants(widget: Widget): Widget[] {
  return [widget, ...widget.children.flatMap((child) => withDescendants(child.widget))]
}
