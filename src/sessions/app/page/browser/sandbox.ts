import type { DomEvent, PageElement, PageWindow, Port } from './dom.js'
import type { FrameMessage } from './frame.js'
import type { ToWorker } from './worker.js'

export interface SandboxHooks {
  /** A message of the worker: text, whatever it says. False if it is none that our part of the worker sends. */
  message(text: string): boolean
  /** Started, and waits for what the widgets show. */
  begun(): void
  /** An error that no handler caught, such as one of syntax. */
  failed(text: string): void
  /** Ended, and why: what ran is lost. It starts anew with `wake`. */
  ended(why: string): void
}

export interface Sandbox {
  readonly isRunning: boolean
  /** Starts it if it does not run. */
  wake(): void
  send(message: ToWorker): void
  /** The worker is through with its source. */
  ready(): void
  /** The worker has answered. */
  answered(): void
  end(why?: string): void
}

/**
 * The page's end of the sandbox: a frame of an origin of its own with a worker in it, which is asked again and again whether it still
 * answers, and may say so much and no more. To end it, the frame is removed. (Sent as text: it uses nothing from outside.)
 * @param timeout within which the worker must answer, ms
 * @param linesBefore of the source, that are not of the handlers
 */
export function sandbox(
  window: PageWindow,
  url: string,
  { source, timeout, linesBefore }: { source: string; timeout: number; linesBefore: number },
  hooks: SandboxHooks,
): Sandbox {
  const MOST = { message: 1 << 20, messages: 600, characters: 8_000_000 }
  /** So many questions without an answer are the time-out: counted, since a computer that slept has answered none either. */
  const QUESTIONS = 5
  /** A frame takes a while to load. */
  const START = 5000
  let current: { frame: PageElement; port: Port; timer: number; isReady: boolean; unanswered: number } | undefined

  const end = (why?: string) => {
    if (current === undefined) return
    const { frame, port, timer } = current
    current = undefined
    window.clearInterval(timer)
    port.close()
    frame.remove()
    if (why !== undefined) hooks.ended(why)
  }
  const send = (message: ToWorker) => current?.port.postMessage(JSON.stringify(message))
  const inSeconds = (time: number) => `${Math.round(time / 100) / 10} s`

  /** Counts what comes, and ends what sends too much. */
  const receiver = () => {
    let second = 0
    let messages = 0
    let characters = 0
    return ({ data }: DomEvent) => {
      if (typeof data !== 'string') return fromFrame((data ?? {}) as FrameMessage)
      const now = Math.floor(Date.now() / 1000)
      if (now !== second) [second, messages, characters] = [now, 0, 0]
      characters += data.length
      if (data.length > MOST.message || ++messages > MOST.messages || characters > MOST.characters)
        return end('it sent more than the page takes')
      if (!hooks.message(data)) end('it sent what no handler can send')
    }
  }
  const fromFrame = ({ flooded, failed, line }: FrameMessage) => {
    if (flooded === true) return end('it sent more than the page takes')
    if (typeof failed !== 'string') return
    const place = Number(line) > linesBefore ? `line ${Number(line) - linesBefore}: ` : ''
    const text = `${place}${failed.replace(/^Uncaught /, '')}`
    if (current?.isReady === true) hooks.failed(text)
    else end(text)
  }
  const ask = () => {
    if (current === undefined) return
    const most = current.isReady ? QUESTIONS : Math.ceil(QUESTIONS * (1 + START / timeout))
    if (current.unanswered >= most) return end(`it did not answer for ${inSeconds(timeout)}`)
    current.unanswered++
    if (current.isReady) send({ type: 'ping' })
  }

  return {
    get isRunning() {
      return current !== undefined
    },
    wake() {
      if (current !== undefined) return
      const frame = window.document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts')
      frame.setAttribute('aria-hidden', 'true')
      frame.title = 'Handlers'
      frame.tabIndex = -1
      frame.hidden = true
      const { port1, port2 } = new window.MessageChannel()
      port1.addEventListener('message', receiver())
      port1.start()
      // The frame's origin is nobody's, so it has no name that a message could be addressed to.
      let isLoaded = false
      frame.addEventListener('load', () => {
        if (isLoaded) return end('it left its place')
        isLoaded = true
        frame.contentWindow.postMessage(source, '*', [port2])
      })
      frame.src = url
      window.document.body.append(frame)
      current = {
        frame,
        port: port1,
        timer: window.setInterval(ask, timeout / QUESTIONS),
        isReady: false,
        unanswered: 0,
      }
      hooks.begun()
    },
    send,
    ready() {
      if (current === undefined) return
      current.isReady = true
      current.unanswered = 0
    },
    answered() {
      if (current !== undefined) current.unanswered = 0
    },
    end,
  }
}
