/** Why a WebSocket was closed. RFC 6455 §7.4.1, and the IANA's registry of close codes. */
import { printable } from '../../../exchange/printable.js'

/** What the other end said at the end. */
export interface WebSocketEnd {
  /** 1000: all is done; 1005: it said none. */
  code: number
  reason: string
}

const NAMES: Readonly<Record<number, string>> = {
  1000: 'normal end',
  1001: 'it goes away',
  1002: 'protocol error',
  1003: 'it does not take such data',
  1005: 'without a code',
  1006: 'without a goodbye',
  1007: 'the text was no UTF-8',
  1008: 'against its rules',
  1009: 'the message was too big for it',
  1010: 'an extension is missing',
  1011: 'an error at its side',
  1012: 'it restarts',
  1013: 'it is busy, try again later',
  1014: 'what it asks in turn gave a wrong answer',
  3000: 'not allowed without a login',
  3003: 'forbidden',
  3008: 'time-out',
}

/** `1011 (an error at its side): out of memory`. */
export function endText({ code, reason }: WebSocketEnd): string {
  const name = NAMES[code]
  return `${code}${name === undefined ? '' : ` (${name})`}${reason === '' ? '' : `: ${printable(reason).replaceAll(/\s+/g, ' ')}`}`
}

/** Whether it ended as it should. */
export function isGoodEnd({ code }: WebSocketEnd): boolean {
  return code === 1000 || code === 1001 || code === 1005
}
