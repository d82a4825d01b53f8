/** Names of radiotap's flags and values. radiotap.org, "Defined fields". */

/** Bits of the present words, and by their number the fields: order, alignment and size in bytes. */
export const PRESENT = [
  'TSFT',
  'Flags',
  'Rate',
  'Channel',
  'FHSS',
  'dBm_AntSignal',
  'dBm_AntNoise',
  'Lock_Quality',
  'TX_Attenuation',
  'dB_TX_Attenuation',
  'dBm_TX_Power',
  'Antenna',
  'dB_AntSignal',
  'dB_AntNoise',
  'RXFlags',
  'TXFlags',
  'RTS_Retries',
  'Data_Retries',
  'ChannelPlus',
  'MCS',
  'A_MPDU',
  'VHT',
  'timestamp',
  'HE',
  'HE_MU',
  'HE_MU_other_user',
  'zero_length_psdu',
  'L_SIG',
  'TLV',
  'RadiotapNS',
  'VendorNS',
  'Ext',
] as const

/** Alignment and size of the fields by their bit, from TSFT on. */
export const SIZES: readonly (readonly [align: number, size: number])[] = [
  [8, 8],
  [1, 1],
  [1, 1],
  [2, 4],
  [2, 2],
  [1, 1],
  [1, 1],
  [2, 2],
  [2, 2],
  [2, 2],
  [1, 1],
  [1, 1],
  [1, 1],
  [1, 1],
  [2, 2],
  [2, 2],
  [1, 1],
  [1, 1],
  [4, 8],
  [1, 3],
  [4, 8],
  [2, 12],
  [8, 12],
  [2, 12],
  [2, 12],
  [2, 6],
  [1, 1],
  [2, 4],
]

export const FLAGS = ['CFP', 'ShortPreamble', 'wep', 'fragment', 'FCS', 'pad', 'badFCS', 'ShortGI']

export const CHANNEL_FLAGS = [
  'res1',
  'res2',
  'res3',
  'res4',
  'Turbo',
  'CCK',
  'OFDM',
  '2GHz',
  '5GHz',
  'Passive',
  'Dynamic_CCK_OFDM',
  'GFSK',
  'GSM',
  'StaticTurbo',
  '10MHz',
  '5MHz',
]

export const CHANNEL_PLUS_FLAGS = [...CHANNEL_FLAGS, '20MHz', '40MHz_ext_channel_above', '40MHz_ext_channel_below']

export const RX_FLAGS = ['res1', 'BAD_PLCP']

export const TX_FLAGS = ['TX_FAIL', 'CTS', 'RTS', 'NOACK', 'NOSEQ', 'ORDER']

export const KNOWN_MCS = [
  'MCS_bandwidth',
  'MCS_index',
  'guard_interval',
  'HT_format',
  'FEC_type',
  'STBC_streams',
  'Ness',
  'Ness_MSB',
]

export const MCS_BANDWIDTHS: Readonly<Record<number, string>> = {
  0: '20MHz',
  1: '40MHz',
  2: '20MHz-lower',
  3: '20MHz-upper',
}

export const A_MPDU_FLAGS = [
  'Report0Subframe',
  'Is0Subframe',
  'KnownLastSubframe',
  'LastSubframe',
  'CRCerror',
  'KnownCRC',
  'EOFsubframe',
  'KnownEOF',
]

export const KNOWN_VHT = [
  'STBC',
  'TXOP_PS_NOT_ALLOWED',
  'GuardInterval',
  'SGINsysmDis',
  'LDPCextraOFDM',
  'Beamformed',
  'Bandwidth',
  'GroupID',
  'PartialAID',
]

export const PRESENT_VHT = KNOWN_VHT.slice(0, 6)

/** Bandwidths of VHT; those behind the first of each width say which part of it. */
export const VHT_BANDWIDTHS: Readonly<Record<number, string>> = { 0: '20MHz', 1: '40MHz', 4: '80MHz', 11: '160MHz' }

export const TIMESTAMP_UNITS: Readonly<Record<number, string>> = {
  0: 'milliseconds',
  1: 'microseconds',
  2: 'nanoseconds',
}

/** What a frame without a payload was. */
export const ZERO_LENGTH_PSDU: Readonly<Record<number, string>> = {
  0: 'sounding',
  1: 'data-not-captured',
  255: 'vendor-specific',
}
