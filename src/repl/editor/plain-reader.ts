/**
 * Reads blocks line by line, for terminals that cannot move their cursor and for output that is no terminal: the terminal itself
 * edits the line, and nothing but text is written.
 */
import { EventEmitter } from 'node:events'
import { StringDecoder } from 'node:string_decoder'
import type { EditorOptions } from './editor.js'
import type { LineReader, LineReaderEvents } from './line-reader.js'
import { endsTwice } from './text-edits.js'

/** Reads blocks without editing. */
export class PlainReader extends EventEmitter<LineReaderEvents> implements LineReader {
  readonly #options: Pick<EditorOptions, 'input' | 'output' | 'isIncomplete'>
  readonly #decoder = new StringDecoder('utf8')
  readonly #lines: string[] = []
  /** The start of a line whose end has not come. */
  #rest = ''
  #block = ''
  #prompt = ''
  #reading = false
  #taking = false
  #ended = false

  constructor(options: Pick<EditorOptions, 'input' | 'output' | 'isIncomplete'>) {
    super()
    this.#options = options
    options.input.on('data', this.#onData)
    options.input.on('end', this.#onEnd)
    options.input.on('error', this.#onEnd)
  }

  get text(): string {
    return this.#block
  }

  read(prompt: string, text = ''): void {
    this.#prompt = prompt
    this.#block = text
    this.#reading = true
    // It cannot stand in the line: an empty line takes it as it is, others go on with it.
    this.#options.output.write(text === '' ? this.drawing() : `${text}\n${this.drawing()}`)
    this.#options.input.resume()
    this.#take()
  }

  changePrompt(prompt: string): void {
    this.#prompt = prompt
  }

  release(): void {
    this.#options.input.pause()
  }

  restore(): void {
    if (!this.#reading) return
    this.#options.input.resume()
    this.#options.output.write(this.drawing())
  }

  replace(text: string): void {
    this.#block = text
    this.#options.output.write(`${this.erasing()}${text}\n${this.drawing()}`)
  }

  continued(): void {
    this.restore()
  }

  cancel(): void {
    if (!this.#reading) return
    const had = this.#block !== '' || this.#rest !== ''
    this.#block = ''
    this.#rest = ''
    if (had) this.#options.output.write(`\n${this.drawing()}`)
    else this.#restWith('cancel')
  }

  erasing(): string {
    return this.#reading ? '\n' : ''
  }

  drawing(): string {
    return this.#block === '' ? this.#prompt : '... '.padStart(this.#prompt.length)
  }

  async warmUp(): Promise<void> {}

  close(): void {
    const { input } = this.#options
    input.off('data', this.#onData)
    input.off('end', this.#onEnd)
    input.off('error', this.#onEnd)
    input.pause()
  }

  readonly #onData = (chunk: Buffer | string): void => {
    const text = this.#rest + (typeof chunk === 'string' ? chunk : this.#decoder.write(chunk))
    const lines = text.split(/\r\n?|\n/)
    this.#rest = lines.pop()!
    this.#lines.push(...lines)
    this.#take()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#take()
  }

  #take(): void {
    if (!this.#taking) void this.#takeLines()
  }

  async #takeLines(): Promise<void> {
    this.#taking = true
    while (this.#reading && this.#lines.length > 0) await this.#takeLine(this.#lines.shift()!)
    this.#taking = false
    if (!this.#reading || !this.#ended) return
    this.#restWith('leave')
  }

  #restWith(event: 'cancel' | 'leave'): void {
    this.#reading = false
    this.#options.input.pause()
    this.#options.output.write('\n')
    this.emit(event)
  }

  async #takeLine(line: string): Promise<void> {
    const block = this.#block === '' ? line : `${this.#block}\n${line}`
    const isEnd = this.#lines.length === 0 && endsTwice(block)
    if (!isEnd && (await this.#options.isIncomplete(block).catch(() => false))) {
      this.#block = block
      this.#options.output.write(this.drawing())
      return
    }
    this.#block = ''
    this.#reading = false
    this.#options.input.pause()
    this.emit('submit', block.trimEnd())
  }
}
