import { field, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const CHUNK = /^SCTPChunk/
const INIT = 'SCTPChunkInit'
const ACK = 'SCTPChunkInitAck'

/** The values of the parameters of that name in a list, those inside other values too. */
function within(list: readonly unknown[], name: string): unknown[] {
  return list.flatMap((each) => {
    if (!Array.isArray(each)) return []
    return each[0] === name ? [each[1]] : within(each, name)
  })
}

const parametersOf = (name: string) => (layer: OurLayer) => within((layer.fields.params ?? []) as unknown[], name)

export const agreement: VectorAgreement = {
  vectors: ['sctp'],
  protocols: { sctp: /^SCTP(error)?$/ },
  except: {
    'unrecognized chunk': 'tshark counts the chunk that the cause quotes among the others',
    'the whole header': 'tshark reads the chunk that is quoted, too',
    'quoted over IPv6': 'tshark reads the chunk that is quoted, too',
  },
  rows: [
    field('sctp.srcport', 'SCTP', 'sport'),
    field('sctp.dstport', 'SCTP', 'dport'),
    field('sctp.verification_tag', 'SCTP', 'tag'),
    field('sctp.checksum', 'SCTP', 'chksum'),
    field('sctp.chunk_type', CHUNK, 'type'),
    field('sctp.chunk_length', CHUNK, 'len'),
    field('sctp.data_tsn_raw', /^SCTPChunkI?Data$/, 'tsn'),
    field('sctp.data_sid', /^SCTPChunkI?Data$/, 'stream_id'),
    field('sctp.data_ssn', 'SCTPChunkData', 'stream_seq'),
    field('sctp.data_e_bit', /^SCTPChunkI?Data$/, 'ending'),
    field('sctp.data_b_bit', /^SCTPChunkI?Data$/, 'beginning'),
    field('sctp.data_u_bit', /^SCTPChunkI?Data$/, 'unordered'),
    field('sctp.init_initiate_tag', INIT, 'init_tag'),
    field('sctp.init_credit', INIT, 'a_rwnd'),
    field('sctp.init_nr_out_streams', INIT, 'n_out_streams'),
    field('sctp.init_nr_in_streams', INIT, 'n_in_streams'),
    field('sctp.init_initial_tsn', INIT, 'init_tsn'),
    field('sctp.initack_initiate_tag', ACK, 'init_tag'),
    field('sctp.initack_initial_tsn', ACK, 'init_tsn'),
    row('sctp.parameter_ipv4_address', CHUNK, parametersOf('IPv4Addr'), same),
    row('sctp.parameter_ipv6_address', CHUNK, parametersOf('IPv6Addr'), same),
    row(
      'sctp.parameter_hostname',
      /^SCTPChunkInit/,
      (me) => parametersOf('Hostname')(me).map((text) => String(text).replace(/\0$/, '')),
      same,
    ),
    field('sctp.sack_cumulative_tsn_ack_raw', 'SCTPChunkSACK', 'cumul_tsn_ack'),
    field('sctp.sack_a_rwnd', 'SCTPChunkSACK', 'a_rwnd'),
    field('sctp.sack_number_of_gap_blocks', 'SCTPChunkSACK', 'n_gap_ack'),
    field('sctp.sack_number_of_duplicated_tsns', 'SCTPChunkSACK', 'n_dup_tsn'),
    field('sctp.sack_duplicate_tsn', 'SCTPChunkSACK', 'dup_tsn_list'),
    row('sctp.sack_gap_block_start', 'SCTPChunkSACK', ({ fields }) =>
      (fields.gap_ack_list as string[]).map((gap) => gap.split(':')[0]),
    ),
    row('sctp.sack_gap_block_end', 'SCTPChunkSACK', ({ fields }) =>
      (fields.gap_ack_list as string[]).map((gap) => gap.split(':')[1]),
    ),
    field('sctp.shutdown_cumulative_tsn_ack', 'SCTPChunkShutdown', 'cumul_tsn_ack'),
    field('sctp.shutdown_complete_t_bit', 'SCTPChunkShutdownComplete', 'TCB'),
    field('sctp.abort_t_bit', 'SCTPChunkAbort', 'TCB'),
    field('sctp.ecne_lowest_tsn', 'SCTPChunkECNE', 'lowest_tsn'),
    field('sctp.cwr_lowest_tsn', 'SCTPChunkCWR', 'lowest_tsn'),
    field('sctp.shared_key_id', 'SCTPChunkAuthentication', 'shared_key_id'),
    field('sctp.forward_tsn_tsn', 'SCTPChunkForwardTSN', 'new_tsn'),
    field('sctp.i_forward_tsn_tsn', 'SCTPChunkIForwardTSN', 'new_tsn'),
    field('sctp.asconf_seq_nr_number', 'SCTPChunkAddressConf', 'seq'),
    field('sctp.asconf_ack_seq_nr_number', 'SCTPChunkAddressConfAck', 'seq'),
  ],
}
