/**
 * Elements of fast stations: high (802.11n) and very high throughput (802.11ac). IEEE 802.11-2020 §9.4.2.55, §9.4.2.56,
 * §9.4.2.157, §9.4.2.158. The fields of each byte stand with the high bits first.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |      ID       |      len      |         capabilities          |
 *   +---------------+---------------+-------------------------------+
 *   |A-MPDU parameters|            MCS set (16 bytes) …             |
 *   +---------------+-----------------------------------------------+
 *   |   extended capabilities, beamforming (4 bytes), ASEL (1)      |
 *   +---------------------------------------------------------------+
 */
import { bits, bitsEnum, bytes, layer, u8, u8Enum, u16le, u32le } from '../../packet/index.js'
import { behaveAsElement, elementHeader, refineElement } from './dot11-elements.js'

const SM_POWER_SAVE: Readonly<Record<number, string>> = { 0: 'static', 1: 'dynamic', 2: 'reserved', 3: 'disabled' }
const SECONDARY: Readonly<Record<number, string>> = { 0: 'none', 1: 'above', 3: 'below' }
const VHT_WIDTHS: Readonly<Record<number, string>> = { 0: '20-or-40MHz', 1: '80MHz', 2: '160MHz', 3: '80+80MHz' }

export const Dot11EltHTCapabilities = layer(
  'Dot11EltHTCapabilities',
  () => ({
    ...elementHeader(45),
    Tx_STBC: bits(1),
    Short_GI_40Mhz: bits(1),
    Short_GI_20Mhz: bits(1),
    Green_Field: bits(1),
    SM_Power_Save: bitsEnum(2, 0, SM_POWER_SAVE),
    Supported_Channel_Width: bitsEnum(1, 0, { 0: '20Mhz', 1: '20Mhz+40Mhz' }),
    LDPC_Coding_Capability: bits(1),
    L_SIG_TXOP_Protection: bits(1),
    Forty_Mhz_Intolerant: bits(1),
    PSMP: bits(1),
    DSSS_CCK: bits(1),
    Max_A_MSDU: bitsEnum(1, 0, { 0: '3839 o', 1: '7935 o' }),
    Delayed_BlockAck: bits(1),
    Rx_STBC: bits(2),
    res1: bits(3),
    Min_MPDCU_Start_Spacing: bits(3),
    Max_A_MPDU_Length_Exponent: bits(2, 3),
    mcs_set: bytes(16).about('A bit for each modulation that can be received, the highest rate, and what is sent.'),
    extended_capabilities: u16le().hex(),
    beamforming: u32le().hex(),
    ASEL: u8().hex(),
    rest: bytes(),
  }),
  'What a station can do with high throughput (802.11n).',
  'IEEE 802.11-2020 §9.4.2.55',
)

export const Dot11EltHTOperation = layer(
  'Dot11EltHTOperation',
  () => ({
    ...elementHeader(61),
    primary_channel: u8(),
    reserved: bits(4),
    RIFS: bits(1),
    any_width: bits(1),
    secondary_channel: bitsEnum(2, 0, SECONDARY),
    operation: u32le().hex().about('Protection, center frequency, dual beacons.'),
    mcs_set: bytes(16),
    rest: bytes(),
  }),
  'How a network works with high throughput: its channels.',
  'IEEE 802.11-2020 §9.4.2.56',
)

export const Dot11EltVHTCapabilities = layer(
  'Dot11EltVHTCapabilities',
  () => ({
    ...elementHeader(191),
    capabilities: u32le().hex(),
    rx_mcs_map: u16le(0xffff)
      .hex()
      .about('Two bits for each number of streams: 0 up to MCS 7, 1 to 8, 2 to 9, 3 none.'),
    rx_highest_rate: u16le().about('Mb/s, in the low 13 bits.'),
    tx_mcs_map: u16le(0xffff).hex(),
    tx_highest_rate: u16le().about('Mb/s, in the low 13 bits.'),
    rest: bytes(),
  }),
  'What a station can do with very high throughput (802.11ac).',
  'IEEE 802.11-2020 §9.4.2.157',
)

export const Dot11EltVHTOperation = layer(
  'Dot11EltVHTOperation',
  () => ({
    ...elementHeader(192),
    channel_width: u8Enum(0, VHT_WIDTHS),
    center_0: u8().about('Number of the channel in the middle.'),
    center_1: u8(),
    basic_mcs: u16le(0xffff).hex(),
    rest: bytes(),
  }),
  'How a network works with very high throughput: its channels.',
  'IEEE 802.11-2020 §9.4.2.158',
)

refineElement(45, [Dot11EltHTCapabilities, 26])
refineElement(61, [Dot11EltHTOperation, 22])
refineElement(191, [Dot11EltVHTCapabilities, 12])
refineElement(192, [Dot11EltVHTOperation, 5])

for (const each of [Dot11EltHTCapabilities, Dot11EltHTOperation, Dot11EltVHTCapabilities, Dot11EltVHTOperation])
  behaveAsElement(each)
