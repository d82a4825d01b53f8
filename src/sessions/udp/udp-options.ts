/** What UDP sessions may be told. */
import { FLAG, type OptionTable, oneOf, text, wholeNumber } from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import { LISTEN_HOST } from '../face/listening.js'
import type { SessionOptions } from '../face/session.js'
import { ENCODINGS, type Encoding } from '../stream/text.js'

/** Options of `udp.bind`, `udp.connect` and `udp.listen`. */
export interface UdpOptions extends SessionOptions {
  /** Our address; '*': all of this machine, of IPv4; '::': of both versions. Default: 127.0.0.1, where a port is given. */
  host?: string
  /** Our port, for `udp.connect`. Default: a free one. */
  localPort?: number
  /** What bytes become: text of this encoding, or 'bytes'. Default 'utf8'. */
  encoding?: Encoding
  /** Sending to broadcast addresses is allowed. Default false. */
  broadcast?: boolean
  /** Multicast group that is joined, or several. */
  group?: string | readonly string[]
  /** Address or name of the interface for multicast. Default: the system's choice. */
  iface?: string
  /** How many hops multicast goes, 0..255. Default 1: this network. */
  ttl?: number
  /** Whether this machine hears its own multicast. Default true. */
  loopback?: boolean
  /** Others may bind the same address and port, as for multicast. Default: only with `group`. */
  share?: boolean
  /** Its packets are recorded, for `explain(session)`; needs the right to capture. Default false. */
  explain?: boolean
}

/** The options, for checks. */
export const UDP_OPTIONS: OptionTable<UdpOptions> = {
  host: LISTEN_HOST,
  localPort: wholeNumber(0, 65535),
  encoding: oneOf(...ENCODINGS),
  broadcast: FLAG,
  group: {
    takes: 'a multicast address, or a list of them',
    accepts: (value) => typeof value === 'string' || Array.isArray(value),
  },
  iface: text('the address or the name of an interface'),
  ttl: wholeNumber(0, 255),
  loopback: FLAG,
  share: FLAG,
  explain: FLAG,
  history: HISTORY,
}
