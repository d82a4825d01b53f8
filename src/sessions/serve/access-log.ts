/** What was asked and answered: a line for each request above the prompt, or in a file as other web servers write it. */
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { OptionError } from '../../exchange/index.js'
import { printableLine } from '../../exchange/printable.js'
import { reasonOf } from '../../exchange/user-files.js'
import { byteCount } from '../face/session.js'
import { SessionLog } from '../face/session-log.js'
import { plainAddress } from '../stream/place.js'

/** A request and what became of it. */
export interface ServedRequest {
  /** When it came. */
  time: Date
  /** Address of the client, without its port. */
  client: string
  /** Who has shown the password, where there is one. */
  user?: string | undefined
  method: string
  /** As it came: path and query. */
  target: string
  /** `1.1` */
  version: string
  /** 0: the client left before there was an answer. */
  status: number
  /** Of the answer's body. */
  bytes: number
  /** Of the request's body. */
  received: number
  /** Milliseconds until the answer was over. */
  ms: number
  /** Whether the client has got all of the answer. */
  isWhole: boolean
}

const LONGEST_TARGET = 200
/** From this time on a transfer has a speed worth telling, ms. */
const WORTH_A_SPEED = 500

/** The log of one server. */
export class AccessLog {
  readonly #lines: SessionLog
  #file: WriteStream | undefined

  private constructor(isTold: boolean, file?: WriteStream) {
    this.#lines = new SessionLog(() => '', isTold)
    this.#file = file
  }

  /**
   * @param where true: a line each above the prompt; the name of a file: added to it in the common log format; false: nowhere
   * @param failed hears why the file cannot be written any more
   * @throws OptionError for a file that cannot be written
   */
  static async open(where: boolean | string, failed: (error: Error) => void): Promise<AccessLog> {
    if (typeof where !== 'string') return new AccessLog(where)
    const file = createWriteStream(where, { flags: 'a', mode: 0o600 })
    try {
      await once(file, 'open')
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such folder' : reasonOf(error)
      throw new OptionError(`serve: the log ${where} cannot be written: ${reason}`)
    }
    const log = new AccessLog(false, file)
    file.on('error', (error) => {
      log.#file = undefined
      failed(error)
    })
    return log
  }

  add(request: ServedRequest): void {
    this.#file?.write(`${commonLogLine(request)}\n`)
    if (this.#lines.isOn) this.#lines.tell(requestLine(request))
  }

  /** Tells what was not told yet, and closes the file. */
  async end(): Promise<void> {
    this.#lines.end()
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) await new Promise<void>((resolve) => file.end(() => resolve()))
  }
}

/** `192.0.2.7 GET /a.iso 200 1.2 GB in 12.3 s, 98 MB/s`. */
export function requestLine({ client, method, target, status, bytes, received, ms, isWhole }: ServedRequest): string {
  const shown = target.length > LONGEST_TARGET ? `${target.slice(0, LONGEST_TARGET)}…` : target
  const moved = Math.max(bytes, received)
  const speed = ms >= WORTH_A_SPEED && moved > 0 ? `, ${byteCount(Math.round((moved * 1000) / ms))}/s` : ''
  const answer = status === 0 ? 'no answer' : `${status} ${received > bytes ? 'took ' : ''}${byteCount(moved)}`
  const end = isWhole ? '' : ', broken off'
  return printableLine(`${plainAddress(client)} ${method} ${shown} ${answer} in ${timeText(ms)}${speed}${end}`)
}

/** What other servers write where the client left before there was an answer. */
const NO_ANSWER = 499

/** The common log format, with the escapes of nginx: `192.0.2.7 - ann [22/Nov/2026:17:24:30 +0000] "GET /a HTTP/1.1" 200 12`. */
export function commonLogLine({ client, user, time, method, target, version, status, bytes }: ServedRequest): string {
  const name = user === undefined || user === '' ? '-' : escaped(Buffer.from(user))
  // Node gives each byte of a request as a character.
  const asked = escaped(Buffer.from(`${method} ${target} HTTP/${version}`, 'latin1'))
  return `${plainAddress(client)} - ${name} [${clfTime(time)}] "${asked}" ${status || NO_ANSWER} ${bytes}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The time of this machine, with how far it is from UTC. */
function clfTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  const offset = -time.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  return `${two(time.getDate())}/${MONTHS[time.getMonth()]}/${time.getFullYear()}:${clock} ${zone}`
}

/** A client must not be able to begin a line of its own, or to end the quotes that it stands in. */
function escaped(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x00-\x1f"\\\x7f-\xff]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase()
    return `\\x${code.padStart(2, '0')}`
  })
}

function timeText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
