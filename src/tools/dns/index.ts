/** dns: asks name servers, with messages built from our own layers. */
import { setMaxListeners } from 'node:events'
import { stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { askServer } from './ask-server.js'
import { type DnsOptions, dnsSettings } from './dns-options.js'
import { type DnsResponse, DnsResult } from './dns-result.js'
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
  const failed = new AbortController()
  const stop = AbortSignal.any([stopSignal(control), failed.signal])
  // One listener for each question that is open; Node takes more than ten for a leak.
  setMaxListeners(AT_ONCE * 2, stop)
  const { target, from } = await nameServer(settings.server, settings.netns)
  const { questions } = settings
  const responses: DnsResponse[] = []
  let next = 0
  let done = 0
  const asker = async (): Promise<void> => {
    for (let i = next++; i < questions.length && !stop.aborted; i = next++) {
      responses[i] = await askServer(questions[i]!, target, settings, stop)
      control.progress({ done: ++done, total: questions.length })
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, questions.length) }, asker))
  } finally {
    failed.abort()
  }
  return new DnsResult(
    responses.filter((response) => response !== undefined),
    target.address,
    from,
    settings.short,
  )
}
