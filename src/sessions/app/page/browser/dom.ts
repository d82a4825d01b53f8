/**
 * The part of the browser's interfaces that the page uses. TypeScript's own description of the DOM would make names such as `name`,
 * `event` and `close` known as globals in all of netshell.
 */

export interface DomEvent {
  readonly key: string
  readonly data: unknown
  readonly source: unknown
  readonly ports: readonly Port[]
  readonly target: unknown
  readonly message: string
  readonly lineno: number
  preventDefault(): void
}

type Listener = (event: DomEvent) => void

export interface Emitter {
  addEventListener(type: string, listener: Listener): void
}

/** Any element: the members that only some have are used on those. */
export interface PageElement extends Emitter {
  id: string
  className: string
  textContent: string | null
  hidden: boolean
  inert: boolean
  title: string
  tabIndex: number
  accessKey: string
  readonly classList: { add(name: string): void; toggle(name: string, on: boolean): void }
  readonly dataset: Record<string, string | undefined>
  readonly style: Record<string, string>
  readonly children: ArrayLike<PageElement>
  append(...nodes: (PageElement | string)[]): void
  replaceChildren(...nodes: (PageElement | string)[]): void
  remove(): void
  focus(): void
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  scrollIntoView(options: { block: 'nearest' }): void

  value: string
  checked: boolean
  disabled: boolean
  readOnly: boolean
  open: boolean
  type: string
  name: string
  min: string
  max: string
  step: string
  placeholder: string
  maxLength: number
  selectedIndex: number
  htmlFor: string
  autocomplete: string
  src: string
  readonly contentWindow: { postMessage(message: unknown, target: string, ports: readonly Port[]): void }
}

export interface PageDocument extends Emitter {
  readonly body: PageElement
  title: string
  createElement(name: string): PageElement
  getElementById(id: string): PageElement | null
}

export interface Port extends Emitter {
  postMessage(message: unknown): void
  start(): void
  close(): void
}

export interface Worker extends Emitter {
  postMessage(message: unknown): void
  terminate(): void
}

/** The window of a page, or of the frame in it. */
export interface PageWindow extends Emitter {
  readonly document: PageDocument
  readonly parent: unknown
  readonly EventSource: new (url: string) => Emitter & { close(): void; readonly readyState: number }
  readonly MessageChannel: new () => { port1: Port; port2: Port }
  readonly Worker: new (url: string) => Worker
  readonly Blob: new (parts: readonly string[], options: { type: string }) => unknown
  readonly URL: { createObjectURL(blob: unknown): string; revokeObjectURL(url: string): void }
  fetch(url: string, options: Readonly<Record<string, unknown>>): Promise<{ json(): Promise<unknown>; status: number }>
  setTimeout(task: () => void, delay: number): number
  setInterval(task: () => void, delay: number): number
  clearInterval(timer: number): void
}
