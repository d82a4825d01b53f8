import type { PageElement, PageWindow } from './dom.js'

export interface Notes {
  /** Shows a message of the page itself, such as an error of a handler. False if it stood there already, or there are too many. */
  tell(text: string): boolean
  /** Says to screen readers what the widget of that id now shows. */
  announce(id: string, text: string): void
  /** One line on the connection; '' for nothing to say. */
  status(text: string): void
}

/**
 * What the page says besides the widgets. However much is told, it stays small and cheap. (Sent as text: it uses nothing from outside.)
 */
export function notes({ document, setTimeout }: PageWindow): Notes {
  const MOST = { notes: 20, length: 500, perSecond: 10, together: 150 }
  const element = (id: string) => document.getElementById(id)!
  const [box, list, live, statusLine] = ['notes', 'note-list', 'live', 'status'].map(element) as [
    PageElement,
    PageElement,
    PageElement,
    PageElement,
  ]
  const known = new Map<string, { item: PageElement; times: number }>()
  let inThisSecond = 0

  element('clear').addEventListener('click', () => {
    known.clear()
    list.replaceChildren()
    box.hidden = true
  })
  const short = (text: string) => (text.length > MOST.length ? `${text.slice(0, MOST.length)}…` : text)
  const tell = (given: string): boolean => {
    if (++inThisSecond > MOST.perSecond) return false
    const text = short(given)
    const before = known.get(text)
    if (before !== undefined) {
      before.times++
      before.item.textContent = `${text} (${before.times} times)`
      return false
    }
    const item = document.createElement('li')
    item.textContent = text
    known.set(text, { item, times: 1 })
    list.append(item)
    box.hidden = false
    const [oldest] = known
    if (known.size > MOST.notes && oldest !== undefined) {
      oldest[1].item.remove()
      known.delete(oldest[0])
    }
    return true
  }
  // What changes at the same time is said in one go.
  const said = new Map<string, string>()
  const say = () => {
    live.textContent = short([...said.values()].join(' '))
    said.clear()
  }
  const tick = () => {
    inThisSecond = 0
    setTimeout(tick, 1000)
  }
  tick()
  return {
    tell,
    announce: (id, text) => {
      if (said.size === 0) setTimeout(say, MOST.together)
      if (said.size < MOST.notes && text !== '') said.set(id, short(text))
    },
    status: (text) => {
      statusLine.textContent = text
      statusLine.hidden = text === ''
    },
  }
}
