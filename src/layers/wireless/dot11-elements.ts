/**
 * Elements of IEEE 802.11 management frames: number, length, content, one behind the other. IEEE 802.11-2020 §9.4.2.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+-------------------------------+
 *   |      ID       |      len      |           info …
 *   +---------------+---------------+-------------------------------+
 */
import {
  behave,
  bind,
  bits,
  bytes,
  type Field,
  type LayerReference,
  layer,
  layers,
  list,
  text,
  u8,
  u8Enum,
  u16le,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { ELEMENTS, EXTENDED_ELEMENTS } from './dot11-element-numbers.js'

const HEADER = 2

/** The first two fields of every element. */
export const elementHeader = (id: number): { ID: Field<number, number | string>; len: Field<number> } => ({
  ID: u8Enum(id, ELEMENTS),
  len: u8()
    .auto((c) => c.headerLength - HEADER)
    .about('Bytes behind this one.'),
})

export const Dot11Elt = layer(
  'Dot11Elt',
  () => ({ ...elementHeader(0), info: bytes() }),
  'Element of a management frame: the name of the network (SSID), or any other.',
  'IEEE 802.11-2020 §9.4.2',
)

export const Dot11EltRates = layer(
  'Dot11EltRates',
  () => ({
    ...elementHeader(1),
    rates: list(u8().hex())
      .default([0x82])
      .about('In 0.5 Mb/s; the high bit stands for a rate that every station must have.'),
  }),
  'Rates that are supported.',
  'IEEE 802.11-2020 §9.4.2.3, §9.4.2.12',
)

export const Dot11EltDSSSet = layer(
  'Dot11EltDSSSet',
  () => ({ ...elementHeader(3), channel: u8(), rest: bytes() }),
  'Channel of the network.',
  'IEEE 802.11-2020 §9.4.2.4',
)

export const Dot11EltTIM = layer(
  'Dot11EltTIM',
  () => ({
    ...elementHeader(5),
    dtim_count: u8().about('Beacons until the next one that is followed by traffic for all.'),
    dtim_period: u8(1),
    bitmap_offset: bits(7),
    group_traffic: bits(1),
    bitmap: bytes().about('A bit for each association that has traffic waiting.'),
  }),
  'For which sleeping stations traffic is waiting.',
  'IEEE 802.11-2020 §9.4.2.5',
)

export const Dot11EltCountryConstraintTriplet = layer(
  'Dot11EltCountryConstraintTriplet',
  () => ({ first_channel_number: u8(1), num_channels: u8(24), mtp: u8().about('Most power, in dBm.') }),
  'Channels that may be used, and with what power.',
  'IEEE 802.11-2020 §9.4.2.8',
)

export const Dot11EltCountry = layer(
  'Dot11EltCountry',
  () => ({
    ...elementHeader(7),
    country_string: text(3),
    descriptors: layers(Dot11EltCountryConstraintTriplet, { count: (me) => Math.floor(((me.len as number) - 3) / 3) }),
    pad: bytes((me) => ((me.len as number) - 3) % 3),
  }),
  'Country and the channels that are allowed in it.',
  'IEEE 802.11-2020 §9.4.2.8',
)

export const Dot11EltBSSLoad = layer(
  'Dot11EltBSSLoad',
  () => ({
    ...elementHeader(11),
    station_count: u16le(),
    channel_utilization: u8().about('How much of the time the channel is in use; 255 stands for all.'),
    admission_capacity: u16le().about('Time left, in 32 microseconds for each second.'),
    rest: bytes(),
  }),
  'How many stations a network has, and how busy its channel is.',
  'IEEE 802.11-2020 §9.4.2.27',
)

export const Dot11EltERP = layer(
  'Dot11EltERP',
  () => ({
    ...elementHeader(42),
    res: bits(5),
    Barker_Preamble_Mode: bits(1),
    Use_Protection: bits(1),
    NonERP_Present: bits(1),
    rest: bytes(),
  }),
  'Whether old (802.11b) stations have to be minded.',
  'IEEE 802.11-2020 §9.4.2.11',
)

export const Dot11EltMobilityDomain = layer(
  'Dot11EltMobilityDomain',
  () => ({
    ...elementHeader(54),
    mdid: u16le().hex(),
    reserved: bits(6),
    resource_request: bits(1),
    over_DS: bits(1),
    rest: bytes(),
  }),
  'Group of access points between which stations move fast.',
  'IEEE 802.11-2020 §9.4.2.46',
)

export const Dot11EltExtension = layer(
  'Dot11EltExtension',
  () => ({
    ...elementHeader(255),
    ext_ID: u8Enum(0, EXTENDED_ELEMENTS),
    info: bytes(),
  }),
  'Element of the second range of numbers.',
  'IEEE 802.11-2020 §9.4.2.1',
)

/** Whether the bytes are a whole chain of elements. */
export function isElements(buffer: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at + HEADER <= end) at += HEADER + buffer[at + 1]!
  return at === end && end > start
}

type Refinement = readonly [layer: LayerReference, least: number]

/** The layers of elements by their number, with the fewest bytes of content that such an element has. */
const refinements = new Map<
  number,
  Refinement | ((buffer: Uint8Array, at: number, length: number) => LayerReference | undefined)
>([
  [1, [Dot11EltRates, 0]],
  [50, [Dot11EltRates, 0]],
  [3, [Dot11EltDSSSet, 1]],
  [5, [Dot11EltTIM, 3]],
  [7, [Dot11EltCountry, 3]],
  [11, [Dot11EltBSSLoad, 5]],
  [42, [Dot11EltERP, 1]],
  [54, [Dot11EltMobilityDomain, 3]],
  [255, [Dot11EltExtension, 1]],
])

/** Adds a layer for the elements of a number; a function tells it from the content. */
export function refineElement(
  id: number,
  upper: Refinement | ((buffer: Uint8Array, at: number, length: number) => LayerReference | undefined),
): void {
  refinements.set(id, upper)
}

/** Number of elements of one frame that are read as layers. */
const MOST_ELEMENTS = 56

/** What an element has in common with all others: how long it is, and that the next one follows. */
export function behaveAsElement(each: LayerReference): void {
  behave(each, {
    headerLength: (me) => HEADER + (me.len as number),
    headerLengthField: 'len',
    guess: (me) => (me._end - me._headerStop() < HEADER || me._depth > MOST_ELEMENTS ? Raw : Dot11Elt),
  })
  bind(each, Dot11Elt)
}

behave(Dot11Elt, {
  refine: (buffer, start, end) => {
    const length = buffer[start + 1]!
    if (start + HEADER + length > end) return undefined
    const found = refinements.get(buffer[start]!)
    if (found === undefined) return undefined
    if (typeof found === 'function') return found(buffer, start + HEADER, length)
    return length >= found[1] ? found[0] : undefined
  },
})

for (const each of [
  Dot11Elt,
  Dot11EltRates,
  Dot11EltDSSSet,
  Dot11EltTIM,
  Dot11EltCountry,
  Dot11EltBSSLoad,
  Dot11EltERP,
  Dot11EltMobilityDomain,
  Dot11EltExtension,
])
  behaveAsElement(each)
