/**
 * The messages of OSPF version 2. RFC 2328 §A.3.2 to §A.3.6.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                             mask                              |  hello
 *   +-------------------------------+---------------+---------------+
 *   |         hellointerval         |    options    |     prio      |
 *   +-------------------------------+---------------+---------------+
 *   |                         deadinterval                          |
 *   +---------------------------------------------------------------+
 *   |                            router                             |
 *   +---------------------------------------------------------------+
 *   |                            backup                             |
 *   +---------------------------------------------------------------+
 *   |                           neighbors                           |
 *   +-------------------------------+---------------+---------------+
 *   |              mtu              |    options    |    dbdescr    |  database description
 *   +-------------------------------+---------------+---------------+
 *   |                             ddseq                             |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  flags,
  ipv4,
  type Layer,
  layer,
  layers,
  list,
  u8,
  u16,
  u32,
  u32Enum,
} from '../../packet/index.js'
import { between } from '../network/between.js'
import { OSPF_Hdr } from './ospf.js'
import { LSA_TYPES, lsaAt, lsaText, OSPF_LSA_Hdr, OSPF_OPTIONS } from './ospf-lsa.js'

/** From the lowest bit: master, more, initial, out of band (RFC 4811). */
export const DESCRIPTION_FLAGS: readonly string[] = ['MS', 'M', 'I', 'R']

export const OSPF_Hello = layer(
  'OSPF_Hello',
  () => ({
    mask: ipv4('255.255.255.0'),
    hellointerval: u16(10).about('Seconds between hellos.'),
    options: flags(8, OSPF_OPTIONS),
    prio: u8(1).about('Who becomes designated router: the highest; 0: never.'),
    deadinterval: u32(40).about('Seconds of silence after which a neighbour is gone.'),
    router: ipv4().about('Address of the designated router.'),
    backup: ipv4().about('Address of its backup.'),
    neighbors: list(ipv4()),
  }),
  'Says that a router is here, and which others it hears.',
  'RFC 2328 §A.3.2',
)

export const OSPF_DBDesc = layer(
  'OSPF_DBDesc',
  () => ({
    mtu: u16(1500),
    options: flags(8, OSPF_OPTIONS),
    dbdescr: flags(8, DESCRIPTION_FLAGS),
    ddseq: u32(1),
    lsaheaders: layers(OSPF_LSA_Hdr),
  }),
  'Says which advertisements a router has.',
  'RFC 2328 §A.3.3',
)

export const OSPF_LSReq_Item = layer(
  'OSPF_LSReq_Item',
  () => ({ type: u32Enum(1, LSA_TYPES), id: ipv4('1.1.1.1'), adrouter: ipv4('1.1.1.1') }),
  'One advertisement that is wanted.',
  'RFC 2328 §A.3.4',
)
export const OSPF_LSReq = layer(
  'OSPF_LSReq',
  () => ({ requests: layers(OSPF_LSReq_Item) }),
  'Asks for advertisements.',
  'RFC 2328 §A.3.4',
)
export const OSPF_LSUpd = layer(
  'OSPF_LSUpd',
  () => ({ lsacount: u32().countOf('lsalist'), lsalist: layers(lsaAt, { count: 'lsacount' }) }),
  'Carries advertisements.',
  'RFC 2328 §A.3.5',
)
export const OSPF_LSAck = layer(
  'OSPF_LSAck',
  () => ({ lsaheaders: layers(OSPF_LSA_Hdr) }),
  'Says which advertisements have come.',
  'RFC 2328 §A.3.6',
)

// biome-ignore lint/suspicious/noExplicitAny: layers of any fields
type AnyLayer = Layer<any, any>

/** The messages of one version of OSPF. */
interface Messages {
  header: AnyLayer
  hello: AnyLayer
  description: AnyLayer
  request: AnyLayer
  wanted: AnyLayer
  update: AnyLayer
  acknowledgment: AnyLayer
}

/** The advertisements of a message in a few words. */
const listed = (list: unknown): string => ((list ?? []) as AnyPacket[]).map(lsaText).join(', ')

/** Whether two lists have an advertisement in common. */
function share(one: unknown, other: unknown): boolean {
  const known = new Set(((one ?? []) as AnyPacket[]).map(lsaText))
  return ((other ?? []) as AnyPacket[]).some((each) => known.has(lsaText(each)))
}

/** Both versions number their messages alike, name the fields alike and answer alike. */
export function behaveAsMessages({
  header,
  hello,
  description,
  request,
  wanted,
  update,
  acknowledgment,
}: Messages): void {
  const headed = (me: AnyPacket) => `${me.layerName}${between(me)}`
  behave(hello, {
    summary: (me) =>
      `${headed(me)} every ${me.hellointerval} s, designated ${me.router}, hears ${((me.neighbors ?? []) as string[]).join(' ') || 'nobody'}`,
  })
  behave(description, {
    summary: (me) => `${headed(me)} ${me.dbdescr} ${me.ddseq} ${listed(me.lsaheaders)}`.trimEnd(),
  })
  behave(wanted, { summary: lsaText })
  behave(request, { summary: (me) => `${headed(me)} ${listed(me.requests)}` })
  behave(update, {
    summary: (me) => `${headed(me)} ${listed(me.lsalist)}`,
    answers: (me, asked) => asked.layerName === request.layerName && share(me.lsalist, asked.requests),
  })
  behave(acknowledgment, {
    summary: (me) => `${headed(me)} ${listed(me.lsaheaders)}`,
    answers: (me, sent) => sent.layerName === update.layerName && share(me.lsaheaders, sent.lsalist),
  })
  for (const [index, message] of [hello, description, request, update, acknowledgment].entries())
    bind(header, message, { type: index + 1 })
}

behaveAsMessages({
  header: OSPF_Hdr,
  hello: OSPF_Hello,
  description: OSPF_DBDesc,
  request: OSPF_LSReq,
  wanted: OSPF_LSReq_Item,
  update: OSPF_LSUpd,
  acknowledgment: OSPF_LSAck,
})
