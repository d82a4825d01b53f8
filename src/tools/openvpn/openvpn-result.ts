import { formatDuration, printable } from '../../exchange/index.js'
import type { OpenvpnKeyMode } from '../../layers/index.js'
import type { Packet } from '../../packet/index.js'
import { textTable } from '../text-table.js'

/** How a question is protected. */
export type ProtectionMode = 'plain' | OpenvpnKeyMode

/**
 * What is at a port: 'openvpn' (it answered as OpenVPN does), 'protected or filtered' (silence, or a connection that is
 * closed without a word: another key is wanted, or nothing gets through), 'closed', 'unreachable', 'not openvpn' (it
 * answered otherwise), 'unknown' (no such host, or stopped before it was clear).
 */
export type OpenvpnState = 'openvpn' | 'protected or filtered' | 'closed' | 'unreachable' | 'not openvpn' | 'unknown'

/** What was found at one port of one host. */
export interface OpenvpnFinding {
  /** As it was given. */
  host: string
  /** `''` where the name could not be resolved. */
  address: string
  port: number
  protocol: 'udp' | 'tcp'
  state: OpenvpnState
  /** How the question was protected. */
  mode: ProtectionMode
  /** Seconds to the answer; undefined when there was none. */
  rtt?: number
  /** The answer as a packet, without its protection where the key fits: `result.findings[0].answer.show()`. */
  answer?: Packet
  /** The server's session id, hexadecimal. */
  session?: string
  /** Whether its answer repeats our session id. */
  echoed?: boolean
  /** Whether the signature of its answer is right; null: it has none (plain). */
  verified?: boolean | null
  /** What is to be said about it. */
  detail?: string
}

/** Rows that are shown. */
const SHOWN = 200

/** What `openvpnProbe` found. */
export class OpenvpnResult {
  constructor(
    /** One a host and port, in their order. */
    readonly findings: readonly OpenvpnFinding[],
    /** Seconds that it took. */
    readonly duration: number,
  ) {}

  /** Those that answered as OpenVPN. */
  get servers(): OpenvpnFinding[] {
    return this.findings.filter(({ state }) => state === 'openvpn')
  }

  toString(): string {
    const { findings } = this
    const rows = findings
      .slice(0, SHOWN)
      .map(({ host, address, port, protocol, state, rtt, detail, verified }) => [
        address === host || address === '' ? host : `${host} (${address})`,
        `${port}/${protocol}`,
        state,
        rtt === undefined ? '-' : formatDuration(rtt),
        detail ?? (verified === true ? 'its signature is right' : ''),
      ])
    const table = textTable(['HOST', 'PORT', 'STATE', 'RTT', ''], rows, ['left', 'right'])
    const more = findings.length > SHOWN ? [`… ${findings.length - SHOWN} more`] : []
    const count = `${findings.length} port${findings.length === 1 ? '' : 's'} asked (${findings[0]?.mode ?? 'plain'})`
    const total = `${count}, ${this.servers.length} OpenVPN, ${formatDuration(this.duration)}`
    return printable([table, ...more, total].join('\n'))
  }

  toJSON(): unknown {
    return { findings: this.findings, duration: this.duration }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
