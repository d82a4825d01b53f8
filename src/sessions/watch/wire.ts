/**
 * What agents and their collector say: lines of JSON over TCP. An agent begins with `{"hello": 1, agent, session, folder}` and sends a line for each change,
 * with numbers from 1 on; the collector answers each with `{"ack": seq, session}`, the greeting with the last number that it has. What was not
 * acknowledged is sent again after a reconnect.
 */
import { CHANGE_EVENTS, Change, type ChangeEvent, type ChangeFields } from './change.js'

/** The first line of an agent. */
export interface Hello {
  /** Version of this way of speaking. */
  hello: 1
  agent: string
  session: string
  folder: string
}

/** The line of a change: `session` and `seq` together are of this change alone. */
export interface ChangeLine {
  agent: string
  session: string
  seq: number
  event: ChangeEvent
  path: string
  from?: string
  isFolder?: boolean
  time: string
  size?: number
  /** The path as it is, hexadecimal, where it is no UTF-8. */
  bytes?: string
}

/** What a collector answers. */
export interface Ack {
  ack: number
  session: string
}

/** Characters of a name or a session's id at most. */
const LONGEST_NAME = 256
const LONGEST_PATH = 65536
/** PATH_MAX; it is kept for each agent. */
const LONGEST_FOLDER = 4096

/** The line of a change. */
export function lineOf(change: ChangeFields, agent: string, session: string, seq: number): ChangeLine {
  const { event, path, from, isFolder, time, size, bytes } = change
  return {
    agent,
    session,
    seq,
    event,
    path,
    ...(from === undefined ? {} : { from }),
    isFolder,
    time: time.toISOString(),
    ...(size === undefined ? {} : { size }),
    ...(bytes === undefined ? {} : { bytes: Buffer.from(bytes).toString('hex') }),
  }
}

/** A change that an agent told. */
export class CollectedChange extends Change {
  readonly agent: string
  readonly session: string
  readonly seq: number

  constructor(line: ChangeLine) {
    const { event, path, from, isFolder = false, time, size, bytes } = line
    super({
      event,
      path,
      name: path,
      from,
      fromName: from,
      isFolder,
      time: new Date(time),
      size,
      bytes: bytes === undefined ? undefined : Uint8Array.from(Buffer.from(bytes, 'hex')),
    })
    this.agent = line.agent
    this.session = line.session
    this.seq = line.seq
  }

  /** `web1: create  /srv/a.txt (12 bytes)` */
  override toString(): string {
    return `${shownName(this.agent)}: ${super.toString()}`
  }

  override toJSON(): object {
    return lineOf(this, this.agent, this.session, this.seq)
  }
}

/** What an agent sent, or why it is nothing of the kind. */
export function readLine(value: unknown): Hello | ChangeLine | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object'
  const line = value as Partial<Hello & ChangeLine>
  for (const name of ['agent', 'session'] as const) {
    const text = line[name]
    if (typeof text !== 'string' || text === '' || text.length > LONGEST_NAME)
      return `${name} must be a text of at most ${LONGEST_NAME} characters`
  }
  if (line.hello !== undefined) {
    if (line.hello !== 1) return 'it speaks another version'
    const isFolder = isPath(line.folder) && line.folder!.length <= LONGEST_FOLDER
    return isFolder ? (line as Hello) : 'folder must be a path'
  }
  if (!Number.isSafeInteger(line.seq) || line.seq! < 1) return 'seq must be a whole number, 1 or more'
  if (!CHANGE_EVENTS.includes(line.event!)) return `event must be one of ${CHANGE_EVENTS.join(', ')}`
  if (!isPath(line.path)) return 'path must be a text'
  if (line.from !== undefined && !isPath(line.from)) return 'from must be a text'
  if (typeof line.time !== 'string' || Number.isNaN(Date.parse(line.time))) return 'time must be a date'
  if (line.size !== undefined && !(typeof line.size === 'number' && line.size >= 0)) return 'size must be a number'
  if (line.isFolder !== undefined && typeof line.isFolder !== 'boolean') return 'isFolder must be true or false'
  if (line.bytes !== undefined && !(typeof line.bytes === 'string' && /^([0-9a-f]{2})*$/i.test(line.bytes)))
    return 'bytes must be hexadecimal'
  return line as ChangeLine
}

/** A name in one line. */
export function shownName(name: string): string {
  return name.replaceAll(/\s+/g, ' ')
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_PATH
}
