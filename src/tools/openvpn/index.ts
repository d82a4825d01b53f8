/** openvpnProbe: is there an OpenVPN server at a port, and does it take a key. */
import { stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { PacketError } from '../../packet/index.js'
import { sideBySide } from '../ask/side-by-side.js'
import { resolveTarget } from '../targets.js'
import { type OpenvpnOptions, type OpenvpnSettings, openvpnSettings } from './openvpn-options.js'
import { type OpenvpnFinding, OpenvpnResult } from './openvpn-result.js'
import { probePort } from './probe-port.js'

export type { OpenvpnOptions } from './openvpn-options.js'
export { type OpenvpnFinding, OpenvpnResult, type OpenvpnState, type ProtectionMode } from './openvpn-result.js'

/** Ports that are asked at the same time. */
const AT_ONCE = 64

/**
 * Opens a session with what may be an OpenVPN server, over UDP or TCP, plain or with the key of tls-auth, tls-crypt
 * or tls-crypt-v2, and stops at its answer. Needs no root. Interrupted, it gives what was found so far.
 */
export function openvpnProbe(hosts: string | readonly string[], options: OpenvpnOptions = {}): Task<OpenvpnResult> {
  return Task.run((control) => runOpenvpnProbe(control, hosts, options), { name: 'openvpnProbe' })
}

/** The work of `openvpnProbe`. */
export async function runOpenvpnProbe(
  control: TaskControl<OpenvpnResult>,
  hosts: string | readonly string[],
  options: OpenvpnOptions = {},
): Promise<OpenvpnResult> {
  const began = performance.now()
  const settings = openvpnSettings(hosts, options)
  const stop = stopSignal(control)
  const places = settings.hosts.flatMap((host) => settings.ports.map((port) => ({ host, port })))
  const findings = await sideBySide(
    places,
    AT_ONCE,
    stop,
    ({ host, port }, ending) => probe(host, port, settings, ending),
    (done) => control.progress({ done, total: places.length }),
  )
  return new OpenvpnResult(findings, (performance.now() - began) / 1000)
}

/** One wrong name among many does not end the search. */
async function probe(
  host: string,
  port: number,
  settings: OpenvpnSettings,
  stop: AbortSignal,
): Promise<OpenvpnFinding> {
  const { family, hosts, tcp, key } = settings
  try {
    const target = await resolveTarget(host, family)
    return await probePort(target, port, settings, stop)
  } catch (error) {
    if (!(error instanceof PacketError) || hosts.length === 1) throw error
    const protocol = tcp ? 'tcp' : 'udp'
    return { host, address: '', port, protocol, state: 'unknown', mode: key?.mode ?? 'plain', detail: error.message }
  }
}
