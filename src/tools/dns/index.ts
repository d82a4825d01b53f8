/** dns: asks name servers, with messages built from our own layers. */
import { stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { sideBySide } from '../ask/side-by-side.js'
import { addressWithZone } from '../targets.js'
import { askServer } from './ask-server.js'
import { type DnsOptions, dnsSettings } from './dns-options.js'
import { DnsResult } from './dns-result.js'
import { nameServer } from './name-server.js'

export type { DnsOptions } from './dns-options.js'
export { DnsRecord } from './dns-record.js'
export { type DnsEdns, DnsResponse, DnsResult, type DnsState } from './dns-result.js'

/** Questions that are open at the same time. */
const AT_ONCE = 32

/**
 * Asks a name server for the records of names; an address is looked up in reverse: `dns('10.0.0.1')`. Needs no root,
 * unless packets of one's own are sent (`raw`, `link` …). Interrupted, it gives what was answered so far.
 */
export function dns(name: string | readonly string[], options: DnsOptions = {}): Task<DnsResult> {
  return Task.run((control) => runDns(control, name, options), { name: 'dns' })
}

/** The work of `dns`. */
export async function runDns(
  control: TaskControl<DnsResult>,
  name: string | readonly string[],
  options: DnsOptions = {},
): Promise<DnsResult> {
  const settings = dnsSettings(name, options)
  const stop = stopSignal(control)
  const { target, from } = await nameServer(settings.server, settings.netns)
  const { questions } = settings
  const responses = await sideBySide(
    questions,
    AT_ONCE,
    stop,
    (question, ending) => askServer(question, target, settings, ending),
    (done) => control.progress({ done, total: questions.length }),
  )
  return new DnsResult(responses, addressWithZone(target), from, settings.short)
}
