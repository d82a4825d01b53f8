import { field, hex, number, type OurLayer, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const address = (text: unknown): string | undefined =>
  typeof text === 'string'
    ? text
        .split('.')
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join('')
    : undefined

/** Milliseconds of tshark's dates, which it rounds to nanoseconds; it has none for zero. */
const date = (text: string): string => (text === 'NULL' ? '' : String(Date.parse(text)))
const time = (name: string) => (layer: OurLayer) => {
  const [seconds = '', part = ''] = String(layer.fields[name]).split('.')
  return seconds === '0' ? '' : `${seconds}${part.padEnd(3, '0').slice(0, 3)}`
}

/** A half of each association in the data of a status. */
const associations = ({ fields }: OurLayer, at: number): number[] => {
  const data = Buffer.from(String(fields.op_code === 1 ? fields.data : ''), 'hex')
  return Array.from({ length: data.length >>> 2 }, (_, index) => data.readUInt16BE(4 * index + at))
}

const HEADER = /^NTP(Header|Control|Private)$/

export const agreement: VectorAgreement = {
  vectors: ['ntp'],
  protocols: { ntp: HEADER },
  rows: [
    field('ntp.flags.vn', HEADER, 'version'),
    field('ntp.flags.mode', HEADER, 'mode'),
    row('ntp.flags.li', /^NTP(Header|Control)$/, ({ fields }) => fields.leap ?? fields.zeros),
    field('ntp.stratum', 'NTPHeader', 'stratum'),
    field('ntp.ppoll', 'NTPHeader', 'poll'),
    row('ntp.precision', 'NTPHeader', ({ fields }) => Number(fields.precision) & 0xff),
    row('ntp.rootdelay', 'NTPHeader', ({ fields }) => Number(fields.delay) * 65536),
    row('ntp.rootdispersion', 'NTPHeader', ({ fields }) => Number(fields.dispersion) * 65536),
    row(
      'ntp.refid',
      'NTPHeader',
      ({ fields }) =>
        address(fields.id) ?? Buffer.from(String(fields.ref_id).padEnd(4, '\0'), 'latin1').toString('hex'),
      hex,
    ),
    row('ntp.reftime', 'NTPHeader', time('ref'), date),
    row('ntp.org', 'NTPHeader', time('orig'), date),
    row('ntp.rec', 'NTPHeader', time('recv'), date),
    row('ntp.xmt', 'NTPHeader', time('sent'), date),
    field('ntp.ctrl.flags2.r', 'NTPControl', 'response'),
    field('ntp.ctrl.flags2.opcode', 'NTPControl', 'op_code'),
    field('ntp.ctrl.sequence', 'NTPControl', 'sequence'),
    field('ntp.ctrl.offset', 'NTPControl', 'offset'),
    row('ntp.ctrl.status', 'NTPControl', (layer) => [layer.fields.status_word, ...associations(layer, 2)]),
    row('ntp.ctrl.associd', 'NTPControl', (layer) => [layer.fields.association_id, ...associations(layer, 0)]),
    field('ntp.ctrl.count', 'NTPControl', 'count_'),
    field('ntp.priv.impl', 'NTPPrivate', 'implementation'),
    field('ntp.priv.reqcode', 'NTPPrivate', 'request_code'),
    row(
      'ntp.ext.type',
      'NTPExtensions',
      ({ fields }) => (fields.extensions as { fields: { type: number } }[]).map((each) => each.fields.type),
      number,
    ),
    field('ntp.keyid', 'NTPAuthenticator', 'key_id', (text) => String(Number.parseInt(hex(text), 16))),
    field('ntp.mac', 'NTPAuthenticator', 'dgst', hex),
  ],
}
