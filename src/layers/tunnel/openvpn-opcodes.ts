/** Opcodes of OpenVPN, and which parts a packet of each has. openvpn.net, "OpenVPN Network Protocol Security"; `ssl_pkt.h`. */

/** Names as in OpenVPN's `ssl_pkt.h`, without their `P_`. */
export const OPENVPN_OPCODES: Readonly<Record<number, string>> = {
  1: 'HARD_RESET_CLIENT_V1',
  2: 'HARD_RESET_SERVER_V1',
  3: 'SOFT_RESET_V1',
  4: 'CONTROL_V1',
  5: 'ACK_V1',
  6: 'DATA_V1',
  7: 'HARD_RESET_CLIENT_V2',
  8: 'HARD_RESET_SERVER_V2',
  9: 'DATA_V2',
  10: 'HARD_RESET_CLIENT_V3',
  11: 'CONTROL_WKC_V1',
}

/** ACK_V1: it acknowledges, and is no message itself. */
export const ACK = 5
/** DATA_V1 has no peer's number, DATA_V2 has. */
export const DATA_V1 = 6
export const DATA_V2 = 9
/** What a client begins with, and with tls-crypt-v2. */
export const CLIENT_RESET = 7
export const CLIENT_RESET_WITH_KEY = 10
/** What a server answers with. */
export const SERVER_RESET = 8

/** Whether packets of this opcode belong to the control channel: they have a session id. */
export const isControl = (opcode: number): boolean =>
  opcode >= 1 && opcode <= 11 && opcode !== DATA_V1 && opcode !== DATA_V2

/** Whether the client's wrapped key stands at the end: HARD_RESET_CLIENT_V3, CONTROL_WKC_V1. */
export const carriesKey = (opcode: number): boolean => opcode === 10 || opcode === 11

/** Whether it opens a session, and whether it answers to that. */
export const isClientReset = (opcode: number): boolean => opcode === 1 || opcode === 7 || opcode === 10
export const isServerReset = (opcode: number): boolean => opcode === 2 || opcode === 8

/** Bytes of a session id. */
export const SESSION_BYTES = 8
/** Bytes in front of what differs: opcode with key number, session id. */
export const HEAD = 1 + SESSION_BYTES
/** Packet id and time, against replays. */
export const REPLAY = 8
/** Bytes of the tag of tls-crypt. */
export const TAG = 32
