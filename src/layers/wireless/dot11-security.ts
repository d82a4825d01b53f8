/**
 * Elements that say how a network is protected: RSN (WPA2, WPA3) and the older one of WPA. IEEE 802.11-2020 §9.4.2.24;
 * WPA: Wi-Fi Alliance, "WPA specification" 3.1. Numbers are little-endian.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |      ID       |      len      |            version            |
 *   +---------------+---------------+-------------------------------+
 *   |                      group_cipher_suite                       |
 *   +-------------------------------+-------------------------------+
 *   |   nb_pairwise_cipher_suites   |   pairwise_cipher_suites …
 *   +-------------------------------+-------------------------------+
 *   |         nb_akm_suites         |   akm_suites …
 *   +---------------+---------------+-------------------------------+
 *   |         capabilities          |           nb_pmkids           |
 *   +---------------+---------------+-------------------------------+
 *   | pmkid_list …, group_management_cipher_suite (4 bytes)
 */
import {
  type AnyPacket,
  behave,
  bits,
  bytes,
  type Field,
  type LayerReference,
  layer,
  layers,
  list,
  u8,
  u8Enum,
  u16le,
  u24,
} from '../../packet/index.js'
import { behaveAsElement, elementHeader, refineElement } from './dot11-elements.js'

/** Who numbers suites and vendor elements. IEEE, "OUI". */
export const ORGANIZATIONS: Readonly<Record<number, string>> = {
  0x000fac: 'IEEE-802.11',
  0x0050f2: 'Microsoft',
  0x506f9a: 'Wi-Fi-Alliance',
  0x00037f: 'Atheros',
  0x000c43: 'Ralink',
  0x000ce7: 'MediaTek',
  0x001018: 'Broadcom',
  0x0017f2: 'Apple',
  0x004096: 'Cisco-Aironet',
  0x00904c: 'Epigram',
  0x8cfdf0: 'Qualcomm',
}

const RSN_OUI = 0x000fac
const MICROSOFT = 0x0050f2

/** Cipher suites. IEEE 802.11-2020, table 9-149. */
const CIPHERS: Readonly<Record<number, string>> = {
  0: 'Use group cipher suite',
  1: 'WEP-40',
  2: 'TKIP',
  3: 'OCB',
  4: 'CCMP-128',
  5: 'WEP-104',
  6: 'BIP-CMAC-128',
  7: 'Group addressed traffic not allowed',
  8: 'GCMP-128',
  9: 'GCMP-256',
  10: 'CCMP-256',
  11: 'BIP-GMAC-128',
  12: 'BIP-GMAC-256',
  13: 'BIP-CMAC-256',
}

/** Authentication and key management suites. IEEE 802.11-2020, table 9-151. */
const AKM_SUITES: Readonly<Record<number, string>> = {
  0: 'Reserved',
  1: '802.1X',
  2: 'PSK',
  3: 'FT-802.1X',
  4: 'FT-PSK',
  5: 'WPA-SHA256',
  6: 'PSK-SHA256',
  7: 'TDLS',
  8: 'SAE',
  9: 'FT-SAE',
  10: 'AP-PEER-KEY',
  11: 'WPA-SHA256-SUITE-B',
  12: 'WPA-SHA384-SUITE-B',
  13: 'FT-802.1X-SHA384',
  14: 'FILS-SHA256',
  15: 'FILS-SHA384',
  16: 'FT-FILS-SHA256',
  17: 'FT-FILS-SHA384',
  18: 'OWE',
}

const SUITE = 4
const PMKID = 16

export const organization = (value: number): Field<number, number | string> => u24(value).names(ORGANIZATIONS).hex()

export const RSNCipherSuite = layer(
  'RSNCipherSuite',
  () => ({ oui: organization(RSN_OUI), cipher: u8Enum(4, CIPHERS) }),
  'Cipher suite of a protected network.',
  'IEEE 802.11-2020 §9.4.2.24.2',
)

export const AKMSuite = layer(
  'AKMSuite',
  () => ({ oui: organization(RSN_OUI), suite: u8Enum(1, AKM_SUITES) }),
  'How stations authenticate and get their keys.',
  'IEEE 802.11-2020 §9.4.2.24.3',
)

/**
 * Whether the element is long enough for what starts `offset` bytes behind its length and takes `size`: every part but the
 * version may be left out, from the end on. One that is being made has all of them, unless its length was set.
 */
function reaches(me: AnyPacket, offset: number, size: number): boolean {
  const index = me._layer.indexOf('len')
  const length =
    me._buffer !== null
      ? me._buffer[me._offset + 1]!
      : me._isSet(index)
        ? (me._stored(index) as number)
        : Number.POSITIVE_INFINITY
  return offset + size <= length
}

const countOf = (me: AnyPacket, name: string): number => (me[name] as unknown[] | undefined)?.length ?? 0

/** The suites that both elements list; `start` is where they begin behind the length. */
function suites(start: number, oui: number, cipher: number) {
  const afterPairwise = (me: AnyPacket): number => start + SUITE + 2 + SUITE * countOf(me, 'pairwise_cipher_suites')
  const hasGroup = (me: AnyPacket): boolean => reaches(me, start, SUITE)
  const hasPairwise = (me: AnyPacket): boolean => reaches(me, start + SUITE, 2)
  const hasAkm = (me: AnyPacket): boolean => reaches(me, afterPairwise(me), 2)
  return {
    group_cipher_suite: layers(RSNCipherSuite, { count: 1 })
      .dynamic(() => [RSNCipherSuite({ oui, cipher })])
      .when(hasGroup),
    nb_pairwise_cipher_suites: u16le()
      .auto((c) => c.fieldCount('pairwise_cipher_suites'))
      .when(hasPairwise),
    pairwise_cipher_suites: layers(RSNCipherSuite, { count: 'nb_pairwise_cipher_suites' })
      .dynamic(() => [RSNCipherSuite({ oui, cipher })])
      .when(hasPairwise),
    nb_akm_suites: u16le()
      .auto((c) => c.fieldCount('akm_suites'))
      .when(hasAkm),
    akm_suites: layers(AKMSuite, { count: 'nb_akm_suites' })
      .dynamic(() => [AKMSuite({ oui })])
      .when(hasAkm),
  }
}

/** Where the capabilities of an RSN element stand. */
const capabilitiesAt = (me: AnyPacket): number =>
  10 + SUITE * (countOf(me, 'pairwise_cipher_suites') + countOf(me, 'akm_suites'))
const hasCapabilities = (me: AnyPacket): boolean => reaches(me, capabilitiesAt(me), 2)
const afterPmkids = (me: AnyPacket): number => capabilitiesAt(me) + 4 + PMKID * countOf(me, 'pmkid_list')

/** Whether what may follow the capabilities is there: in bytes when they reach so far, else when one of it was set. */
function hasOptional(me: AnyPacket, offset: number, size: number, names: readonly string[]): boolean {
  if (me._buffer !== null) return reaches(me, offset, size)
  return names.some((name) => me._isSet(me._layer.indexOf(name)))
}
/** A count of zero at the very end stays in `rest`: nothing would tell it from none when the element is built anew. */
function hasPmkids(me: AnyPacket): boolean {
  const at = capabilitiesAt(me) + 2
  if (me._buffer === null || !reaches(me, at, 2))
    return hasOptional(me, at, 2, ['nb_pmkids', 'pmkid_list', 'group_management_cipher_suite'])
  return me._buffer[me._offset + 2 + at] !== 0 || me._buffer[me._offset + 3 + at] !== 0 || reaches(me, at, 3)
}
const hasManagement = (me: AnyPacket): boolean =>
  hasOptional(me, afterPmkids(me), SUITE, ['group_management_cipher_suite'])

export const Dot11EltRSN = layer(
  'Dot11EltRSN',
  () => ({
    ...elementHeader(48),
    version: u16le(1),
    ...suites(2, RSN_OUI, 4),
    mfp_capable: bits(1).when(hasCapabilities).about('Whether management frames may be protected.'),
    mfp_required: bits(1).when(hasCapabilities).about('Whether management frames must be protected.'),
    gtksa_replay_counter: bits(2).when(hasCapabilities),
    ptksa_replay_counter: bits(2).when(hasCapabilities),
    no_pairwise: bits(1).when(hasCapabilities),
    pre_auth: bits(1).when(hasCapabilities),
    reserved: bits(1).when(hasCapabilities),
    ocvc: bits(1).when(hasCapabilities),
    extended_key_id: bits(1).when(hasCapabilities),
    pbac: bits(1).when(hasCapabilities),
    spp_a_msdu_required: bits(1).when(hasCapabilities),
    spp_a_msdu_capable: bits(1).when(hasCapabilities),
    peer_key_enabled: bits(1).when(hasCapabilities),
    joint_multiband_rsna: bits(1).when(hasCapabilities),
    nb_pmkids: u16le()
      .auto((c) => c.fieldCount('pmkid_list'))
      .when(hasPmkids),
    pmkid_list: list(bytes(PMKID), { count: 'nb_pmkids' }).when(hasPmkids),
    group_management_cipher_suite: layers(RSNCipherSuite, { count: 1 }).when(hasManagement),
    rest: bytes(),
  }),
  'How a network is protected: ciphers, authentication, capabilities (WPA2, WPA3).',
  'IEEE 802.11-2020 §9.4.2.24',
)

export const Dot11EltVendorSpecific = layer(
  'Dot11EltVendorSpecific',
  () => ({ ...elementHeader(221), oui: organization(0), info: bytes() }),
  'Element of a vendor; the first byte of its content mostly is a type.',
  'IEEE 802.11-2020 §9.4.2.25',
)

export const Dot11EltMicrosoftWPA = layer(
  'Dot11EltMicrosoftWPA',
  () => ({
    ...elementHeader(221),
    oui: organization(MICROSOFT),
    type: u8(1),
    version: u16le(1),
    ...suites(6, MICROSOFT, 2),
    rest: bytes(),
  }),
  'How a network is protected, in the way of WPA.',
  'Wi-Fi Alliance, WPA specification 3.1',
)

const WPA = 1
const WMM = 2
const WPS = 4
type Refine = (buffer: Uint8Array, at: number, length: number) => LayerReference | undefined

const microsoft = new Map<number, readonly [LayerReference, number]>([[WPA, [Dot11EltMicrosoftWPA, 6]]])

/** Adds a layer for the elements of Microsoft's of a type. */
export function refineMicrosoft(type: typeof WMM | typeof WPS, upper: LayerReference, least: number): void {
  microsoft.set(type, [upper, least])
}

const vendorElement: Refine = (buffer, at, length) => {
  const oui = length >= 4 ? (buffer[at]! << 16) | (buffer[at + 1]! << 8) | buffer[at + 2]! : 0
  if (length < 3) return undefined
  const found = oui === MICROSOFT ? microsoft.get(buffer[at + 3]!) : undefined
  return found !== undefined && length >= found[1] ? found[0] : Dot11EltVendorSpecific
}

refineElement(48, [Dot11EltRSN, 2])
refineElement(221, vendorElement)

for (const each of [Dot11EltRSN, Dot11EltVendorSpecific, Dot11EltMicrosoftWPA]) behaveAsElement(each)

behave(RSNCipherSuite, { summary: (me) => `RSNCipherSuite ${me.text('cipher')}` })
behave(AKMSuite, { summary: (me) => `AKMSuite ${me.text('suite')}` })
