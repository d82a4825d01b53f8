/**
 * Addresses as PIM writes them: with their family, and groups and sources with the length of their prefix. RFC 7761 §4.9.1.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |  addr_family  | encoding_type |             address           |  one router
 *   +---------------+---------------+-+-------------+-+-------------+
 *   |  addr_family  | encoding_type |b|  reserved   |z|  mask_len   |  a group
 *   +---------------+---------------+-+-------+-+-+-+---------------+
 *   |  addr_family  | encoding_type |  rsrvd  |s|w|r|   mask_len    |  a source
 *   +---------------+---------------+---------+-+-+-+---------------+
 */
import { type AnyPacket, bits, u8, u8Enum } from '../../packet/index.js'
import { address } from './address-list.js'

/** IANA, "Address Family Numbers". */
const FAMILIES: Readonly<Record<number, string>> = { 1: 'IPv4', 2: 'IPv6' }

const familyOf = (text: unknown): number => (typeof text === 'string' && text.includes(':') ? 2 : 1)

/** Bytes of an address of the family that another field says; undefined when nothing is known of it. */
const sizeBy =
  (field: string) =>
  (me: AnyPacket): 4 | 16 | undefined => {
    const family = me.raw(field)
    return family === 1 ? 4 : family === 2 ? 16 : undefined
  }

/** The family of an address, which the address itself tells when it is unset. */
export const family = (of: string) => u8Enum(1, FAMILIES).dynamic((me) => familyOf(me.raw(of)))

/** An address of the family that the field says. */
export const addressBy = (field: string, unset = '0.0.0.0') => address(sizeBy(field), unset)

/** Length of the prefix: that of a whole address when unset. */
const maskLength = (of: string) => u8(32).dynamic((me) => (familyOf(me.raw(of)) === 2 ? 128 : 32))

/** Fields in front of a group's address, which stands in `gaddr`. */
export const groupHeader = () => ({
  addr_family: family('gaddr'),
  encoding_type: u8(),
  bidirection: bits(1).about('1: bidirectional PIM.'),
  reserved: bits(6),
  admin_scope_zone: bits(1),
  mask_len: maskLength('gaddr'),
  gaddr: addressBy('addr_family'),
})

/** A source with its flags. */
export const sourceFields = () => ({
  addr_family: family('src_ip'),
  encoding_type: u8(),
  rsrvd: bits(5),
  sparse: bits(1, 1).about('1: sparse mode.'),
  wildcard: bits(1).about('1: all sources, (*,G).'),
  rpt: bits(1).about('1: along the tree of the rendezvous point.'),
  mask_len: maskLength('src_ip'),
  src_ip: addressBy('addr_family'),
})
