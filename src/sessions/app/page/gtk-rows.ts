/** Rows and columns of lists and combo boxes, from where GtkBuilder XML has them. */
import { kindOf } from './gtk-kinds.js'
import type { GtkObject } from './gtk-object.js'
import { InterfaceError } from './xml-tree.js'

const MOST_ROWS = 2000
const MOST_COLUMNS = 20

/** Undefined for what has no rows, and for a list whose rows hold more than text. */
export function rowsOf(
  object: GtkObject,
  byId: (id: string) => GtkObject | undefined,
  textOf: (object: GtkObject) => string,
): string[][] | undefined {
  const rows = allRows(object, byId, textOf)
  if (rows !== undefined && rows.length > MOST_ROWS)
    throw new InterfaceError(object.line, `more than ${MOST_ROWS} rows in ${object.class}`)
  return rows
}

function allRows(
  object: GtkObject,
  byId: (id: string) => GtkObject | undefined,
  textOf: (object: GtkObject) => string,
): string[][] | undefined {
  if (object.class === 'GtkListBox') {
    if (object.children.some((child) => !isText(child.object))) return undefined
    return object.children.map((child) => [textOf(child.object)])
  }
  const kind = kindOf(object.class)
  if (kind !== 'combo' && kind !== 'list') return undefined
  const items = object.below('items', 'item')
  if (items.length > 0) return items.map(({ text }) => [text])
  const inner = object.children.find((child) => /List$|Store$/.test(child.object.class))?.object
  const model = byId(object.text('model').trim()) ?? inner
  if (model === undefined) return []
  if (model.class === 'GtkStringList') return model.below('items', 'item').map(({ text }) => [text])
  const shown = shownColumns(object)
  return model.below('data', 'row').map((row) => {
    const cells = new Map(row.children.map((cell) => [Number(cell.attributes.get('id')), cell.text]))
    const columns = shown.length > 0 ? shown : [...cells.keys()].sort((one, other) => one - other)
    return columns.slice(0, MOST_COLUMNS).map((column) => cells.get(column) ?? '')
  })
}

/** Titles of the columns of a tree view; none where nobody gave one, or they are hidden. */
export function listLook(object: GtkObject): string[] {
  if (object.class !== 'GtkTreeView' || !object.flag('headers-visible', true)) return []
  const titles = columnsOf(object).map((column) => column.text('title'))
  return titles.every((title) => title === '') ? [] : titles
}

/** The columns of the model that the renderers show: `<attribute name="text">1</attribute>`. */
function shownColumns(object: GtkObject): number[] {
  const columns = kindOf(object.class) === 'list' ? columnsOf(object) : [object]
  const shown = columns.map((column) => {
    const found = column
      .below('child', 'attributes', 'attribute')
      .find(({ attributes }) => /^(text|markup|active)$/.test(attributes.get('name') ?? ''))
    return found === undefined ? Number.NaN : Number(found.text)
  })
  return shown.filter((column) => Number.isInteger(column) && column >= 0)
}

function columnsOf(object: GtkObject): GtkObject[] {
  return object.children
    .map((child) => child.object)
    .filter(({ class: name }) => name === 'GtkTreeViewColumn')
    .slice(0, MOST_COLUMNS)
}

function isText(object: GtkObject): boolean {
  const kind = kindOf(object.class)
  return (
    (kind === 'label' || kind === 'box' || kind === 'image') && object.children.every((child) => isText(child.object))
  )
}
