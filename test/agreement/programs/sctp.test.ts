import type { Lab } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { type Talk, talksAgree } from './talk.js'

const FOLDER = '/usr/lib/usrsctp'
const UDP_PORT = '9899'

const LOSE = 'add rule inet lab input meta length 900-1000 numgen inc mod 4 == 1 drop'

/** From end to end with tsctp, which says when all has come and ends. */
const tsctp = (name: string, shows: readonly string[], options: readonly string[], capture: Talk['capture']): Talk => ({
  name,
  rows: ['sctp'],
  shows: ['sctp.chunk_type', 'sctp.chunk_length', 'sctp.checksum', 'sctp.verification_tag', ...shows],
  capture,
  async talk(lab: Lab) {
    const server = lab.spawn('there', [`${FOLDER}/tsctp`, '-L', lab.there.ipv4, ...options])
    await server.waitFor(/Bind called port/)
    await lab.exec('here', [`${FOLDER}/tsctp`, '-L', lab.here.ipv4, '-n', '4', ...options, lab.there.ipv4])
    await server.stop()
  },
})

const DATA = [
  'sctp.init_initiate_tag',
  'sctp.init_credit',
  'sctp.initack_initial_tsn',
  'sctp.data_tsn_raw',
  'sctp.data_b_bit',
  'sctp.data_e_bit',
  'sctp.data_u_bit',
  'sctp.sack_cumulative_tsn_ack_raw',
  'sctp.sack_a_rwnd',
  'sctp.shutdown_cumulative_tsn_ack',
]

/** Some of the messages do not arrive: what is missing shows between those that came, and is given up in time. */
const given = tsctp(
  'tsctp gives up what is lost',
  [...DATA, 'sctp.sack_gap_block_start', 'sctp.sack_gap_block_end', 'sctp.forward_tsn_tsn'],
  ['-l', '900', '-n', '12', '-P', '2', '-t', '0'],
  { filter: 'sctp' },
)
const lossy: Talk = {
  ...given,
  async talk(lab: Lab) {
    const rules = `add table inet lab; add chain inet lab input { type filter hook input priority 0; }; ${LOSE}`
    await must(['ip', 'netns', 'exec', lab.there.namespace, 'nft', rules])
    await given.talk(lab)
  },
}

talksAgree('SCTP of programs', [
  tsctp('tsctp sends messages in fragments', DATA, ['-l', '3000', '-a', '7'], { filter: 'sctp' }),
  tsctp('tsctp sends messages out of order, and gives some up', DATA, ['-l', '300', '-u', '-P', '1', '-t', '1'], {
    filter: 'sctp',
  }),
  tsctp('tsctp within UDP', DATA, ['-l', '100', '-E', UDP_PORT, '-U', UDP_PORT], { filter: `udp port ${UDP_PORT}` }),
  lossy,
])
