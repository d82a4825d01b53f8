/**
 * Radiotap: what a radio noted of an IEEE 802.11 frame, in front of it. radiotap.org. All numbers are little-endian.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |    version    |      pad      |              len              |
 *   +---------------+---------------+-------------------------------+
 *   |                            present                            |  bit 31: Ext, another such word follows
 *   +---------------------------------------------------------------+
 *   | fields in the order of their bits, each on a boundary of its size …
 */
import {
  type AnyPacket,
  behave,
  bits,
  bitsEnum,
  bytes,
  type Field,
  flags,
  layer,
  list,
  u8,
  u8Enum,
  u16le,
  u32le,
  u64le,
} from '../../packet/index.js'
import { flags16le, flags32le } from '../little-endian-flags.js'
import { aligned, halfRate, signed8 } from './radio-fields.js'
import { extras, furtherWords, isPresent } from './radiotap-more.js'
import {
  A_MPDU_FLAGS,
  CHANNEL_FLAGS,
  CHANNEL_PLUS_FLAGS,
  FLAGS,
  KNOWN_MCS,
  KNOWN_VHT,
  MCS_BANDWIDTHS,
  PRESENT,
  PRESENT_VHT,
  RX_FLAGS,
  TIMESTAMP_UNITS,
  TX_FLAGS,
  VHT_BANDWIDTHS,
  ZERO_LENGTH_PSDU,
} from './radiotap-numbers.js'

const EXT = 31
const FIRST_PRESENT_WORD = 4

/** The fields that stand for each bit of the present word. */
// biome-ignore lint/suspicious/noExplicitAny: fields of any kind
type Fields = Readonly<Record<string, Field<any, any>>>
const groupsOf = <T extends readonly Fields[]>(...groups: T): T => groups

const plainFields = () =>
  groupsOf(
    { mac_timestamp: aligned(u64le(), 8).about('Microseconds of the radio, when the first bit came in.') },
    { Flags: flags(8, FLAGS).about('FCS: the frame check sequence stands at the end of the frame.') },
    { Rate: halfRate().about('Mb/s.') },
    {
      ChannelFrequency: aligned(u16le(), 2).about('MHz.'),
      ChannelFlags: flags16le(CHANNEL_FLAGS),
    },
    { FHSS_hop_set: aligned(u8(), 2), FHSS_pattern: u8() },
    { dBm_AntSignal: signed8().about('dBm.') },
    { dBm_AntNoise: signed8().about('dBm.') },
    { Lock_Quality: aligned(u16le(), 2) },
    { TX_Attenuation: aligned(u16le(), 2) },
    { dB_TX_Attenuation: aligned(u16le(), 2).about('dB.') },
    { dBm_TX_Power: signed8().about('dBm.') },
    { Antenna: u8().about('Number of the antenna, from 0.') },
    { dB_AntSignal: u8().about('dB above any fixed reference.') },
    { dB_AntNoise: u8().about('dB above any fixed reference.') },
    { RXFlags: aligned(flags16le(RX_FLAGS), 2) },
    { TXFlags: aligned(flags16le(TX_FLAGS), 2) },
    { RTS_Retries: u8() },
    { Data_Retries: u8() },
  )

const wideFields = () =>
  groupsOf(
    {
      ChannelPlusFlags: aligned(flags32le(CHANNEL_PLUS_FLAGS), 4),
      ChannelPlusFrequency: u16le().about('MHz.'),
      ChannelPlusNumber: u8(),
      ChannelPlusMaxPower: u8().about('Half dBm.'),
    },
    {
      knownMCS: flags(8, KNOWN_MCS),
      Ness_LSB: bits(1),
      STBC_streams: bits(2),
      FEC_type: bitsEnum(1, 0, { 0: 'BCC', 1: 'LDPC' }),
      HT_format: bitsEnum(1, 0, { 0: 'mixed', 1: 'greenfield' }),
      guard_interval: bitsEnum(1, 0, { 0: 'Long_GI', 1: 'Short_GI' }),
      MCS_bandwidth: bitsEnum(2, 0, MCS_BANDWIDTHS),
      MCS_index: u8(),
    },
    {
      A_MPDU_ref: aligned(u32le(), 4),
      A_MPDU_flags: flags16le(A_MPDU_FLAGS),
      A_MPDU_delimiter_crc: u8().hex(),
      A_MPDU_reserved: u8(),
    },
    {
      KnownVHT: aligned(flags16le(KNOWN_VHT), 2),
      PresentVHT: flags(8, PRESENT_VHT),
      VHT_bandwidth: u8Enum(0, VHT_BANDWIDTHS),
      mcs_nss: list(u8(), { count: 4 }).about(
        'Of up to four users: MCS in the high 4 bits, spatial streams in the low.',
      ),
      VHT_coding: u8().about('A bit for each user, set for LDPC.'),
      GroupID: u8(),
      PartialAID: u16le(),
    },
    {
      timestamp: aligned(u64le(), 8),
      ts_accuracy: u16le(),
      ts_position: bits(4),
      ts_unit: bitsEnum(4, 0, TIMESTAMP_UNITS),
      ts_flags: flags(8, ['32-bit_counter', 'Accuracy']),
    },
    {
      he_data1: aligned(u16le(), 2).hex(),
      he_data2: u16le().hex(),
      he_data3: u16le().hex(),
      he_data4: u16le().hex(),
      he_data5: u16le().hex(),
      he_data6: u16le().hex(),
    },
    {
      hemu_flags1: aligned(u16le(), 2).hex(),
      hemu_flags2: u16le().hex(),
      RU_channel1: list(u8(), { count: 4 }),
      RU_channel2: list(u8(), { count: 4 }),
    },
    {
      hemuou_per_user_1: aligned(u16le(), 2).hex(),
      hemuou_per_user_2: u16le().hex(),
      hemuou_per_user_position: u8(),
      hemuou_per_user_known: u8().hex(),
    },
    { zero_length_psdu: u8Enum(0, ZERO_LENGTH_PSDU) },
    {
      lsig_data1: aligned(flags16le(['rate', 'length']), 2).about('Which parts of lsig_data2 are known.'),
      lsig_data2: u16le().about('Rate in the low 4 bits, length in the 12 above.'),
    },
  )

/** The present word as it counts: what was set or read; undefined where the fields shall tell it. */
function presentWord(me: AnyPacket): number | undefined {
  const index = me._layer.indexOf('present')
  if (me._isSet(index)) return me._stored(index) as number
  if (!me._isFromBytes(index)) return undefined
  const at = me._offset + FIRST_PRESENT_WORD
  return me._layer.fields[index]!.rawAt(me._buffer!, at) as number
}

/** Whether a field asks to be there: it was set, or its bytes have a value that is not the default. */
function isWanted(me: AnyPacket, name: string): boolean {
  const index = me._layer.indexOf(name)
  // A list that was only looked at is kept empty.
  if (me._isSet(index)) return (me._stored(index) as { length?: number }).length !== 0
  if (me._tail === null) return false
  const value = me._tail[index - me._layer.tailStart]
  const field = me._layer.fields[index]!
  return value !== undefined && field.command(value) !== field.command(field.defaultValue ?? field.codec!.empty())
}

/** Puts the condition of each bit on its fields: where the present word does not say, that one of them is wanted. */
function conditional<T extends readonly Fields[]>(groups: T, first: number): T {
  groups.forEach((group, i) => {
    const names = Object.keys(group)
    const isThere = (me: AnyPacket): boolean => {
      const word = presentWord(me)
      return word === undefined ? names.some((name) => isWanted(me, name)) : isPresent(word, first + i)
    }
    for (const field of Object.values(group)) field.when(isThere)
  })
  return groups
}

/** The present word of the fields that are there. */
function presentOf(me: AnyPacket): number {
  let present = 0
  for (const [bit, name] of firstFields().entries()) {
    const field = me._layer.fields[me._layer.indexOf(name)]!
    if (field.condition!(me)) present += 2 ** bit
  }
  return isWanted(me, 'Ext') ? present + 2 ** 29 + 2 ** EXT : present
}

let first: readonly string[] | null = null
/** Name of the first field of each bit. */
function firstFields(): readonly string[] {
  first ??= [...plainFields(), ...wideFields()].map((group) => Object.keys(group)[0]!)
  return first
}

type Merged<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer All) => void ? All : never
const merged = <T extends readonly Fields[]>(groups: T): Merged<T[number]> =>
  Object.assign({}, ...groups) as Merged<T[number]>

export const RadioTap = layer(
  'RadioTap',
  () => ({
    version: u8(),
    pad: u8(),
    len: u16le()
      .auto((c) => c.headerLength)
      .about('Bytes of this header.'),
    present: flags32le(PRESENT).dynamic(presentOf).about('Which fields there are. Unset: those that are set.'),
    Ext: list(flags32le(PRESENT), { count: furtherWords }).about('Further present words.'),
    ...merged(conditional(plainFields(), 0)),
    ...merged(conditional(wideFields(), 18)),
    extras: extras().about('Fields of the further present words, such as the signal of each antenna.'),
    notdecoded: bytes().about("Fields that nobody here knows: a vendor's, or later ones."),
  }),
  'What a radio noted of an IEEE 802.11 frame: time, rate, channel, signal.',
  'radiotap.org',
)

behave(RadioTap, {
  headerLength: (me) => me.len,
  headerLengthField: 'len',
  summary: (me) => `RadioTap${radioText(me)}`,
})

/** Channel and signal, as far as they are there. */
export function radioText(me: AnyPacket): string {
  const channel = me.ChannelFrequency === undefined ? '' : ` ${me.ChannelFrequency} MHz`
  return me.dBm_AntSignal === undefined ? channel : `${channel} ${me.dBm_AntSignal} dBm`
}
