/** What was typed, kept for the next time: in a file of the invoking user's that nobody else may read. */
import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** Entries that are kept in memory and offered. */
const KEPT = 1000

/** The history of one shell, newest entry first. */
export class History {
  readonly entries: string[] = []
  #file: number | null = null

  /**
   * Reads the history and opens it for what comes. Without a place to write, the history lasts as long as the shell.
   * @param file null keeps nothing on disk
   */
  constructor(file: string | null = historyFile()) {
    if (file === null) return
    asInvokingUser(() => {
      try {
        this.entries.push(...readEntries(file))
        mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
        const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW
        this.#file = openSync(file, flags, 0o600)
        // It may have come from elsewhere, with the rights of an ordinary file.
        if ((fstatSync(this.#file).mode & 0o077) !== 0) fchmodSync(this.#file, 0o600)
      } catch {
        this.#file = null
      }
    })
  }

  /** Adds what was typed, before it runs. A leading space keeps it out; secrets are not kept. */
  add(source: string): void {
    if (/^\s/.test(source) || source.trim() === '') return
    const entry = redact(source.trimEnd())
    if (entry === this.entries[0]) return
    this.entries.unshift(entry)
    this.entries.length = Math.min(this.entries.length, KEPT)
    try {
      if (this.#file !== null) writeSync(this.#file, `${encode(entry)}\n`)
    } catch {
      // A full disk must not keep anybody from working.
      this.close()
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}

function readEntries(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
    return lines.slice(-KEPT).reverse().map(decode)
  } catch {
    return []
  }
}

/** One line for each entry: line ends are written as `\n`, backslashes as `\\`. */
function encode(entry: string): string {
  return entry.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function decode(line: string): string {
  return line.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))
}

const NAMES =
  'password|passwd|passphrase|passcode|\\bpass|\\bpwd|\\bpsk|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|authorization|credential'
const ASSIGNED = new RegExp(`((?:${NAMES})\\w*['"]?\\s*[:=,(]\\s*)(['"\`])(?:\\\\.|(?!\\2).)*\\2`, 'gis')
const KNOWN_FORMS =
  /\b(?:gh[pousr]_\w{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|xapp-[\w-]{8,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+)/g

/** The text with what looks like a secret replaced. */
export function redact(source: string): string {
  return source
    .replace(ASSIGNED, '$1$2REDACTED$2')
    .replace(KNOWN_FORMS, 'REDACTED')
    .replace(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|$)/gs, '-----BEGIN $1----- REDACTED')
    .replace(/\b(Bearer|Basic)\s+[\w+/=.~-]{8,}/g, '$1 REDACTED')
    .replace(/(:\/\/[^\s/:@'"]+:)[^\s@/'"]+@/g, '$1REDACTED@')
}

/** The state file by the XDG rules; under sudo that of the user who called it. */
function historyFile(): string {
  const { XDG_STATE_HOME } = process.env
  const base = XDG_STATE_HOME && path.isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : undefined
  return path.join(base ?? path.join(homeOfInvokingUser(), '.local', 'state'), 'netshell', 'history')
}

/** Who called sudo, or null. */
function invokingUser(): { user: number; group: number } | null {
  const { SUDO_UID, SUDO_GID } = process.env
  if (process.getuid?.() !== 0 || !SUDO_UID || !SUDO_GID) return null
  const [user, group] = [Number(SUDO_UID), Number(SUDO_GID)]
  return Number.isInteger(user) && Number.isInteger(group) && user > 0 ? { user, group } : null
}

function homeOfInvokingUser(): string {
  const invoking = invokingUser()
  if (!invoking) return homedir()
  try {
    const fields = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
    return fields.find(([, , user]) => user === String(invoking.user))?.[5] ?? homedir()
  } catch {
    return homedir()
  }
}

/** Runs `work` with the rights of who called sudo, so that the files are his and no link of his leads root astray. */
function asInvokingUser(work: () => void): void {
  const invoking = invokingUser()
  if (!invoking || !process.seteuid || !process.setegid) {
    work()
    return
  }
  process.setegid(invoking.group)
  process.seteuid(invoking.user)
  try {
    work()
  } finally {
    process.seteuid(0)
    process.setegid(0)
  }
}
