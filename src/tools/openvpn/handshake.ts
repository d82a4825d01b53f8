/** The first packets of OpenVPN: the question that a client opens with, and what a server answers to it. */
import { toHex } from '../../packet/index.js'
import type { Protection } from './protection.js'

/** P_CONTROL_HARD_RESET_CLIENT_V2 and P_CONTROL_HARD_RESET_SERVER_V2, in the upper five bits. */
const CLIENT_RESET = 7
const SERVER_RESET = 8
export const SESSION_BYTES = 8

/** RELIABLE_ACK_SIZE of OpenVPN. */
const MOST_ACKNOWLEDGED = 8

/** What a client sends first: no acknowledgements, packet 0. */
const FIRST = new Uint8Array(5)

/** The packet that asks for a session. */
export function clientReset(session: Uint8Array, protection: Protection): Uint8Array {
  const head = new Uint8Array(1 + SESSION_BYTES)
  head[0] = CLIENT_RESET << 3
  head.set(session, 1)
  return protection.wrap(head, FIRST)
}

/** What an answer is. */
export interface ServerReset {
  isOpenVpn: boolean
  /** The server's session id, hexadecimal. */
  session?: string
  /** Whether it acknowledges a packet of our session; undefined where that cannot be read. */
  echoed?: boolean
  /** Whether its signature is right; null: it has none. */
  verified?: boolean | null
  /** What is odd about it. */
  detail?: string
}

/** Reads an answer of the server. It never throws. */
export function readServerReset(packet: Uint8Array, ours: Uint8Array, protection: Protection): ServerReset {
  const first = packet[0] ?? 0
  if (first >>> 3 === CLIENT_RESET && packet.length >= 14)
    return { isOpenVpn: false, detail: 'the same packet came back: an echo service' }
  if (first >>> 3 !== SERVER_RESET || packet.length < 14)
    return { isOpenVpn: false, detail: `${packet.length} bytes that are no answer of OpenVPN` }
  const session = toHex(packet.subarray(1, 1 + SESSION_BYTES))
  const content = protection.unwrap(packet)
  // A signature may look like a number of acknowledgements: a right one says what it is.
  const mayBePlain = protection.mode !== 'plain' && content?.verified !== true
  if (mayBePlain && acknowledges(packet.subarray(1 + SESSION_BYTES), ours))
    return { isOpenVpn: true, session, verified: null, echoed: true, detail: `it answers without ${protection.mode}` }
  if (content === undefined)
    return { isOpenVpn: false, detail: `${packet.length} bytes, too short for ${protection.mode}` }
  const { rest, verified } = content
  if (verified === false)
    return { isOpenVpn: true, session, verified, detail: `its signature does not fit the key (${protection.mode})` }
  const echoed = acknowledges(rest, ours)
  if (echoed) return { isOpenVpn: true, session, verified, echoed }
  // Without a signature only the echo tells an OpenVPN server from chance.
  return verified === null
    ? { isOpenVpn: false, detail: `${packet.length} bytes that do not repeat our session` }
    : { isOpenVpn: true, session, verified, echoed, detail: 'it does not repeat our session' }
}

/** Whether packets of our session are acknowledged: their number, their ids, then the session id that they are of. */
function acknowledges(rest: Uint8Array, ours: Uint8Array): boolean {
  const count = rest[0] ?? 0
  const at = 1 + count * 4
  if (count === 0 || count > MOST_ACKNOWLEDGED || rest.length < at + SESSION_BYTES + 4) return false
  return ours.every((byte, i) => rest[at + i] === byte)
}
