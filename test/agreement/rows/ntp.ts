import { field, number, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** Bytes of tshark's as hexadecimal. */
const hex = (text: string): string => text.replaceAll(':', '').toLowerCase()

const address = (text: unknown): string | undefined =>
  typeof text === 'string'
    ? text
        .split('.')
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join('')
    : undefined

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
    field('ntp.ctrl.flags2.r', 'NTPControl', 'response'),
    field('ntp.ctrl.flags2.opcode', 'NTPControl', 'op_code'),
    field('ntp.ctrl.sequence', 'NTPControl', 'sequence'),
    field('ntp.ctrl.offset', 'NTPControl', 'offset'),
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
