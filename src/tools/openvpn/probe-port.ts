import { randomBytes, randomInt } from 'node:crypto'
import { ProbeSession } from '../../exchange/index.js'
import { IP, IPv6, OpenVPN, Raw, UDP } from '../../layers/index.js'
import { type AnyPacket, stack } from '../../packet/index.js'
import { askTcp, askUdp, errorWords, type Outcome } from '../sockets/ask.js'
import type { Target } from '../targets.js'
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
  const place = { address: target.address, family: target.family, port, netns }
  const options = { timeout: settings.timeout, retry: settings.retry, stop }
  const outcome = tcp
    ? await askTcp(place, framed(question), options, (bytes) => {
        const packet = firstPacket(bytes)
        return packet === undefined ? undefined : read(packet)
      })
    : settings.isRaw
      ? await askRaw(target, port, question, settings, stop, read)
      : await askUdp(place, question, options, read)
  return {
    host: target.name,
    address: target.address,
    port,
    protocol: tcp ? 'tcp' : 'udp',
    mode: protection.mode,
    ...verdictOf(outcome, settings),
  }
}

/** Over TCP each packet stands behind its length. */
function framed(packet: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(packet.length >>> 8, packet.length & 255), packet])
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
      return { state: isOpenVpn ? 'openvpn' : 'not openvpn', time: outcome.time, ...rest }
    }
    case 'error':
      if (outcome.code === 'ECONNREFUSED') return { state: 'closed', time: outcome.time }
      return { state: 'unreachable', time: outcome.time, detail: errorWords(outcome.code) }
    case 'hung up':
      return {
        state: 'protected or filtered',
        time: outcome.time,
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

/** With packets of our own, on a link that may be one in memory. */
async function askRaw(
  target: Target,
  port: number,
  question: Uint8Array,
  settings: OpenvpnSettings,
  stop: AbortSignal,
  read: (packet: Uint8Array) => ServerReset,
): Promise<Outcome<ServerReset>> {
  const { iface, link, netns, timeout, retry } = settings
  const dst = target.address.split('%')[0]!
  const packet = stack(
    target.family === 4 ? IP({ dst }) : IPv6({ dst }),
    UDP({ sport: randomInt(32768, 61000), dport: port }),
    OpenVPN({ opcode: question[0]! >>> 3, keyid: question[0]! & 7 }),
    Raw({ load: question.subarray(1) }),
  )
  const path = {
    ...(iface === undefined ? {} : { iface }),
    ...(link === undefined ? {} : { link }),
    ...(netns === undefined ? {} : { netns }),
  }
  const session = new ProbeSession('openvpnProbe', 'network', { ...path, filter: 'udp or icmp or icmp6' }, stop)
  let outcome: Outcome<ServerReset> | undefined
  session.onAnswer = (probe, answer, time) => {
    const datagram = answer.get('UDP')
    const tries = probe.sentTimes
    if (datagram !== undefined)
      outcome = { kind: 'answer', value: read(datagram.payload?.bytes() ?? new Uint8Array(0)), time, tries }
    else outcome = { kind: 'error', code: errorOf(answer), time, tries }
  }
  try {
    const probes = await session.prepare([packet])
    if (probes[0]?.frame === null) return { kind: 'error', code: 'EHOSTUNREACH', tries: 0, time: 0 }
    let tries = 0
    for (; tries <= retry && outcome === undefined && !stop.aborted; tries++) {
      await session.send(probes)
      await session.wait(timeout, () => outcome !== undefined)
    }
    return outcome ?? (stop.aborted ? { kind: 'stopped', tries } : { kind: 'silent', tries })
  } finally {
    session.close()
  }
}

/** ICMP: port unreachable is type 3 code 3, ICMPv6's type 1 code 4. */
function errorOf(answer: AnyPacket): string {
  const icmp = answer.payload as AnyPacket | null
  return icmp?.code === (answer.layerName === 'IPv6' ? 4 : 3) ? 'ECONNREFUSED' : 'EHOSTUNREACH'
}
