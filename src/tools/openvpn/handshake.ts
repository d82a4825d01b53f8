/** The first packets of OpenVPN: the question that a client opens with, and what a server answers to it. */
import { OpenVPN, type OpenvpnKey, openvpnWrap } from '../../layers/index.js'
import { HEAD, isClientReset, SERVER_RESET } from '../../layers/tunnel/openvpn-opcodes.js'
import { rememberShape } from '../../layers/tunnel/openvpn-shape.js'
import type { AnyPacket, Packet } from '../../packet/index.js'

/** A first packet has no less: head, number of acknowledgements, packet id. */
const SHORTEST = HEAD + 5

/** The packet that asks for a session, under the key if there is one. */
export function clientReset(session: string, key: OpenvpnKey | undefined): Packet {
  const packet = OpenVPN({ opcode: 'HARD_RESET_CLIENT_V2', sessionid: session })
  return key === undefined ? packet : openvpnWrap(packet, key)
}

/** What an answer is. */
export interface ServerReset {
  isOpenVpn: boolean
  /** The answer as a packet: unwrapped where the key fits. */
  answer?: Packet
  /** The server's session id, hexadecimal. */
  session?: string
  /** Whether it acknowledges a packet of our session; undefined where that cannot be read. */
  echoed?: boolean
  /** Whether its signature is right; null: it has none. */
  verified?: boolean | null
  /** What is odd about it. */
  detail?: string
}

/** Reads an answer of the server. It never throws. `ours`: our session id. */
export function readServerReset(bytes: Uint8Array, ours: string, key: OpenvpnKey | undefined): ServerReset {
  const opcode = (bytes[0] ?? 0) >>> 3
  if (isClientReset(opcode) && bytes.length >= SHORTEST)
    return { isOpenVpn: false, detail: 'the same packet came back: an echo service' }
  if (opcode !== SERVER_RESET || bytes.length < SHORTEST)
    return { isOpenVpn: false, detail: `${bytes.length} bytes that are no answer of OpenVPN` }
  const found = key?.unwrap(bytes)
  if (found !== undefined) {
    const answer = plainPacket(Buffer.concat([found.head, found.content]))
    const echoed = answer.remotesessionid === ours
    const detail = echoed ? {} : { detail: 'it does not repeat our session' }
    return { isOpenVpn: true, answer, session: answer.sessionid, verified: true, echoed, ...detail }
  }
  const plain = plainPacket(bytes)
  const { sessionid: session } = plain
  // A wrong signature may look like a number of acknowledgements, but not be followed by our session id.
  if (plain.issue === null && plain.remotesessionid === ours) {
    const detail = key === undefined ? {} : { detail: `it answers without ${key.mode}` }
    return { isOpenVpn: true, answer: plain, session, verified: null, echoed: true, ...detail }
  }
  // Without a signature only the echo tells an OpenVPN server from chance.
  if (key === undefined) return { isOpenVpn: false, detail: `${bytes.length} bytes that do not repeat our session` }
  if (bytes.length < HEAD + 8 + key.hmacLength)
    return { isOpenVpn: false, detail: `${bytes.length} bytes, too short for ${key.mode}` }
  const detail = `its signature does not fit the key (${key.mode})`
  return { isOpenVpn: true, answer: OpenVPN(bytes), session, verified: false, detail }
}

/** Bytes read as a packet without protection. They may be read otherwise too, so it has its own. */
const plainPacket = (bytes: Uint8Array): AnyPacket =>
  OpenVPN(rememberShape(Uint8Array.from(bytes), 'plain')) as AnyPacket
