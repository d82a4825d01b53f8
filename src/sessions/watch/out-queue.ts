/** Changes of an agent that were not acknowledged yet: so many in memory, and with a file all of them there. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { type ChangeLine, readLine } from './wire.js'

const CHUNK = 1 << 20
const MOST_FORGOTTEN = 1000
/** Bytes of a file that are acknowledged before the rest is copied to a new one. */
const MOST_DONE = 64 << 20

/** A queue with a place from which it is sent, which goes back to the start after a reconnect. */
export class OutQueue {
  /** Changes that were dropped: there was no room for them, and no file. */
  dropped = 0
  /** Those before `#start` are acknowledged: taking away the first of a long array each time would cost more. */
  #lines: ChangeLine[] = []
  #start = 0
  #sent = 0
  readonly #spool: Spool | undefined

  /**
   * @param most in memory
   * @param file where all of them are as long as they are not acknowledged, those of an agent that was killed too
   * @throws Error with the system's code
   */
  constructor(
    private readonly most: number,
    file?: string,
  ) {
    if (file !== undefined) this.#spool = new Spool(file)
    this.#refill()
  }

  /** How many are not acknowledged: those in memory. What is only in the file is in `spooled`. */
  get length(): number {
    return this.#lines.length - this.#start
  }

  /** Bytes in the file that are not in memory. */
  get spooled(): number {
    return this.#spool?.unread ?? 0
  }

  /** @throws Error with the system's code when the file cannot be written */
  push(line: ChangeLine): void {
    const spool = this.#spool
    if (spool !== undefined) {
      const isNext = spool.unread === 0 && this.length < this.most
      spool.append(line)
      if (!isNext) return
      spool.skip()
    } else if (this.length >= this.most) {
      this.#forget(1)
      this.dropped++
    }
    this.#lines.push(line)
  }

  /** The next one to be sent. */
  next(): ChangeLine | undefined {
    if (this.#sent >= this.#lines.length) this.#refill()
    const line = this.#lines[this.#sent]
    if (line !== undefined) this.#sent++
    return line
  }

  /** What is not acknowledged is to be sent again. */
  rewind(): void {
    this.#sent = this.#start
  }

  /** The collector has all of a session up to this number. */
  acknowledge(session: string, seq: number): void {
    let end = this.#start
    while (end < this.#lines.length && this.#lines[end]!.session === session && this.#lines[end]!.seq <= seq) end++
    this.#forget(end - this.#start)
    if (this.length === 0) this.#spool?.done()
  }

  #forget(count: number): void {
    this.#start += count
    if (this.#start > MOST_FORGOTTEN && this.#start > this.length) {
      this.#lines = this.#lines.slice(this.#start)
      this.#sent = Math.max(0, this.#sent - this.#start)
      this.#start = 0
    }
    this.#sent = Math.max(this.#sent, this.#start)
  }

  /** Keeps what is left in the file, and nothing else. Returns how many of those in memory are in no file. */
  close(): number {
    this.#spool?.keep(this.#lines.slice(this.#start))
    return this.#spool === undefined ? this.length : 0
  }

  #refill(): void {
    while (this.#spool !== undefined && this.#spool.unread > 0 && this.length < this.most)
      for (const line of this.#spool.read()) this.#lines.push(line)
  }
}

/** The file: lines of JSON, of which the first part was read. */
class Spool {
  #descriptor: number
  #read = 0
  #size: number

  constructor(private readonly file: string) {
    this.#descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
    this.#size = fstatSync(this.#descriptor).size
    // A line that was cut off when its agent was killed ends here.
    if (this.#size > 0) this.#write('\n')
  }

  get unread(): number {
    return this.#size - this.#read
  }

  append(line: ChangeLine): void {
    this.#write(`${JSON.stringify(line)}\n`)
  }

  /** What was written last is in memory too. */
  skip(): void {
    this.#read = this.#size
  }

  /** Some of the lines that come next. */
  read(): ChangeLine[] {
    let buffer = Buffer.allocUnsafe(CHUNK)
    let length = readSync(this.#descriptor, buffer, 0, CHUNK, this.#read)
    // A line that is longer than that is none of ours, but must not stop the rest.
    while (length < this.unread && !buffer.subarray(0, length).includes(0x0a)) {
      buffer = Buffer.concat([buffer.subarray(0, length), Buffer.allocUnsafe(CHUNK)])
      length += readSync(this.#descriptor, buffer, length, CHUNK, this.#read + length)
    }
    const end = buffer.subarray(0, length).lastIndexOf(0x0a) + 1
    this.#read += end > 0 ? end : length
    return buffer.toString('utf8', 0, end).split('\n').flatMap(lineFrom)
  }

  /** All that was read is done with. */
  done(): void {
    if (this.unread === 0) {
      if (this.#size > 0) ftruncateSync(this.#descriptor, 0)
      this.#read = 0
      this.#size = 0
    } else if (this.#read > MOST_DONE) this.#copy([])
  }

  /** Closes it, with these lines and those that were not read. */
  keep(lines: readonly ChangeLine[]): void {
    if (this.#read > 0) this.#copy(lines)
    closeSync(this.#descriptor)
  }

  /** A new file in the place of this one, without what was read but with the lines. */
  #copy(lines: readonly ChangeLine[]): void {
    const rest = Buffer.alloc(this.unread)
    const length = readSync(this.#descriptor, rest, 0, rest.length, this.#read)
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    // A name that nobody knows before, and new: in a folder of others a link could wait there.
    const temporary = `${this.file}.${randomBytes(6).toString('hex')}`
    const bytes = Buffer.concat([Buffer.from(text), rest.subarray(0, length)])
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, this.file)
    closeSync(this.#descriptor)
    this.#descriptor = openSync(this.file, constants.O_RDWR | constants.O_APPEND)
    this.#read = 0
    this.#size = fstatSync(this.#descriptor).size
  }

  #write(text: string): void {
    this.#size += writeSync(this.#descriptor, text)
  }
}

function lineFrom(text: string): ChangeLine[] {
  if (text === '') return []
  try {
    const line = readLine(JSON.parse(text))
    return typeof line === 'string' || 'hello' in line ? [] : [line]
  } catch {
    return []
  }
}
