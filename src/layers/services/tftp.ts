/**
 * TFTP, trivial file transfer. RFC 1350 §5; options: RFC 2347; their names: RFC 2348, RFC 2349, RFC 7440.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-------------------------------+
 *   |              op               |        filename, 0 …          |  read (1), write (2)
 *   +-------------------------------+-------------------------------+
 *   |              op               |            block              |  data (3) with bytes behind it, ack (4)
 *   +-------------------------------+-------------------------------+
 *   |              op               |  errorcode, then errormsg, 0  |  error (5)
 *   +-------------------------------+-------------------------------+
 *   |              op               |    oname, 0, value, 0 …       |  option acknowledgement (6)
 *   +-------------------------------+-------------------------------+
 *
 * Only the first message goes to port 69; all others run between two ports that the ends chose. `bind(UDP, TFTP,
 * {sport: 40000})` and the like, or decode-as, says that those are TFTP too.
 */
import { type AnyPacket, behave, bind, layer, layers, u16, u16Enum } from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { readable } from './value-tree.js'
import { type TextOrBytes, zeroText } from './zero-text.js'

const PORT = 69
const READ = 1
const WRITE = 2
const DATA = 3
const ACK = 4
const ERROR = 5
const OPTIONS_ACK = 6

/** RFC 1350 §5; OACK: RFC 2347. */
const OPERATIONS: Readonly<Record<number, string>> = {
  1: 'RRQ',
  2: 'WRQ',
  3: 'DATA',
  4: 'ACK',
  5: 'ERROR',
  6: 'OACK',
}

/** RFC 1350, appendix; 8: RFC 2347. */
const ERRORS: Readonly<Record<number, string>> = {
  0: 'Not defined',
  1: 'File not found',
  2: 'Access violation',
  3: 'Disk full or allocation exceeded',
  4: 'Illegal TFTP operation',
  5: 'Unknown transfer ID',
  6: 'File already exists',
  7: 'No such user',
  8: 'Terminate transfer due to option negotiation',
}

export const TFTP = layer(
  'TFTP',
  () => ({ op: u16Enum(READ, OPERATIONS) }),
  'Trivial File Transfer Protocol. Behind the first message both sides use ports of their own.',
  'RFC 1350 §5',
)

const request = () => ({ filename: zeroText(), mode: zeroText('octet') })

export const TFTP_RRQ = layer('TFTP_RRQ', () => request(), 'Asks for a file.', 'RFC 1350 §5')
export const TFTP_WRQ = layer('TFTP_WRQ', () => request(), 'Asks to store a file.', 'RFC 1350 §5')
export const TFTP_DATA = layer(
  'TFTP_DATA',
  () => ({ block: u16(1).about('Number of the block, from 1; the bytes of the file follow.') }),
  'A block of a file; one shorter than the block size (512 bytes unless agreed) is the last.',
  'RFC 1350 §5',
)
export const TFTP_ACK = layer(
  'TFTP_ACK',
  () => ({ block: u16().about('Number of the block that came; 0 admits a write.') }),
  'Says that a block has come.',
  'RFC 1350 §5',
)
export const TFTP_ERROR = layer(
  'TFTP_ERROR',
  () => ({ errorcode: u16Enum(0, ERRORS), errormsg: zeroText() }),
  'Ends a transfer: why it failed.',
  'RFC 1350 §5',
)
export const TFTP_OACK = layer('TFTP_OACK', () => ({}), 'Says which options the server takes.', 'RFC 2347')
export const TFTP_Option = layer(
  'TFTP_Option',
  () => ({
    oname: zeroText('blksize').about('blksize (bytes), timeout (s), tsize (bytes of the file), windowsize (blocks) …'),
    value: zeroText('512'),
  }),
  'Name and value of an option, both as text.',
  'RFC 2347; RFC 2348; RFC 2349; RFC 7440',
)
export const TFTP_Options = layer(
  'TFTP_Options',
  () => ({ options: layers(TFTP_Option) }),
  'Options behind a request or its acknowledgement.',
  'RFC 2347',
)

const MESSAGES = [
  [READ, TFTP_RRQ],
  [WRITE, TFTP_WRQ],
  [DATA, TFTP_DATA],
  [ACK, TFTP_ACK],
  [ERROR, TFTP_ERROR],
] as const

interface Option {
  readonly oname: TextOrBytes
  readonly value: TextOrBytes
}

/** ` blksize=1468 tsize=0`. */
function optionsText(me: AnyPacket): string {
  const options = (me.get(TFTP_Options)?.options ?? []) as unknown as Option[]
  return options.map(({ oname, value }) => ` ${readable(oname)}=${readable(value)}`).join('')
}

for (const [kind, message] of [
  ['RRQ', TFTP_RRQ],
  ['WRQ', TFTP_WRQ],
] as const)
  behave(message, {
    summary: (me) => `TFTP ${kind} "${readable(me.filename as TextOrBytes)}" ${readable(me.mode as TextOrBytes)}`,
  })
behave(TFTP_DATA, { summary: (me) => `TFTP DATA block ${me.block}, ${me.payload?.bytes().length ?? 0} bytes` })
behave(TFTP_ACK, { summary: (me) => `TFTP ACK block ${me.block}` })
behave(TFTP_ERROR, {
  summary: (me) => `TFTP ERROR ${me.text('errorcode')} "${readable(me.errormsg as TextOrBytes)}"`,
})

/** In front of options it stands for the whole message: they are told with it. */
behave(TFTP_Options, {
  summary: (me) => {
    const { under } = me
    const before = under?._layer.behaviour.summary?.(under as AnyPacket)
    return `${before ?? 'TFTP OACK'}${optionsText(me)}`
  },
})
behave(TFTP_OACK, { summary: () => 'TFTP OACK', guess: () => TFTP_Options })

/** Whether one message is what the other end may say to another. */
function follows(me: AnyPacket, asked: AnyPacket): boolean {
  const block = (message: AnyPacket): number => (message.payload as AnyPacket | null)?.block as number
  switch (me.op) {
    case DATA:
      return (asked.op === READ && block(me) === 1) || (asked.op === ACK && block(me) === ((block(asked) + 1) & 0xffff))
    case ACK:
      return (asked.op === WRITE && block(me) === 0) || (asked.op === DATA && block(me) === block(asked))
    case OPTIONS_ACK:
      return asked.op === READ || asked.op === WRITE
    default:
      return me.op === ERROR && asked.op !== ERROR
  }
}

behave(TFTP, {
  summary: (me) => `TFTP ${me.text('op')}`,
  answers: (me, asked) => asked._layer === me._layer && follows(me, asked),
  hash: () => 'tftp',
  refine: (buffer, start, end) =>
    end - start >= 2 && buffer[start] === 0 && OPERATIONS[buffer[start + 1]!] !== undefined ? TFTP : Raw,
})

for (const [op, message] of MESSAGES) bind(TFTP, message, { op })
// An acknowledgement of options has no field of its own, so that it is there even where nothing follows.
bind(TFTP, TFTP_OACK, { op: OPTIONS_ACK })
bind(TFTP_RRQ, TFTP_Options)
bind(TFTP_WRQ, TFTP_Options)
bind(TFTP_OACK, TFTP_Options)
bind(UDP, TFTP, { sport: PORT }, { build: false })
bind(UDP, TFTP, { dport: PORT })
