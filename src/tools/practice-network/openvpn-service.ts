/** Opcodes in the upper five bits. openvpn.net, "OpenVPN Network Protocol Security". */
const HARD_RESET_CLIENT_V2 = 7
const HARD_RESET_SERVER_V2 = 8
const HEADER = 14

/**
 * The answer of an OpenVPN server without tls-auth to a client's first packet: its own session id, the acknowledgement of
 * that packet, and the client's session id. Undefined for anything else, as of a real server.
 */
export function answerOpenvpn(packet: Uint8Array, sessionId: Uint8Array): Uint8Array | undefined {
  // Opcode and key, session id (8 bytes), count of acknowledgements (0), packet id (4).
  if (packet.length < HEADER || packet[0]! >>> 3 !== HARD_RESET_CLIENT_V2 || packet[9] !== 0) return undefined
  const answer = new Uint8Array(26)
  answer[0] = (HARD_RESET_SERVER_V2 << 3) | (packet[0]! & 7)
  answer.set(sessionId, 1)
  answer[9] = 1
  answer.set(packet.subarray(10, 14), 10)
  answer.set(packet.subarray(1, 9), 14)
  // The last four bytes are the server's own packet id, 0.
  return answer
}
