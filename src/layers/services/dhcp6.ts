/**
 * DHCPv6, how hosts get addresses and prefixes of IPv6. RFC 8415 §8, relays: §9.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-----------------------------------------------+
 *   |    msgtype    |                     trid                      |
 *   +---------------+-----------------------------------------------+
 *   |                           options …                           |
 *   +---------------------------------------------------------------+
 *
 *   +---------------+---------------+-------------------------------+
 *   |    msgtype    |   hopcount    |  linkaddr, peeraddr (16 each) |  between relays and servers
 *   +---------------+---------------+-------------------------------+
 *   |                           options …                           |
 *   +---------------------------------------------------------------+
 */
import {
  type AnyPacket,
  behave,
  bind,
  ipv6,
  type LayerReference,
  layer,
  type Packet,
  u8,
  u8Enum,
  u24,
} from '../../packet/index.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'
import { DHCP6_MESSAGES } from './dhcp6-numbers.js'
import { DHCP6OptUnknown, useMessages } from './dhcp6-options.js'

export * from './dhcp6-duid.js'
export {
  DHCP6NTPSuboption,
  DHCP6OptAFTRName,
  DHCP6OptAuth,
  DHCP6OptBCMCSDomains,
  DHCP6OptBCMCSServers,
  DHCP6OptBootFileParam,
  DHCP6OptBootFileUrl,
  DHCP6OptCaptivePortal,
  DHCP6OptClientArchType,
  DHCP6OptClientFQDN,
  DHCP6OptClientId,
  DHCP6OptClientLinkLayerAddr,
  DHCP6OptClientNetworkInterId,
  DHCP6OptDNSDomains,
  DHCP6OptDNSServers,
  DHCP6OptElapsedTime,
  DHCP6OptERPDomain,
  DHCP6OptGeoConf,
  DHCP6OptGeoConfElement,
  DHCP6OptIA_NA,
  DHCP6OptIA_PD,
  DHCP6OptIA_TA,
  DHCP6OptIAAddress,
  DHCP6OptIAPrefix,
  DHCP6OptIfaceId,
  DHCP6OptInfMaxRT,
  DHCP6OptInfoRefreshTime,
  DHCP6OptLQClientLink,
  DHCP6OptMudUrl,
  DHCP6OptNewPOSIXTimeZone,
  DHCP6OptNewTZDBTimeZone,
  DHCP6OptNISDomain,
  DHCP6OptNISPDomain,
  DHCP6OptNISPServers,
  DHCP6OptNISServers,
  DHCP6OptNTPServer,
  DHCP6OptOptReq,
  DHCP6OptPanaAuthAgent,
  DHCP6OptPref,
  DHCP6OptRapidCommit,
  DHCP6OptReconfAccept,
  DHCP6OptReconfMsg,
  DHCP6OptRelayAgentERO,
  DHCP6OptRelayMsg,
  DHCP6OptRelaySuppliedOpt,
  DHCP6OptRemoteID,
  DHCP6OptServerId,
  DHCP6OptServerUnicast,
  DHCP6OptSIPDomains,
  DHCP6OptSIPServers,
  DHCP6OptSNTPServers,
  DHCP6OptSolMaxRT,
  DHCP6OptStatusCode,
  DHCP6OptSubscriberID,
  DHCP6OptUnknown,
  DHCP6OptUserClass,
  DHCP6OptVendorClass,
  DHCP6OptVendorSpecificInfo,
  DHCP6OptVSS,
  USER_CLASS_DATA,
  VENDOR_CLASS_DATA,
  VENDOR_SPECIFIC_OPTION,
} from './dhcp6-options.js'

const CLIENT_PORT = 546
const SERVER_PORT = 547

const message = (type: number) => ({
  msgtype: u8Enum(type, DHCP6_MESSAGES),
  trid: u24().hex().about('Number of the exchange; the answer has the same.'),
})
const RFC = 'RFC 8415 §8'

export const DHCP6 = layer('DHCP6', () => message(0), 'Message of DHCPv6 that has no layer of its own.', RFC)
export const DHCP6_Solicit = layer('DHCP6_Solicit', () => message(1), 'Looks for servers.', RFC)
export const DHCP6_Advertise = layer('DHCP6_Advertise', () => message(2), 'A server says what it would give.', RFC)
export const DHCP6_Request = layer('DHCP6_Request', () => message(3), 'Asks one server for addresses.', RFC)
export const DHCP6_Confirm = layer('DHCP6_Confirm', () => message(4), 'Asks whether addresses fit the link still.', RFC)
export const DHCP6_Renew = layer('DHCP6_Renew', () => message(5), 'Asks the server for a longer time.', RFC)
export const DHCP6_Rebind = layer('DHCP6_Rebind', () => message(6), 'Asks any server for a longer time.', RFC)
export const DHCP6_Reply = layer('DHCP6_Reply', () => message(7), 'A server gives, or confirms.', RFC)
export const DHCP6_Release = layer('DHCP6_Release', () => message(8), 'Gives addresses back.', RFC)
export const DHCP6_Decline = layer('DHCP6_Decline', () => message(9), 'Says that addresses are in use already.', RFC)
export const DHCP6_Reconf = layer('DHCP6_Reconf', () => message(10), 'A server tells a client to ask anew.', RFC)
export const DHCP6_InfoRequest = layer('DHCP6_InfoRequest', () => message(11), 'Asks for all but addresses.', RFC)

const relayed = (type: number) => ({
  msgtype: u8Enum(type, DHCP6_MESSAGES),
  hopcount: u8().about('Relays that the message has passed.'),
  linkaddr: ipv6().about('An address on the link of the client.'),
  peeraddr: ipv6().about('Whom the message came from, or is for.'),
})
export const DHCP6_RelayForward = layer(
  'DHCP6_RelayForward',
  () => relayed(12),
  'A relay sends a message on, in its option DHCP6OptRelayMsg.',
  'RFC 8415 §9.1',
)
export const DHCP6_RelayReply = layer(
  'DHCP6_RelayReply',
  () => relayed(13),
  'A server gives a relay a message to send on, in its option DHCP6OptRelayMsg.',
  'RFC 8415 §9.2',
)

/** Layers by type. */
const MESSAGES: Readonly<Record<number, LayerReference>> = {
  1: DHCP6_Solicit,
  2: DHCP6_Advertise,
  3: DHCP6_Request,
  4: DHCP6_Confirm,
  5: DHCP6_Renew,
  6: DHCP6_Rebind,
  7: DHCP6_Reply,
  8: DHCP6_Release,
  9: DHCP6_Decline,
  10: DHCP6_Reconf,
  11: DHCP6_InfoRequest,
  12: DHCP6_RelayForward,
  13: DHCP6_RelayReply,
}
const ADVERTISE = 2
const REPLY = 7
const RELAY_FORWARD = 12
const RELAY_REPLY = 13
/** What a reply answers: all that clients send. */
const ASKING: ReadonlySet<number> = new Set([1, 3, 4, 5, 6, 8, 9, 11])

/** Which message these bytes are, or `Raw` where they are none. */
function messageOf(buffer: Uint8Array, start: number, end: number): LayerReference {
  const type = start < end ? buffer[start]! : 0
  return MESSAGES[type] ?? (DHCP6_MESSAGES[type] === undefined ? Raw : DHCP6)
}
useMessages(messageOf)

/** Options of a message, one after the other. */
function* optionsOf(me: AnyPacket): Generator<AnyPacket> {
  for (let option: Packet | null = me.payload; option !== null; option = option.payload) yield option as AnyPacket
}

/** Addresses and prefixes that stand in a message. */
function given(me: AnyPacket): string[] {
  const found: string[] = []
  for (const option of optionsOf(me)) {
    const inner = ((option.layerName === 'DHCP6OptIA_PD'
      ? option.iapdopt
      : option.layerName === 'DHCP6OptIA_NA'
        ? option.ianaopts
        : option.layerName === 'DHCP6OptIA_TA'
          ? option.iataopts
          : []) ?? []) as AnyPacket[]
    for (const each of inner) {
      if (each.layerName === 'DHCP6OptIAAddress') found.push(each.addr as string)
      if (each.layerName === 'DHCP6OptIAPrefix') found.push(`${each.prefix}/${each.plen}`)
    }
  }
  return found
}

/** The message inside a relay's one. */
function inside(me: AnyPacket): AnyPacket | undefined {
  for (const option of optionsOf(me))
    if (option.layerName === 'DHCP6OptRelayMsg') return (option.message as unknown as AnyPacket[] | undefined)?.[0]
  return undefined
}

function text(me: AnyPacket): string {
  const name = me.text('msgtype').toLowerCase()
  if (me._layer.find('trid') < 0) {
    const relayedMessage = inside(me)
    return `${name} ${me.peeraddr}${relayedMessage === undefined || relayedMessage._layer.find('msgtype') < 0 ? '' : ` (${text(relayedMessage)})`}`
  }
  return [name, me.text('trid'), ...given(me)].join(' ')
}

function answersTo(me: AnyPacket, request: AnyPacket): boolean {
  if (me.msgtype === RELAY_REPLY) {
    const [answer, asked] = [inside(me), inside(request)]
    if (request.msgtype !== RELAY_FORWARD || me.peeraddr !== request.peeraddr) return false
    return answer === undefined || asked === undefined || answersTo(answer, asked)
  }
  if (me.trid !== request.trid) return false
  return me.msgtype === REPLY
    ? ASKING.has(request.msgtype as number)
    : me.msgtype === ADVERTISE && request.msgtype === 1
}

for (const each of [...Object.values(MESSAGES), DHCP6]) {
  behave(each, {
    summary: (me) => `DHCPv6 ${text(me)}`,
    answers: (me, request) => request._layer.find('msgtype') >= 0 && answersTo(me, request),
    hash: (me) => String(me._layer.find('trid') < 0 ? me.peeraddr : me.trid),
    guess: () => DHCP6OptUnknown,
    refine: messageOf,
  })
}

const SERVERS = [DHCP6_Advertise, DHCP6_Reply, DHCP6_Reconf]
const RELAYS = [DHCP6_RelayForward, DHCP6_RelayReply]
for (const port of [SERVER_PORT, CLIENT_PORT]) {
  bind(UDP, DHCP6, { sport: port }, { build: false })
  bind(UDP, DHCP6, { dport: port }, { build: false })
}
for (const each of [...Object.values(MESSAGES), DHCP6]) bind(UDP, each, { sport: CLIENT_PORT, dport: SERVER_PORT })
for (const each of SERVERS) bind(UDP, each, { sport: SERVER_PORT, dport: CLIENT_PORT })
for (const each of RELAYS) bind(UDP, each, { sport: SERVER_PORT, dport: SERVER_PORT })
