/** What was typed, kept for the next time: in a file of the invoking user's that nobody else may read. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { asInvokingUser } from '../exchange/invoking-user.js'
import { setting } from '../exchange/settings.js'
import { stateFolder } from '../exchange/user-files.js'
import { redact } from './redact.js'

export { redact }

/** Reading too; and neither a link nor a pipe that somebody put there. */
const READ_AND_APPEND =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK
/** How far the file may grow beyond the setting before its oldest entries go. */
const GROWTH = 1.5
/** What a shell left behind that was killed while it trimmed is taken away after this time, ms. */
const STALE = 60_000
const LINE_END = 10
/** Of a longer file only the end is read. */
const MOST_BYTES = 16 << 20
/** Longer entries, such as a pasted program, are not written. */
const LONGEST = 1 << 18

/** The history file of the user. */
export function historyFile(): string {
  return path.join(stateFolder(), 'history')
}

/**
 * The history of one shell, newest entry first. Several shells may use the same file: each only appends to it, and one that trims
 * it puts a new file in its place, which the others notice.
 */
export class History {
  readonly entries: string[] = []
  readonly #path: string | null
  #file: number | null = null
  /** Entries in the file, as far as this shell knows. */
  #count = 0
  /** The file ends in the middle of a line. */
  #isCut = false

  /**
   * Reads the history and opens it for what comes. Without a place to write, the history lasts as long as the shell.
   * @param file null keeps nothing on disk
   */
  constructor(file: string | null = historyFile()) {
    this.#path = file
    if (file !== null) asInvokingUser(() => this.#open())
  }

  /** Adds what was typed, before it runs. A leading space keeps it out; secrets are not kept. */
  add(source: string): void {
    if (/^\s/.test(source) || source.trim() === '') return
    const entry = redact(source.trimEnd())
    if (entry === this.entries[0]) return
    this.entries.unshift(entry)
    const most = setting('historySize')
    this.entries.length = Math.min(this.entries.length, Math.max(most, 1000))
    if (most === 0 || entry.length > LONGEST) return
    try {
      this.#append(`${encode(entry)}\n`)
      if (++this.#count > most * GROWTH) this.#trim(most)
    } catch {
      // A full disk must not keep anybody from working.
      this.close()
    }
  }

  /** Forgets everything, in the file too. @throws what the system says when the file can not be emptied */
  clear(): void {
    this.entries.length = 0
    const file = this.#path
    if (file === null) return
    if (this.#file === null) throw new Error('it cannot be written')
    this.#count = 0
    if (!asInvokingUser(() => this.#replace(file, Buffer.alloc(0))))
      throw new Error('another netshell is at work on it; try again')
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }

  #open(): void {
    const file = this.#path!
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      this.#file = openSync(file, READ_AND_APPEND, 0o600)
      const stats = fstatSync(this.#file)
      if (!stats.isFile()) throw new Error('no file')
      // It may have come from elsewhere, with the rights of an ordinary file.
      if ((stats.mode & 0o077) !== 0) fchmodSync(this.#file, 0o600)
    } catch {
      this.close()
      this.#readOnly()
      return
    }
    this.#take(newest(this.#file))
  }

  /** A file that can be read but not written, as on a disk that may only be read. */
  #readOnly(): void {
    try {
      const file = openSync(this.#path!, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        if (fstatSync(file).isFile()) this.#take(newest(file))
      } finally {
        closeSync(file)
      }
    } catch {
      // There is none.
    }
  }

  #take(bytes: Buffer): void {
    this.#isCut = bytes.length > 0 && bytes.at(-1) !== LINE_END
    const lines = bytes.toString('utf8').split('\n')
    const least = Math.max(0, lines.length - 1 - Math.max(setting('historySize'), 1000))
    for (let i = lines.length - 1; i >= least; i--) if (lines[i] !== '') this.entries.push(decode(lines[i]!))
    this.#count = lines.length - 1
  }

  #append(line: string): void {
    if (this.#file === null) return
    // The last shell may have been stopped in the middle of a line.
    writeSync(this.#file, this.#isCut ? `\n${line}` : line)
    this.#isCut = false
    // Another shell has put a new file in its place: what was written just now may be in neither.
    if (fstatSync(this.#file).nlink > 0) return
    this.#reopen()
    if (this.#file !== null) writeSync(this.#file, line)
  }

  #reopen(): void {
    this.close()
    asInvokingUser(() => {
      this.#file = openSync(this.#path!, READ_AND_APPEND, 0o600)
    })
  }

  /** Leaves the newest entries in the file. What others have written since counts. */
  #trim(most: number): void {
    if (this.#file === null) return
    asInvokingUser(() => {
      const bytes = readAll(this.#file!, 0)
      let lines = 0
      for (const byte of bytes) if (byte === LINE_END) lines++
      this.#count = lines
      if (lines <= most * GROWTH) return
      let start = 0
      for (let surplus = lines - most; surplus > 0; surplus--) start = bytes.indexOf(LINE_END, start) + 1
      if (this.#replace(this.#path!, bytes.subarray(start), bytes.length)) this.#count = most
    })
  }

  /**
   * Puts a file with this content in place of the one that is open, whole or not at all.
   * @param read bytes of the old file that were looked at; what came behind them is taken over. Unset: nothing is.
   * @returns false when another shell is about to do the same
   */
  #replace(file: string, content: Buffer, read?: number): boolean {
    const temporary = `${file}.new`
    let next: number
    try {
      next = openNew(temporary)
    } catch {
      // Who makes this file first does the work; nobody waits.
      const since = statSync(temporary, { throwIfNoEntry: false })?.mtimeMs
      if (since === undefined || Date.now() - since < STALE) return false
      rmSync(temporary, { force: true })
      next = openNew(temporary)
    }
    try {
      writeFileSync(next, content)
      const old = this.#file!
      if (fstatSync(old).nlink === 0) {
        // Another has done it already.
        closeSync(next)
        rmSync(temporary, { force: true })
        return false
      }
      renameSync(temporary, file)
      // Who wrote into the old file until now; who does later sees that it has no name any more.
      if (read !== undefined) writeSync(next, readAll(old, read))
      closeSync(old)
      this.#file = next
      return true
    } catch (error) {
      closeSync(next)
      rmSync(temporary, { force: true })
      throw error
    }
  }
}

function openNew(file: string): number {
  return openSync(file, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL, 0o600)
}

/** The end of the file, as much as is read at the start of a shell. */
function newest(file: number): Buffer {
  return readAll(file, Math.max(0, fstatSync(file).size - MOST_BYTES))
}

/** What a file has from this byte on. */
function readAll(file: number, from: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from))
  let done = 0
  while (done < bytes.length) {
    const count = readSync(file, bytes, done, bytes.length - done, from + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

/** One line for each entry: line ends are written as `\n`, backslashes as `\\`. */
function encode(entry: string): string {
  return entry.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function decode(line: string): string {
  if (!line.includes('\\')) return line
  return line.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))
}
