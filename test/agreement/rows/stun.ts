import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Attribute = readonly [name: string | number, value?: unknown]

const attributesOf =
  (name: string) =>
  ({ fields }: OurLayer) =>
    ((fields.attributes ?? []) as Attribute[]).filter(([each]) => each === name).map(([, value]) => value)
/** A part of each address with a port. */
const endpoint =
  (part: RegExp) =>
  ({ fields }: OurLayer) =>
    ((fields.attributes ?? []) as Attribute[])
      .filter(([name]) => /ADDRESS$|SERVER$|ORIGIN$/.test(String(name)))
      .map(([, value]) => part.exec(String(value))?.[1])
/** A part of each value that is a list. */
const part = (name: string, convert: (value: readonly unknown[]) => unknown) => (layer: OurLayer) =>
  attributesOf(name)(layer).map((value) => convert(value as readonly unknown[]))
const bytes = (text: string): string => text.replaceAll(':', '')

export const agreement: VectorAgreement = {
  vectors: ['stun'],
  protocols: { stun: /^(STUN|ChannelData)$/ },
  rows: [
    field('stun.type', 'STUN', 'stun_message_type'),
    field('stun.length', /^(STUN|ChannelData)$/, 'length'),
    field('stun.cookie', 'STUN', 'magic_cookie', (text) => BigInt(`0x${text.replaceAll(':', '')}`).toString()),
    field('stun.id', 'STUN', 'transaction_id', bytes),
    field('stun.channel', 'ChannelData', 'channel'),
    row('stun.att.username', 'STUN', attributesOf('USERNAME'), same),
    row('stun.att.realm', 'STUN', attributesOf('REALM'), same),
    row('stun.att.nonce', 'STUN', attributesOf('NONCE'), same),
    row('stun.att.software', 'STUN', attributesOf('SOFTWARE'), same),
    row('stun.att.lifetime', 'STUN', attributesOf('LIFETIME')),
    row('stun.att.hmac', 'STUN', attributesOf('MESSAGE-INTEGRITY'), bytes),
    row('stun.att.crc32', 'STUN', attributesOf('FINGERPRINT')),
    row('stun.att.ipv4', 'STUN', endpoint(/^([0-9.]+):/), same),
    row('stun.att.port', 'STUN', endpoint(/:(\d+)$/)),
    row(
      'stun.att.error.class',
      'STUN',
      part('ERROR-CODE', ([code]) => Math.floor(Number(code) / 100)),
    ),
    row(
      'stun.att.error',
      'STUN',
      part('ERROR-CODE', ([code]) => Number(code) % 100),
    ),
    row(
      'stun.att.error.reason',
      'STUN',
      part('ERROR-CODE', ([, reason]) => reason),
      same,
    ),
    row(
      'stun.att.channelnum',
      'STUN',
      part('CHANNEL-NUMBER', ([number]) => number),
    ),
    row('stun.att.priority', 'STUN', attributesOf('PRIORITY')),
  ],
}
