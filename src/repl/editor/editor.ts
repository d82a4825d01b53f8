/**
 * The line editor: node:readline reads the keys, what they do and what is drawn is ours. Blocks of several rows, the history by
 * whole blocks, searching, pasting, completion and colours; the same with every version of Node.
 */
import { Interface } from 'node:readline'
import { setting } from '../../exchange/settings.js'
import type { Paint } from '../../exchange/terminal-colours.js'
import { Draft } from './draft.js'
import type { Piece } from './highlight.js'
import { type Action, actionOf, isText, type Key } from './keys.js'
import type { LineReader } from './line-reader.js'
import { Painter } from './painter.js'
import { cleanPaste, deleteRight, endsTwice, inLastRow, insert, newRow } from './text-edits.js'
import { Tty } from './tty.js'
import { besideRow, type View, Viewer } from './view.js'

export interface EditorOptions {
  input: NodeJS.ReadStream
  /** The terminal itself: what is written here is not kept apart from the typed line. */
  output: NodeJS.WriteStream
  /** Asked for each time that something is drawn. */
  paint(): Paint
  /** What was typed before, the newest first. */
  entries(): readonly string[]
  /** Lines that stand above what is typed for as long as it is typed; unset: none. */
  above?(): readonly string[]
  /** Whether more rows could make the text right. */
  isIncomplete(text: string): Promise<boolean>
}

/** Esc and a key are Alt and the key when they come within this time, ms: together, or one after the other by hand. */
const ESCAPE_TOGETHER = 100
const ESCAPE_BY_HAND = 500
/** A hint shows when typing pauses so long, ms. */
const HINT_AFTER = 200
/** What was typed while code ran arrives within this time after it, ms. */
const AHEAD = 100
/** After Ctrl-Z, when nothing has stopped the process, it goes on after this, ms. */
const CONTINUE_AFTER = 50
/** The signal that a stopped process was continued with comes at most so much later than what waited in it, ms. */
const SIGNAL_WITHIN = 500

/** So many keys behind Enter are a paste, and no fast typing. */
const PASTED = 4
const CTRL_C = 0x03

type Extras = typeof import('./extras.js')

/** Reads blocks at a terminal. */
export class Editor extends Interface implements LineReader {
  readonly #options: EditorOptions
  readonly #tty: Tty
  readonly #draft: Draft
  readonly #painter = new Painter()
  readonly #viewer = new Viewer()
  #prompt = ''
  #reading = false
  #closed = false
  /** Keys that were read and not taken yet: they wait while a block is checked, or runs. */
  readonly #keys: Key[] = []
  #taking = false
  /** Text of a paste that is coming in; null: none is. */
  #paste: string | null = null
  /** Ctrl-X was pressed. */
  #prefixed = false
  #escapedAt = Number.NEGATIVE_INFINITY
  /** What comes in now may have been typed while code ran. */
  #ahead = false
  /** Something else has the terminal, after `release()` or Ctrl-Z: nothing is drawn. */
  #away = false
  /** When it was taken back without a signal. */
  #restored = Number.NEGATIVE_INFINITY
  #hintTimer: NodeJS.Timeout | undefined
  #extras: Extras | null = null
  #completing: InstanceType<Extras['Completing']> | null = null
  #searching: InstanceType<Extras['Searching']> | null = null

  constructor(options: EditorOptions) {
    const { input, output } = options
    super({ input, output, terminal: true, historySize: 0, escapeCodeTimeout: ESCAPE_TOGETHER })
    // node:readline takes the terminal at once; what runs before the first line is to hear Ctrl-C as a signal.
    this.pause()
    input.setRawMode?.(false)
    this.#options = options
    this.#tty = new Tty(input, output)
    // node:readline declares its text and cursor as read-only; whoever looks at them is to see what is typed.
    this.#draft = new Draft(options.entries, ({ text, cursor }) => Object.assign(this, { line: text, cursor }))
    this.on('close', () => {
      this.#closed = true
    })
  }

  get text(): string {
    return this.#draft.text
  }

  read(prompt: string, text = ''): void {
    this.#prompt = prompt
    this.#draft.begin(text)
    this.#reading = true
    this.#away = false
    this.resume()
    this.#tty.take(() => this.drawing())
    this.#expectAhead()
    this.#pump()
  }

  changePrompt(prompt: string): void {
    this.#prompt = prompt
  }

  release(): void {
    const output = this.erasing()
    this.#away = true
    if (!this.#reading) return
    this.pause()
    this.#tty.leave(output)
  }

  restore(): void {
    this.#away = false
    if (!this.#reading || this.#closed) return
    this.#painter.forget()
    this.resume()
    this.#tty.renew(() => this.drawing())
  }

  continued(): void {
    if (performance.now() - this.#restored >= SIGNAL_WITHIN) this.restore()
  }

  cancel(): void {
    if (!this.#reading) return
    this.#giveUp()
    if (this.#reading) this.#draw()
  }

  replace(text: string): void {
    this.#draft.change({ text, cursor: text.length })
    this.#draw()
  }

  erasing(): string {
    return this.#painter.erase(this.#tty.columns)
  }

  drawing(): string {
    if (this.#away) return ''
    return this.#painter.draw(this.#viewer.frame(this.#view()), this.#tty.columns)
  }

  redraw(): void {
    if (this.#reading && !this.#away) this.#draw()
  }

  async warmUp(): Promise<void> {
    if (this.#extras) return
    this.#extras = await import('./extras.js')
    this.#completing ??= new this.#extras.Completing(this.#draft)
    if (!this.#reading || this.text === '') return
    this.#draw()
    this.#scheduleHint()
  }

  /** node:readline hands each key to this. */
  _ttyWrite(text: string | undefined, key: Omit<Key, 'text'> = {}): void {
    // Meant for what has the terminal.
    if (this.#away) return
    const action = actionOf({ ...key, text })
    if (action === 'pasteStart') this.#paste = ''
    else if (this.#paste !== null && action !== 'cancel' && action !== 'pasteEnd') this.#paste += key.sequence ?? ''
    else {
      this.#keys.push(action === 'pasteEnd' ? { text: undefined, pasted: this.#paste ?? '' } : { ...key, text })
      this.#paste = null
    }
    this.#pump()
  }

  /** node:readline calls this when the size of the terminal has changed. */
  _refreshLine(): void {
    if (this.#reading && this.#painter.drawn) this.#draw()
  }

  override prompt(): void {
    this._refreshLine()
  }

  override close(): void {
    if (this.#closed) return
    if (this.#reading) this.#rest()
    super.close()
  }

  #pump(): void {
    if (this.#taking || !this.#reading) return
    this.#taking = true
    // All keys that came together are taken before the screen is drawn once.
    process.nextTick(() => void this.#takeKeys())
  }

  async #takeKeys(): Promise<void> {
    try {
      while (this.#reading && this.#keys.length > 0) {
        const waits = this.#take(this.#keys.shift()!)
        if (waits) await waits
      }
    } finally {
      this.#taking = false
    }
    if (!this.#reading) return
    this.#draw()
    this.#scheduleHint()
  }

  #take(given: Key): Promise<void> | undefined {
    if (given.pasted !== undefined) {
      this.#pasted(given.pasted)
      return
    }
    const key = this.#read(given)
    const action = actionOf(key, this.#prefixed)
    this.#prefixed = action === 'prefix'
    if (this.#searching) {
      const outcome = this.#searching.take(action, key)
      if (outcome !== 'goes on') this.#searching = null
      if (outcome !== 'taken') return
    }
    if (this.#completing?.choosing && this.#completing.choose(action)) return
    if (action === null) this.#draft.type(key.text!)
    else if (!this.#draft.act(action)) return this.#act(action)
  }

  /** The key that is meant. */
  #read(key: Key): Key {
    const isAlt = performance.now() - this.#escapedAt < ESCAPE_BY_HAND && !key.meta && key.name !== 'escape'
    this.#escapedAt = Number.NEGATIVE_INFINITY
    if (isAlt) return { ...key, meta: true, text: undefined, sequence: `\x1b${key.sequence}` }
    // Ctrl-D typed while the terminal was not in raw mode comes as this.
    if (this.#ahead && key.sequence === '\0') return { text: undefined, name: 'd', ctrl: true }
    return key
  }

  /** Keys that do more than to change the text. */
  #act(action: Action): Promise<void> | undefined {
    switch (action) {
      case 'enter':
        return this.#enter()
      case 'complete':
      case 'completeBack':
        return this.#withExtras(() =>
          this.#completing!.tab(action === 'complete' ? 1 : -1, isText(this.#keys[0] ?? {})),
        )
      case 'search':
        return this.#withExtras(({ Searching }) => {
          this.#searching = new Searching(this.#draft, this.#options.entries())
        })
      case 'clear':
        this.#painter.forget()
        this.#tty.write('\x1b[H\x1b[2J')
        return
      case 'cancel':
        this.#giveUp()
        return
      case 'end':
        if (this.text !== '') this.#draft.change(deleteRight(this.#draft.now))
        else {
          this.#rest()
          this.emit('leave')
        }
        return
      case 'suspend':
        this.#suspend()
        return
      case 'edit':
        this.emit('edit')
        return
      case 'escape':
        this.#escapedAt = performance.now()
        return
      default:
        return
    }
  }

  #withExtras(act: (extras: Extras) => void): Promise<void> | undefined {
    if (!this.#extras) return this.warmUp().then(() => act(this.#extras!))
    act(this.#extras)
  }

  #pasted(pasted: string): void {
    const text = cleanPaste(pasted)
    this.#completing?.reset()
    if (this.#searching) this.#searching.paste(text)
    else this.#draft.change(insert(this.#draft.now, text))
  }

  async #enter(): Promise<void> {
    const edited = this.#draft.now
    const { text } = edited
    // Pasted where the terminal does not say so: blank rows mean nothing, and the text brings its own indentation.
    const more = this.#keys.length
    if (text.trim() === '') return this.#submit(text)
    if (inLastRow(edited)) {
      if (more === 0 && endsTwice(text)) return this.#submit(text)
      if (!(await this.#options.isIncomplete(text).catch(() => false))) return this.#submit(text)
    }
    this.#draft.change(newRow(edited, more < PASTED))
  }

  #submit(text: string): void {
    this.#rest()
    const untaken = this.#tty.untaken()
    this.emit('submit', text.trimEnd())
    const end = untaken.lastIndexOf(CTRL_C) + 1
    const last = this.#keys.findLastIndex((key) => actionOf(key) === 'cancel')
    this.#keys.splice(0, end > 0 ? this.#keys.length : last + 1)
    if (untaken.length > end) this.#options.input.unshift(untaken.subarray(end))
    if (end > 0 || last >= 0) this.emit('interrupt')
  }

  /** Reading ends for now: the whole text stays on the screen, the next output begins below it. */
  #rest(): void {
    this.#reading = false
    this.pause()
    this.#tty.leave(this.#leavingOnScreen('\r\n'))
  }

  /** Ctrl-C: the text is given up, another begins. */
  #giveUp(): void {
    if (this.text === '') {
      this.#rest()
      this.emit('cancel')
      return
    }
    this.#tty.write(this.#leavingOnScreen('\r\n', '^C'))
    this.#draft.begin('')
  }

  /** The output that leaves what is typed on the screen, in whole and without what is shown below it. @param mark stands behind it */
  #leavingOnScreen(behind: string, mark = ''): string {
    clearTimeout(this.#hintTimer)
    this.#completing?.reset()
    this.#searching = null
    const { columns, rows } = this.#tty
    const frame = this.#viewer.whole(this.#view(true))
    const output = frame.rows.length > rows ? this.#painter.erase(columns) : ''
    const shown = this.#painter.draw(frame, columns)
    this.#painter.forget()
    const room = frame.cursor.column + mark.length > columns ? '\r\n' : ''
    return output + shown + room + mark + behind
  }

  /** Ctrl-Z: stops the process and all that belongs to it, as the terminal does outside of raw mode. */
  #suspend(): void {
    const output = this.#leavingOnScreen('\r\n')
    this.pause()
    this.#tty.leave(output)
    this.#away = true
    process.kill(0, 'SIGTSTP')
    // Where nothing could continue it (no shell above), the system does not stop it.
    setTimeout(() => {
      if (!this.#away) return
      this.restore()
      this.#restored = performance.now()
    }, CONTINUE_AFTER)
  }

  #expectAhead(): void {
    this.#ahead = true
    const isOver = (): void => {
      this.#ahead = false
    }
    // What has come meanwhile is read between timers and immediates.
    setTimeout(() => setImmediate(isOver).unref(), AHEAD).unref()
  }

  #scheduleHint(): void {
    clearTimeout(this.#hintTimer)
    if (!this.#completing || this.#searching || this.#completing.choosing) return
    this.#hintTimer = setTimeout(() => this.#showHint(), HINT_AFTER)
    this.#hintTimer.unref()
  }

  #showHint(): void {
    if (!this.#reading || this.#taking || this.#searching || !this.#painter.drawn) return
    if (this.#completing?.look(setting('hints'))) this.#draw()
  }

  #draw(): void {
    this.#tty.write(this.drawing())
  }

  /** @param final the text is not typed on: nothing is marked at the cursor */
  #view(final = false): View {
    const paint = this.#options.paint()
    const { text, cursor } = this.#draft
    return {
      text,
      cursor: final ? -1 : cursor,
      prompt: this.#prompt,
      paintContinuation: (dots) => paint('gray', dots),
      pieces: this.#pieces(paint, final),
      paintPiece: (piece, shown) => this.#extras!.painted(paint, piece.look, shown),
      above: (columns, height) => {
        const rows = height < 1 ? [] : (this.#options.above?.() ?? []).slice(-height)
        return rows.map((row) => besideRow(row, columns, (shown) => shown))
      },
      below: (columns, height) => {
        if (height < 1 || final) return []
        return this.#searching
          ? [this.#searching.row(columns, paint)]
          : (this.#completing?.rows(columns, height, paint) ?? [])
      },
      columns: this.#tty.columns,
      rows: this.#tty.rows,
    }
  }

  #pieces(paint: Paint, final: boolean): readonly Piece[] {
    const { text, cursor } = this.#draft
    if (!this.#extras || text === '') return []
    const isColoured = setting('highlight') && paint('red', 'x') !== 'x'
    const pieces = isColoured ? this.#extras.highlight(text, final ? null : cursor) : []
    const found = this.#searching?.found
    return found ? this.#extras.overlaid(pieces, [found]) : pieces
  }
}
