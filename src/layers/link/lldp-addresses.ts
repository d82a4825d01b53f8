/** Identifiers and addresses of LLDP, whose subtype or family says what their bytes are. IEEE 802.1AB §8.5. */
import { type AnyPacket, type Field, ipv4, ipv6, mac } from '../../packet/index.js'
import { BYTES_FORM, formField, formOfField, type TextOrBytes, type ValueForm } from './text-or-bytes.js'

/** IANA, "Address Family Numbers". */
export const ADDRESS_FAMILIES: Readonly<Record<number, string>> = {
  0: 'reserved',
  1: 'IPv4',
  2: 'IPv6',
  6: 'IEEE802',
  16: 'DNS',
}

let forms: Readonly<Record<number, ValueForm<string | number>>> | undefined

/** How addresses of a family are read and written; undefined: as text or bytes. */
function addressForm(family: number): ValueForm<string | number> | undefined {
  forms ??= { 1: formOfField(ipv4()), 2: formOfField(ipv6()), 6: formOfField(mac()) }
  return forms[family] ?? (family === 16 ? undefined : BYTES_FORM)
}

/** Subtype of identifiers that are MAC addresses, and of those that are network addresses, by the type of the TLV. */
const MAC_SUBTYPE: Readonly<Record<number, number>> = { 1: 4, 2: 3 }
const NETWORK_SUBTYPE: Readonly<Record<number, number>> = { 1: 5, 2: 4 }
const MAC_FAMILY = 6

export const isNetworkAddress =
  (type: number) =>
  (me: AnyPacket): boolean =>
    me.subtype === NETWORK_SUBTYPE[type]

/** The identifier of a chassis (TLV 1) or port (TLV 2): a MAC address, an IP address, text or bytes. */
export const identifier = (type: number): Field<TextOrBytes | number> =>
  formField(undefined, (me) =>
    me.subtype === MAC_SUBTYPE[type]
      ? addressForm(MAC_FAMILY)
      : isNetworkAddress(type)(me)
        ? addressForm(me.family as number)
        : undefined,
  )

/** An address of the family that another field says. */
export const familyAddress = (length: (me: AnyPacket) => number, familyField: string): Field<TextOrBytes | number> =>
  formField(length, (me) => addressForm(me.raw(familyField) as number))
