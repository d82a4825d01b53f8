import { randomBytes } from 'node:crypto'
import { OpenVPN, Raw } from '../../layers/index.js'
import type { Stackable } from '../../packet/index.js'
import { askPackets } from '../ask/ask-packets.js'
import { askTcp, askUdp } from '../ask/ask-socket.js'
import { framed } from '../ask/framing.js'
import { placeOf } from '../ask/open-socket.js'
import type { Outcome } from '../ask/outcome.js'
import { systemErrorWords } from '../system-errors.js'
import { addressWithZone, type Target } from '../targets.js'
import { clientReset, readServerReset, SESSION_BYTES, type ServerReset } from './handshake.js'
import type { OpenvpnSettings } from './openvpn-options.js'
import type { OpenvpnFinding } from './openvpn-result.js'
import type { Protection } from './protection.js'

/** Asks one port of one host. */
export async function probePort(
  target: Target,
  port: number,
  settings: OpenvpnSettings,
  stop: AbortSignal,
): Promise<OpenvpnFinding> {
  const { protection, tcp, netns } = settings
  const session = randomBytes(SESSION_BYTES)
  const question = clientReset(session, protection)
  const read = (packet: Uint8Array): ServerReset => readServerReset(packet, session, protection)
  const place = placeOf(target, { port, netns })
  const options = { timeout: settings.timeout, retry: settings.retry, stop }
  const outcome = tcp
    ? await askTcp(place, framed(question), options, (bytes) => {
        const packet = firstPacket(bytes)
        return packet === undefined ? undefined : read(packet)
      })
    : settings.isRaw
      ? await askPackets('openvpnProbe', target, { ...settings, port }, layersOf(question), options, read)
      : await askUdp(place, question, options, read)
  return {
    host: target.name,
    address: addressWithZone(target),
    port,
    protocol: tcp ? 'tcp' : 'udp',
    mode: protection.mode,
    ...verdictOf(outcome, settings),
  }
}

/** The question as layers. */
function layersOf(question: Uint8Array): Stackable[] {
  return [OpenVPN({ opcode: question[0]! >>> 3, keyid: question[0]! & 7 }), Raw({ load: question.subarray(1) })]
}

/** An answer has hundreds of bytes; a greeting read as a length would be waited for in vain. */
const MOST_BYTES = 2048

function firstPacket(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 2) return undefined
  const length = (bytes[0]! << 8) | bytes[1]!
  if (length === 0 || length > MOST_BYTES) return bytes
  return bytes.length < 2 + length ? undefined : bytes.subarray(2, 2 + length)
}

/** What the question came to, without where it was asked. */
type Verdict = Omit<OpenvpnFinding, 'host' | 'address' | 'port' | 'protocol' | 'mode'>

function verdictOf(outcome: Outcome<ServerReset>, { protection }: OpenvpnSettings): Verdict {
  switch (outcome.kind) {
    case 'answer': {
      const { isOpenVpn, ...rest } = outcome.value
      return { state: isOpenVpn ? 'openvpn' : 'not openvpn', rtt: outcome.rtt, ...rest }
    }
    case 'error':
      if (outcome.code === 'ECONNREFUSED') return { state: 'closed', rtt: outcome.rtt }
      return { state: 'unreachable', rtt: outcome.rtt, detail: systemErrorWords(outcome.code) }
    case 'hung up':
      return {
        state: 'protected or filtered',
        rtt: outcome.rtt,
        detail: `the connection was closed without an answer; ${adviceFor(protection)}`,
      }
    case 'stopped':
      return { state: 'unknown', detail: 'stopped before an answer came' }
    default:
      return { state: 'protected or filtered', detail: `no answer; ${adviceFor(protection)}` }
  }
}

const adviceFor = ({ mode }: Protection): string =>
  mode === 'plain' ? 'a key (tlsAuth, tlsCrypt) may be needed' : `another key than this one of ${mode}?`
