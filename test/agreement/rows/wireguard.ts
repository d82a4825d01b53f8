import { field, number, type OurLayer, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** tshark prints keys in base64. */
const base64 = (name: string) => (layer: OurLayer) =>
  layer.fields[name] === undefined ? undefined : Buffer.from(layer.fields[name] as string, 'hex').toString('base64')
const same = (text: string): string => text
/** One number of all layers of the packet, or of those that have it. */
const index = (name: string) => row(`wg.${name}`, /^Wireguard./, ({ fields }) => fields[`${name}_index`], number)

export const agreement: VectorAgreement = {
  vectors: ['wireguard'],
  protocols: { wg: /^Wireguard$/ },
  rows: [
    field('wg.type', 'Wireguard', 'message_type'),
    index('sender'),
    index('receiver'),
    field('wg.counter', 'WireguardTransport', 'counter'),
    row('wg.ephemeral', /^Wireguard/, base64('unencrypted_ephemeral'), same),
    field('wg.mac1', /^Wireguard/, 'mac1', same),
    field('wg.mac2', /^Wireguard/, 'mac2', same),
    field('wg.nonce', 'WireguardCookieReply', 'nonce', same),
    field('wg.encrypted_cookie', 'WireguardCookieReply', 'encrypted_cookie', same),
  ],
}
