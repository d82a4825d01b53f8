/**
 * The part of the browser's interfaces that the form's script uses. TypeScript's own description of the DOM would make names such as `name` and `event`
 * known as globals in all of netshell.
 */

export interface DomFile {
  readonly name: string
  readonly size: number
  slice(from: number): unknown
}

export interface DomEvent {
  readonly relatedTarget: unknown
  readonly dataTransfer: {
    dropEffect: string
    readonly types: readonly string[]
    readonly items: ArrayLike<{
      readonly kind: string
      getAsFile(): DomFile | null
      webkitGetAsEntry?(): { readonly isDirectory: boolean; readonly name: string } | null
    }>
  } | null
  preventDefault(): void
}

export interface DomElement {
  className: string
  textContent: string | null
  hidden: boolean
  href: string
  type: string
  value: string | number
  max: number
  readonly files: ArrayLike<DomFile> | null
  readonly classList: { toggle(name: string, on: boolean): void }
  readonly dataset: Record<string, string | undefined>
  append(...nodes: (DomElement | string)[]): void
  replaceChildren(...nodes: (DomElement | string)[]): void
  remove(): void
  focus(): void
  setAttribute(name: string, value: string): void
  querySelector(selector: string): DomElement | null
  addEventListener(type: string, listener: (event: DomEvent) => void): void
}

export interface DomRequest {
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null }
  readonly status: number
  readonly responseText: string
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getResponseHeader(name: string): string | null
  send(body?: unknown): void
  abort(): void
}

export interface DomWindow {
  readonly document: {
    readonly activeElement: unknown
    createElement(name: string): DomElement
    querySelector(selector: string): DomElement | null
  }
  readonly location: { readonly href: string }
  readonly XMLHttpRequest: new () => DomRequest
  readonly URL: new (url: string, base: string) => { readonly href: string }
  addEventListener(type: string, listener: (event: DomEvent) => void): void
  setTimeout(task: () => void, delay: number): number
  clearTimeout(timer: number): void
}
