import type { End } from './flows.js'

/** Which end sent a packet. */
export type Side = 'client' | 'server'

/** What is worth saying of a packet besides what it carries. */
export interface Note {
  text: string
  /** Something was lost, refused or sent in vain. */
  isTrouble: boolean
}

/** One packet of a conversation. */
export interface Step {
  /** Its place in the list of packets. */
  index: number
  /** Seconds since 1970; undefined where that is not known. */
  time: number | undefined
  from: Side
  /** `SYN ACK`; of UDP `UDP`, of an ICMP error `ICMP`. */
  flags: string
  /** Of TCP: relative to the first number of this side; undefined else. */
  seq: number | undefined
  /** Of TCP: relative to the first number of the other side; undefined without ACK. */
  ack: number | undefined
  /** Of TCP: the window in bytes, scaled where the scale is known. */
  window: number | undefined
  /** Bytes of data, on the wire. */
  length: number
  /** Bytes of IP header, transport header and options. */
  overhead: number
  notes: Note[]
  /** Messages of TLS that begin here: `ClientHello`. */
  records: string[]
  /** Bytes of the data that had not been seen before. */
  fresh: number
}

/** What a stretch of packets is: `three-way handshake`. */
export interface Phase {
  kind: PhaseKind
  title: string
  /** The first and the last step of it, as places in `steps`. */
  first: number
  last: number
}

export type PhaseKind =
  | 'handshake'
  | 'refused'
  | 'no answer'
  | 'TLS handshake'
  | 'data'
  | 'half-close'
  | 'close'
  | 'reset'
  | 'datagrams'
  | 'error'

/** A conversation as it was seen. */
export interface Talk {
  protocol: 'tcp' | 'udp'
  client: End
  server: End
  steps: Step[]
  phases: Phase[]
  /** Whether TLS was seen in it. */
  isTls: boolean
}

export const other = (side: Side): Side => (side === 'client' ? 'server' : 'client')

export function hasFlag(step: Step, flag: string): boolean {
  return step.flags.split(' ').includes(flag)
}
