import { field, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

/** A field of the first antenna, then those of the further present words. */
const withExtras = (tshark: string, name: string) =>
  row(tshark, 'RadioTap', ({ fields }) => [
    ...(typeof fields[name] === 'number' ? [fields[name]] : []),
    ...((fields.extras ?? []) as [string, number][]).filter(([extra]) => extra === name).map(([, value]) => value),
  ])

export const agreement: VectorAgreement = {
  vectors: ['radiotap'],
  protocols: { radiotap: /^RadioTap$/ },
  rows: [
    field('radiotap.version', 'RadioTap', 'version'),
    field('radiotap.length', 'RadioTap', 'len'),
    field('radiotap.mactime', 'RadioTap', 'mac_timestamp'),
    field('radiotap.datarate', 'RadioTap', 'Rate', (text) => String(Number(text))),
    field('radiotap.channel.freq', 'RadioTap', 'ChannelFrequency'),
    withExtras('radiotap.dbm_antsignal', 'dBm_AntSignal'),
    withExtras('radiotap.dbm_antnoise', 'dBm_AntNoise'),
    withExtras('radiotap.antenna', 'Antenna'),
    row('radiotap.flags.fcs', 'RadioTap', ({ fields }) => flag(fields.Flags, 'FCS')),
    row('radiotap.flags.preamble', 'RadioTap', ({ fields }) => flag(fields.Flags, 'ShortPreamble')),
    row('radiotap.channel.flags.ofdm', 'RadioTap', ({ fields }) => flag(fields.ChannelFlags, 'OFDM')),
    row('radiotap.channel.flags.5ghz', 'RadioTap', ({ fields }) => flag(fields.ChannelFlags, '5GHz')),
    row('radiotap.present.rxflags', 'RadioTap', ({ fields }) => flag(fields.present, 'RXFlags')),
    row('radiotap.present.ext', 'RadioTap', ({ fields }) => words(fields, 'Ext')),
    row('radiotap.mcs.index', 'RadioTap', ({ fields }) =>
      flag(fields.knownMCS, 'MCS_index') === '1' ? fields.MCS_index : undefined,
    ),
    row('radiotap.mcs.bw', 'RadioTap', ({ fields }) =>
      flag(fields.knownMCS, 'MCS_bandwidth') === '1' ? fields.MCS_bandwidth : undefined,
    ),
    field('radiotap.ampdu.reference', 'RadioTap', 'A_MPDU_ref'),
    field('radiotap.xchannel.freq', 'RadioTap', 'ChannelPlusFrequency'),
    field('radiotap.timestamp.ts', 'RadioTap', 'timestamp'),
    field('radiotap.timestamp.unit', 'RadioTap', 'ts_unit'),
    field('radiotap.timestamp.samplingpos', 'RadioTap', 'ts_position'),
  ],
}

/** '1' or '0' for a flag of a text of flags; undefined where the field is not there. */
function flag(flags: unknown, name: string): string | undefined {
  return typeof flags === 'string' ? (flags.split('+').includes(name) ? '1' : '0') : undefined
}

/** A bit of every present word. */
function words(fields: Record<string, unknown>, name: string): (string | undefined)[] {
  return [fields.present, ...((fields.Ext ?? []) as string[])].map((word) => flag(word, name))
}
