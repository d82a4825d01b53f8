import type { Kind, Value, Widget } from '../model.js'
import type { PageElement, PageWindow } from './dom.js'
import type { DrawList } from './draw-list.js'

/** What the user does, told to the page. */
export interface Hooks {
  /** The user has changed a property. */
  changed(id: string, property: string, value: Value): void
  /** Something happened that Gtk has these names for. */
  signal(id: string, names: string[]): void
  closed(id: string): void
}

/** A widget on the page. */
export interface Drawn {
  widget: Widget
  node: PageElement
  /** What takes the focus, if not the node. */
  control?: PageElement
  /** Where its children go, if not into the node. */
  inside?: PageElement
  /** Shows a property. */
  set: Record<string, (value: Value) => void>
}

/**
 * Draws widgets as HTML. Texts become text nodes, never HTML; ids of the XML stand in `data-id` only, so that none can take the place
 * of ours. (Sent as text: it uses nothing from outside.)
 * @returns draws a widget with all that is in it, and puts each into `all`
 */
export function drawing(window: PageWindow, drawList: DrawList, hooks: Hooks, all: Map<string, Drawn>) {
  const { document } = window
  let count = 0
  const pageIds = new Map<string, string>()
  /** The id on the page for one of the XML. */
  const pageId = (id: string) => {
    if (!pageIds.has(id)) pageIds.set(id, `w${++count}`)
    return pageIds.get(id)!
  }
  const element = (tag: string, className: string, ...inside: (PageElement | string)[]) => {
    const made = document.createElement(tag)
    if (className !== '') made.className = className
    made.append(...inside)
    return made
  }
  const setText = (node: PageElement) => (value: Value) => {
    node.textContent = String(value)
  }
  /** A field that the user types into. */
  const typed = (control: PageElement, { id, look }: Widget, names: string[], property = 'text'): Drawn['set'] => {
    control.addEventListener('input', () => {
      hooks.changed(id, property, property === 'text' ? control.value : Number(control.value))
      hooks.signal(id, names)
    })
    if (look.key !== undefined) control.accessKey = look.key
    return {
      [property]: (value) => {
        if (control.value !== String(value)) control.value = String(value)
      },
      placeholder: (value) => {
        control.placeholder = String(value)
      },
      editable: (value) => {
        control.readOnly = !value
      },
    }
  }
  const input = (type: string, className: string) => {
    const made = element('input', className)
    made.type = type
    return made
  }
  const ticked = (widget: Widget, type: string): Drawn => {
    const control = input(type, '')
    const text = element('span', 'words')
    if (widget.kind === 'switch') control.setAttribute('role', 'switch')
    if (widget.kind === 'radio') control.name = pageId(`group ${widget.look.group}`)
    if (widget.look.key !== undefined) control.accessKey = widget.look.key
    control.addEventListener('change', () => {
      hooks.changed(widget.id, 'active', control.checked)
      hooks.signal(widget.id, ['toggled', 'clicked', 'state-set', 'notify::active'])
    })
    const active = (value: Value) => {
      control.checked = Boolean(value)
    }
    // A switch is named by another label.
    if (widget.kind === 'switch') return { widget, node: control, set: { active } }
    return { widget, node: element('label', 'check', control, text), control, set: { text: setText(text), active } }
  }
  const button = (widget: Widget): Drawn => {
    const node = element('button', widget.look.suggested === true ? 'button suggested' : 'button')
    node.type = 'button'
    if (widget.look.key !== undefined) node.accessKey = widget.look.key
    const set: Drawn['set'] = { text: setText(node) }
    if (widget.kind === 'toggle') {
      let active = false
      set.active = (value) => {
        active = Boolean(value)
        node.setAttribute('aria-pressed', String(active))
      }
      node.addEventListener('click', () => {
        set.active!(!active)
        hooks.changed(widget.id, 'active', active)
        hooks.signal(widget.id, ['toggled'])
      })
    }
    node.addEventListener('click', () => hooks.signal(widget.id, ['clicked']))
    return { widget, node, set }
  }
  const combo = (widget: Widget): Drawn => {
    const node = element('select', 'field')
    node.addEventListener('change', () => {
      hooks.changed(widget.id, 'selected', node.selectedIndex)
      hooks.signal(widget.id, ['changed', 'notify::selected'])
    })
    const set: Drawn['set'] = {
      items: (value) => {
        node.replaceChildren(...(value as string[][]).map((row) => element('option', '', row[0] ?? '')))
        node.selectedIndex = -1
      },
      selected: (value) => {
        node.selectedIndex = Number(value)
      },
    }
    return { widget, node, set }
  }
  const ranged = (widget: Widget, type: string): Drawn => {
    const { lower, upper, step, digits } = widget.look.range!
    const control = input(type, type === 'range' ? '' : 'field')
    Object.assign(control, { min: String(lower), max: String(upper), step: String(step) })
    const set = typed(control, widget, ['value-changed', 'changed'], 'value')
    if (type !== 'range') return { widget, node: control, set }
    const shown = element('output', 'shown')
    const show = () => setText(shown)(Number(control.value).toFixed(digits))
    control.addEventListener('input', show)
    const node = element('span', widget.look.vertical === true ? 'scale vertical' : 'scale', control, shown)
    const value = (given: Value) => {
      set.value!(given)
      show()
    }
    return { widget, node, control, set: { value } }
  }
  const notebook = (widget: Widget): Drawn => {
    const tabs = element('div', 'tabs')
    tabs.setAttribute('role', 'tablist')
    const inside = element('div', 'panels')
    const choose = (position: number, byUser: boolean) => {
      for (let index = 0; index < tabs.children.length; index++) {
        tabs.children[index]!.setAttribute('aria-selected', String(index === position))
        tabs.children[index]!.tabIndex = index === position ? 0 : -1
        inside.children[index]!.hidden = index !== position
      }
      if (!byUser) return
      tabs.children[position]!.focus()
      hooks.changed(widget.id, 'selected', position)
      hooks.signal(widget.id, ['switch-page'])
    }
    widget.children.forEach(({ place }, index) => {
      const tab = element('button', 'tab', place.tab ?? '')
      tab.type = 'button'
      tab.setAttribute('role', 'tab')
      tab.addEventListener('click', () => choose(index, true))
      tab.addEventListener('keydown', ({ key }) => {
        const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
        if (step !== 0) choose((index + step + tabs.children.length) % tabs.children.length, true)
      })
      tabs.append(tab)
    })
    const selected = (value: Value) =>
      choose(Math.max(Number(value) < widget.children.length ? Number(value) : 0, 0), false)
    return { widget, node: element('div', 'notebook', tabs, inside), inside, set: { selected } }
  }
  const windowOf = (widget: Widget): Drawn => {
    const title = element('h1', '')
    title.id = pageId(`title of ${widget.id}`)
    const close = element('button', 'close', '×')
    close.type = 'button'
    close.setAttribute('aria-label', 'Close the window')
    close.addEventListener('click', () => hooks.closed(widget.id))
    const inside = element('div', 'inside')
    const node = element('section', 'window', element('header', '', title, close), inside)
    node.setAttribute('aria-labelledby', title.id)
    return { widget, node, inside, set: { title: setText(title) } }
  }
  const entry = (widget: Widget): Drawn => {
    const node = input(widget.look.hidden === true ? 'password' : 'text', 'field')
    node.autocomplete = 'off'
    if (widget.look.most) node.maxLength = widget.look.most
    node.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') hooks.signal(widget.id, ['activate'])
    })
    return { widget, node, set: typed(node, widget, ['changed', 'search-changed', 'notify::text']) }
  }
  const label = (widget: Widget): Drawn => {
    const node = element(widget.labels === undefined ? 'span' : 'label', 'label')
    if (widget.labels !== undefined) node.htmlFor = pageId(widget.labels)
    node.style.textAlign = (widget.look.align ?? 0) > 0.6 ? 'end' : (widget.look.align ?? 0) > 0.4 ? 'center' : 'start'
    return { widget, node, set: { text: setText(node) } }
  }
  const progress = (widget: Widget): Drawn => {
    const control = element('progress', '')
    const text = element('span', 'words')
    const fraction = (value: Value) => {
      control.value = String(Math.min(Math.max(Number(value), 0), 1))
    }
    return { widget, node: element('span', 'progress', control, text), control, set: { fraction, text: setText(text) } }
  }
  const image = (widget: Widget): Drawn => {
    const node = element('span', 'image')
    node.setAttribute('role', 'img')
    const text = (value: Value) => {
      node.setAttribute('aria-label', String(value))
      node.textContent = String(value)
    }
    return { widget, node, set: { text } }
  }
  const framed = (widget: Widget, outer: string, title: string): Drawn => {
    const legend = element(title, '')
    const inside = element('div', 'inside')
    const set = {
      text: (value: Value) => {
        setText(legend)(value)
        legend.hidden = value === ''
      },
    }
    return { widget, node: element(outer, widget.kind, legend, inside), inside, set }
  }
  const kinds: Record<Kind, (widget: Widget) => Drawn> = {
    box: (widget) => {
      const { vertical, homogeneous, spacing } = widget.look
      const node = element('div', `box ${vertical ? 'vertical' : 'horizontal'}${homogeneous ? ' homogeneous' : ''}`)
      node.style.gap = `${Number(spacing ?? 0)}px`
      return { widget, node, set: {} }
    },
    button,
    check: (widget) => ticked(widget, 'checkbox'),
    combo,
    entry,
    expander: (widget) => framed(widget, 'details', 'summary'),
    frame: (widget) => framed(widget, 'fieldset', 'legend'),
    grid: (widget) => {
      const node = element('div', 'grid')
      const [rows, columns] = widget.look.spacing as [number, number]
      node.style.gap = `${Number(rows)}px ${Number(columns)}px`
      const widths: string[] = []
      for (const { place } of widget.children) {
        const { left, width } = place.cell!
        for (let column = left; column < left + width; column++) widths[column] ??= 'auto'
        if (place.expand === true) widths[left + width - 1] = '1fr'
      }
      node.style.gridTemplateColumns = Array.from(widths, (width) => width ?? 'auto').join(' ')
      return { widget, node, set: {} }
    },
    image,
    label,
    list: (widget) => drawList(window, widget, hooks),
    notebook,
    progress,
    radio: (widget) => ticked(widget, 'radio'),
    scale: (widget) => ranged(widget, 'range'),
    separator: (widget) => ({
      widget,
      node: element('hr', widget.look.vertical ? 'vertical' : ''),
      set: {},
    }),
    spin: (widget) => ranged(widget, 'number'),
    switch: (widget) => ticked(widget, 'checkbox'),
    text: (widget) => {
      const node = element('textarea', 'field')
      return { widget, node, set: typed(node, widget, ['changed']) }
    },
    toggle: button,
    unknown: (widget) => {
      const inside = element('div', 'inside')
      const node = element('div', 'unknown', element('p', '', `${widget.class} is not drawn here`), inside)
      return { widget, node, inside, set: {} }
    },
    window: windowOf,
  }

  /** Children of a box that are packed from its end stand last, the first of them outermost. */
  const inOrder = ({ kind, children }: Widget) =>
    kind === 'box'
      ? [...children.filter(({ place }) => !place.end), ...children.filter(({ place }) => place.end).reverse()]
      : children
  const addChildren = (drawn: Drawn) => {
    let atEnd = false
    for (const { widget, place } of inOrder(drawn.widget)) {
      const child = draw(widget).node
      if (place.expand === true) child.classList.add('expand')
      if (place.end === true && !atEnd) child.classList.add('from-end')
      atEnd = place.end === true
      if (drawn.widget.kind === 'grid') {
        const { left, top, width, height } = place.cell!
        child.style.gridColumn = `${Number(left) + 1} / span ${Number(width)}`
        child.style.gridRow = `${Number(top) + 1} / span ${Number(height)}`
      }
      const panel = drawn.widget.kind === 'notebook' ? element('div', 'panel', child) : child
      if (panel !== child) panel.setAttribute('role', 'tabpanel')
      const inside = drawn.inside ?? drawn.node
      inside.append(panel)
    }
  }

  function draw(widget: Widget): Drawn {
    const drawn = kinds[widget.kind](widget)
    const { node, control = node, set } = drawn
    control.id = pageId(widget.id)
    control.dataset.id = widget.id
    if (widget.name !== undefined) control.setAttribute('aria-label', widget.name)
    // Lists are no fields of HTML: `for` does not reach them.
    if (widget.kind === 'list' && widget.labelledBy !== undefined)
      control.setAttribute('aria-labelledby', pageId(widget.labelledBy))
    if (widget.look.margin !== undefined) node.style.margin = `${Number(widget.look.margin)}px`
    set.visible = (value) => {
      node.hidden = !value
    }
    set.sensitive = (value) => {
      if ('disabled' in control) control.disabled = !value
      else node.inert = !value
      node.classList.toggle('insensitive', !value)
    }
    set.tooltip = (value) => {
      control.title = String(value)
    }
    addChildren(drawn)
    for (const [property, value] of Object.entries(widget.values)) set[property]?.(value)
    all.set(widget.id, drawn)
    return drawn
  }
  return draw
}
