import { randomBytes } from 'node:crypto'
import type { OpenvpnKey } from '../../layers/index.js'
import { SESSION_BYTES } from '../../layers/tunnel/openvpn-opcodes.js'
import { toHex } from '../../packet/index.js'
import { askPackets } from '../ask/ask-packets.js'
import { askTcp, askUdp } from '../ask/ask-socket.js'
import { framed } from '../ask/framing.js'
import { placeOf } from '../ask/open-socket.js'
import type { Outcome } from '../ask/outcome.js'
import { systemErrorWords } from '../system-errors.js'
import { addressWithZone, type Target } from '../targets.js'
import { clientReset, readServerReset, type ServerReset } from './handshake.js'
import type { OpenvpnSettings } from './openvpn-options.js'
import type { OpenvpnFinding } from './openvpn-result.js'

/** Asks one port of one host. */
export async function probePort(
  target: Target,
  port: number,
  settings: OpenvpnSettings,
  stop: AbortSignal,
): Promise<OpenvpnFinding> {
  const { key, tcp, netns } = settings
  const session = toHex(randomBytes(SESSION_BYTES))
  const packet = clientReset(session, key)
  const question = packet.bytes()
  const read = (answer: Uint8Array): ServerReset => readServerReset(answer, session, key)
  const place = placeOf(target, { port, netns })
  const options = { timeout: settings.timeout, retry: settings.retry, stop }
  const outcome = tcp
    ? await askTcp(place, framed(question), options, (bytes) => {
        const first = firstPacket(bytes)
        return first === undefined ? undefined : read(first)
      })
    : settings.isRaw
      ? await askPackets('openvpnProbe', target, { ...settings, port }, [packet], options, read)
      : await askUdp(place, question, options, read)
  return {
    host: target.name,
    address: addressWithZone(target),
    port,
    protocol: tcp ? 'tcp' : 'udp',
    mode: key?.mode ?? 'plain',
    ...verdictOf(outcome, settings),
  }
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

function verdictOf(outcome: Outcome<ServerReset>, { key }: OpenvpnSettings): Verdict {
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
        detail: `the connection was closed without an answer; ${adviceFor(key)}`,
      }
    case 'stopped':
      return { state: 'unknown', detail: 'stopped before an answer came' }
    default:
      return { state: 'protected or filtered', detail: `no answer; ${adviceFor(key)}` }
  }
}

const adviceFor = (key: OpenvpnKey | undefined): string =>
  key === undefined
    ? 'a key (tlsAuth, tlsCrypt, tlsCryptV2) may be needed'
    : `another key than this one of ${key.mode}?`
