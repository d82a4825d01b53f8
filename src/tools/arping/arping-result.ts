import { formatDuration, printable } from '../../exchange/index.js'
import { textTable } from '../text-table.js'

/** A station on the link. */
export interface Station {
  address: string
  /** `'02:00:00:00:00:01'` */
  mac: string
  /** Seconds from question to answer; unset when that is not known. */
  rtt?: number
  /** True when another station says that the same address is its own. */
  duplicate?: boolean
}

/** What `arping` gives. */
export class ArpingResult {
  /** Everybody who answered, in the order of the addresses asked for; an address that two stations have is there twice. */
  readonly stations: Station[] = []
  /** Addresses that nobody answered for. */
  readonly silent: string[] = []
  /** Addresses asked for. */
  asked = 0
  /** Questions sent, again ones included. */
  sent = 0
  /** Seconds. */
  duration = 0
  interrupted = false

  /** Stations whose address another one has too. */
  get duplicates(): Station[] {
    return this.stations.filter(({ duplicate }) => duplicate === true)
  }

  toString(): string {
    const rows = this.stations.map(({ address, mac, rtt, duplicate }) => [
      address,
      mac,
      rtt === undefined ? '' : formatDuration(rtt),
      duplicate === true ? 'duplicate address' : '',
    ])
    const lines = rows.length === 0 ? [] : [textTable(['ADDRESS', 'MAC', 'RTT', ''], rows, ['left', 'left', 'right'])]
    // Whoever asks for a few wants to know which are missing; of a network most are.
    if (this.silent.length > 0 && this.silent.length <= MOST_NAMED)
      lines.push(`no answer: ${this.silent.map((each) => printable(each)).join(', ')}`)
    const found = new Set(this.stations.map(({ address }) => address)).size
    lines.push(
      `${this.interrupted ? 'interrupted' : 'done'}: ${found} of ${this.asked} address${this.asked === 1 ? '' : 'es'} answered, in ${formatDuration(this.duration)}`,
    )
    return lines.join('\n')
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /**
   * `asked` and `sent` (counts), `duration` (seconds), `interrupted`, `stations`: each with `address`, `mac`, `rtt` (seconds, when known) and
   * `duplicate` (true when another one has the address too); `silent`: addresses without an answer.
   */
  toJSON(): unknown {
    const { asked, sent, duration, interrupted, stations, silent } = this
    return { asked, sent, duration, interrupted, stations, silent }
  }
}

/** Silent addresses that are named one by one. */
const MOST_NAMED = 8
