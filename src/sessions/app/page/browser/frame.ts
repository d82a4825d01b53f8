import type { PageWindow, Port } from './dom.js'

/** What the frame itself says to the page; what the worker says is text. */
export interface FrameMessage {
  /** The worker did not start, or an error in it was caught by nobody. */
  failed?: string
  /** Where that is in the worker's source, from 1. */
  line?: number
  /** The worker sent too much and was ended. */
  flooded?: boolean
}

/**
 * Runs in the sandboxed frame: starts the worker whose source the page sends, and carries messages between the two. Nothing of the worker
 * gets further than this but text, and no more of it than the page can take. (Sent as text: it uses nothing from outside.)
 */
export function runFrame(window: PageWindow): void {
  const MOST = { message: 1 << 20, messages: 500, characters: 5_000_000 }
  let port: Port | undefined

  window.addEventListener('message', (event) => {
    if (port !== undefined || event.source !== window.parent) return
    port = event.ports[0]!
    start(port, String(event.data))
  })

  function start(page: Port, source: string): void {
    const url = window.URL.createObjectURL(new window.Blob([source], { type: 'text/javascript' }))
    const worker = new window.Worker(url)
    let second = 0
    let messages = 0
    let characters = 0
    worker.addEventListener('message', ({ data }) => {
      const now = Math.floor(Date.now() / 1000)
      if (now !== second) [second, messages, characters] = [now, 0, 0]
      const length = typeof data === 'string' ? data.length : Number.POSITIVE_INFINITY
      characters += length
      if (++messages > MOST.messages || length > MOST.message || characters > MOST.characters) {
        worker.terminate()
        page.postMessage({ flooded: true })
      } else page.postMessage(data)
    })
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      page.postMessage({ failed: String(event.message).slice(0, 1000), line: Number(event.lineno) })
    })
    page.addEventListener('message', ({ data }) => worker.postMessage(data))
    page.start()
  }
}
