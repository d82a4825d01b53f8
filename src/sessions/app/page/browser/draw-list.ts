import type { Value, Widget } from '../model.js'
import type { PageElement, PageWindow } from './dom.js'
import type { Drawn, Hooks } from './draw.js'

export type DrawList = (window: PageWindow, widget: Widget, hooks: Hooks) => Drawn

/**
 * A list to choose from: of one column a listbox, of several a grid with titles. Arrow keys, Home and End choose, Enter and a double click
 * activate. (Sent as text: it uses nothing from outside.)
 */
export function drawList({ document }: PageWindow, widget: Widget, hooks: Hooks): Drawn {
  const titles = widget.look.columns ?? []
  const element = (tag: string, role: string, ...inside: (PageElement | string)[]) => {
    const made = document.createElement(tag)
    if (role !== '') made.setAttribute('role', role)
    made.append(...inside)
    return made
  }
  const body = element('tbody', 'presentation')
  const control = element('table', 'listbox', body)
  const node = element('div', '', control)
  node.className = 'list'
  if (titles.length > 0)
    control.append(
      element('thead', '', element('tr', 'row', ...titles.map((title) => element('th', 'columnheader', title)))),
    )
  let rows: PageElement[] = []
  let chosen = -1

  const show = (position: number) => {
    rows[chosen]?.setAttribute('aria-selected', 'false')
    for (const row of [rows[chosen], rows[0]]) if (row !== undefined) row.tabIndex = -1
    chosen = position < rows.length ? position : -1
    rows[chosen]?.setAttribute('aria-selected', 'true')
    // One row takes part in the order of the Tab key.
    const focused = rows[Math.max(chosen, 0)]
    if (focused !== undefined) focused.tabIndex = 0
  }
  const choose = (position: number) => {
    if (position < 0 || position >= rows.length) return
    const isNew = position !== chosen
    show(position)
    rows[position]!.focus()
    if (!isNew) return
    hooks.changed(widget.id, 'selected', position)
    hooks.signal(widget.id, ['row-selected', 'selected-rows-changed', 'cursor-changed', 'changed'])
  }
  const onKey = (position: number, key: string): boolean => {
    const target = { ArrowDown: position + 1, ArrowUp: position - 1, Home: 0, End: rows.length - 1, ' ': position }[key]
    if (target !== undefined) choose(target)
    if (key !== 'Enter') return target !== undefined
    choose(position)
    hooks.signal(widget.id, ['row-activated'])
    return true
  }
  const rowOf = (cells: string[], isGrid: boolean, position: number) => {
    const role = isGrid ? 'gridcell' : 'presentation'
    const row = element('tr', isGrid ? 'row' : 'option', ...cells.map((cell) => element('td', role, cell)))
    row.setAttribute('aria-selected', 'false')
    row.tabIndex = -1
    row.addEventListener('click', () => choose(position))
    row.addEventListener('dblclick', () => hooks.signal(widget.id, ['row-activated']))
    row.addEventListener('keydown', (event) => {
      if (onKey(position, event.key)) event.preventDefault()
    })
    return row
  }
  const items = (value: Value) => {
    const given = value as string[][]
    const isGrid = titles.length > 0 || given.some((row) => row.length > 1)
    control.setAttribute('role', isGrid ? 'grid' : 'listbox')
    rows = given.map((row, position) => rowOf(row, isGrid, position))
    body.replaceChildren(...rows)
    chosen = -1
    show(-1)
  }
  const selected = (value: Value) => {
    show(Number(value))
    rows[chosen]?.scrollIntoView({ block: 'nearest' })
  }
  return { widget, node, control, set: { items, selected } }
}
