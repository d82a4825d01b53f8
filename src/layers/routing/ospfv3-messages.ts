/**
 * The messages of OSPF version 3. RFC 5340 §A.3.2 to §A.3.6.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                             intid                             |  hello
 *   +---------------+-----------------------------------------------+
 *   |     prio      |                    options                    |
 *   +---------------+---------------+-------------------------------+
 *   |         hellointerval         |         deadinterval          |
 *   +-------------------------------+-------------------------------+
 *   |                            router                             |
 *   +---------------------------------------------------------------+
 *   |                            backup                             |
 *   +---------------------------------------------------------------+
 *   |                           neighbors                           |
 *   +---------------+-----------------------------------------------+
 *   |   reserved    |                    options                    |  database description
 *   +---------------+---------------+---------------+---------------+
 *   |              mtu              |   reserved2   |    dbdescr    |
 *   +-------------------------------+---------------+---------------+
 *   |                             ddseq                             |
 *   +---------------------------------------------------------------+
 */
import { flags, ipv4, layer, layers, list, u8, u16, u16Enum, u32 } from '../../packet/index.js'
import { behaveAsMessages, DESCRIPTION_FLAGS } from './ospf-messages.js'
import { OSPFv3_Hdr } from './ospfv3.js'
import { LSA_TYPES_3, lsaAt3, OSPFV3_OPTIONS, OSPFv3_LSA_Hdr } from './ospfv3-lsa.js'

export const OSPFv3_Hello = layer(
  'OSPFv3_Hello',
  () => ({
    intid: u32().about("Number of the sender's interface."),
    prio: u8(1).about('Who becomes designated router: the highest; 0: never.'),
    options: flags(24, OSPFV3_OPTIONS),
    hellointerval: u16(10).about('Seconds between hellos.'),
    deadinterval: u16(40).about('Seconds of silence after which a neighbour is gone.'),
    router: ipv4().about('Router ID of the designated router.'),
    backup: ipv4().about('Router ID of its backup.'),
    neighbors: list(ipv4()),
  }),
  'Says that a router is here, and which others it hears.',
  'RFC 5340 §A.3.2',
)
export const OSPFv3_DBDesc = layer(
  'OSPFv3_DBDesc',
  () => ({
    reserved: u8(),
    options: flags(24, OSPFV3_OPTIONS),
    mtu: u16(1500),
    reserved2: u8(),
    dbdescr: flags(8, DESCRIPTION_FLAGS),
    ddseq: u32(1),
    lsaheaders: layers(OSPFv3_LSA_Hdr),
  }),
  'Says which advertisements a router has.',
  'RFC 5340 §A.3.3',
)
export const OSPFv3_LSReq_Item = layer(
  'OSPFv3_LSReq_Item',
  () => ({ reserved: u16(), type: u16Enum(0x2001, LSA_TYPES_3), id: ipv4('1.1.1.1'), adrouter: ipv4('1.1.1.1') }),
  'One advertisement that is wanted.',
  'RFC 5340 §A.3.4',
)
export const OSPFv3_LSReq = layer(
  'OSPFv3_LSReq',
  () => ({ requests: layers(OSPFv3_LSReq_Item) }),
  'Asks for advertisements.',
  'RFC 5340 §A.3.4',
)
export const OSPFv3_LSUpd = layer(
  'OSPFv3_LSUpd',
  () => ({ lsacount: u32().countOf('lsalist'), lsalist: layers(lsaAt3, { count: 'lsacount' }) }),
  'Carries advertisements.',
  'RFC 5340 §A.3.5',
)
export const OSPFv3_LSAck = layer(
  'OSPFv3_LSAck',
  () => ({ lsaheaders: layers(OSPFv3_LSA_Hdr) }),
  'Says which advertisements have come.',
  'RFC 5340 §A.3.6',
)

behaveAsMessages({
  header: OSPFv3_Hdr,
  hello: OSPFv3_Hello,
  description: OSPFv3_DBDesc,
  request: OSPFv3_LSReq,
  wanted: OSPFv3_LSReq_Item,
  update: OSPFv3_LSUpd,
  acknowledgment: OSPFv3_LSAck,
})
