/**
 * Syslog, messages of programs as one line of text. Today's form: RFC 5424 §6; the older one: RFC 3164 §4; over UDP: RFC 5426.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+---------------+
 *   |      '<'      |  facility * 8 + severity, digits, '>' …       |
 *   +---------------+---------------+---------------+---------------+
 *   |      timestamp, a space, hostname, a space, tag, ': ', msg    |  older
 *   +---------------------------------------------------------------+
 *   |      '1', timestamp, hostname, appname, procid, msgid,        |
 *   |      structured data, msg, with a space between any two       |  today's
 *   +---------------------------------------------------------------+
 */
import { type AnyPacket, behave, bind, layer } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import {
  facility,
  lastPart,
  oldHostname,
  oldPid,
  oldTag,
  oldTimestamp,
  priorityAt,
  severity,
  structuredData,
  word,
} from './syslog-parts.js'
import { readable } from './value-tree.js'
import { restText, textOrBytes } from './zero-text.js'

export type { SyslogElement } from './syslog-parts.js'

const PORT = 514

export const Syslog = layer(
  'Syslog',
  () => ({
    facility: facility().about('What kind of program; empty where the message has no priority.'),
    severity: severity(),
    timestamp: oldTimestamp().about("'Oct 11 22:14:15' in the sender's time zone; empty where there is none."),
    hostname: oldHostname().about('Only behind a timestamp.'),
    tag: oldTag().about("The program's name."),
    pid: oldPid(),
    msg: restText(),
  }),
  'A log message in the older form. What does not follow it stands in msg.',
  'RFC 3164 §4',
)

export const Syslog5424 = layer(
  'Syslog5424',
  () => ({
    facility: facility(),
    severity: severity(),
    version: word('1'),
    timestamp: word().about("'2003-10-11T22:14:15.003Z'; '-' where it is not known."),
    hostname: word(),
    appname: word(),
    procid: word(),
    msgid: word().about('Kind of the message.'),
    structured_data: structuredData().about("Elements: [['origin', ['ip', '192.0.2.1'], …], …]."),
    msg: lastPart(),
  }),
  "A log message. Syslog5424({severity: 'err', appname: 'su', msg: 'failed'}).",
  'RFC 5424 §6',
)

const MAX_SHOWN = 70

/** `auth.crit su: failed`. */
function summary(me: AnyPacket, name: string): string {
  const priority = me.facility === '' ? '' : ` ${me.facility}.${me.severity}`
  const program = name === '' || name === '-' ? '' : ` ${name}:`
  const text = readable(me.msg as string)
    .replace(/^\ufeff/, '')
    .trim()
  return `Syslog${priority}${program}${text === '' ? '' : ` ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text}`}`
}

behave(Syslog5424, { summary: (me) => summary(me, me.appname as string) })

behave(Syslog, {
  summary: (me) => summary(me, me.tag as string),
  refine(buffer, start, end) {
    const { priority, end: at } = priorityAt(buffer, start, end)
    if (priority < 0) return typeof textOrBytes(buffer.subarray(start, end)) === 'string' ? Syslog : Raw
    return at + 1 < end && buffer[at] === 0x31 && buffer[at + 1] === 0x20 && isWhole(buffer, at, end)
      ? Syslog5424
      : Syslog
  },
})

/** Words in front of the structured data. */
const WORDS = 6

/** Whether the words and the structured data of today's form are all there. */
function isWhole(buffer: Uint8Array, start: number, end: number): boolean {
  let words = 0
  for (let at = start; at < end - 1; at++) {
    if (buffer[at] !== 0x20) continue
    if (++words === WORDS) return buffer[at + 1] === 0x2d || buffer[at + 1] === 0x5b
  }
  return false
}

bind(UDP, Syslog5424, { dport: PORT })
bind(UDP, Syslog, { sport: PORT }, { build: false })
bind(UDP, Syslog, { dport: PORT })
