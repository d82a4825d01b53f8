/** One command on many machines at a time. */
import { OptionError, Task, type TaskControl } from '../../exchange/index.js'
import { ANYTHING, checkTable, type OptionTable, wholeNumber } from '../../tools/option-kinds.js'
import type { HostResult, HostResults } from './host-results.js'
import type { SshOptions } from './options.js'
import type { RunOptions } from './remote-command.js'
import type { SshResult } from './ssh-result.js'
import type { SshSession } from './ssh-session.js'

/** Machines: names, sessions that are open, lists of them. */
export type Hosts = string | SshSession | readonly Hosts[]

/** Options of `on`: those of connecting, those of the command, and how many at a time. */
export interface OnOptions
  extends Omit<SshOptions, 'timeout' | 'reconnect'>,
    Omit<RunOptions, 'tty' | 'show' | 'onOutput' | 'check'> {
  /** Machines at a time. Default 20. */
  parallel?: number
  /** Seconds for each machine: for connecting, and again for the command. */
  timeout?: number
  /** Called for each machine as soon as it is done. */
  onHost?: (result: HostResult) => unknown
}

const PARALLEL = 20
const MOST_HOSTS = 10_000
const RUN = ['input', 'env', 'limit'] as const
const CONNECT = [
  ...['user', 'port', 'key', 'passphrase', 'agent', 'password', 'jump', 'keepAlive', 'known'],
  ...['unknown', 'fingerprint', 'config', 'netns', 'history'],
]
const OPTIONS = Object.fromEntries(
  [...RUN, ...CONNECT, 'timeout', 'onHost'].map((name) => [name, ANYTHING]),
) as unknown as OptionTable<OnOptions>

/**
 * Runs a command on many machines in parallel. What goes wrong on one of them stops no other. Ctrl-C keeps the results that are there.
 * @param hosts `['web1', 'root@web2']`, sessions that are open, or lists of them
 */
export function on(hosts: Hosts, command: string, options: OnOptions = {}): Task<HostResults> {
  checkTable<OnOptions>('on', options, { ...OPTIONS, parallel: wholeNumber(1, 1000) })
  const machines = flat(hosts)
  return Task.run(async (control) => new Round(control, machines, command, options).run(), { name: 'on' })
}

class Round {
  readonly #results: (HostResult | undefined)[]
  readonly #running = new Set<Task<unknown>>()
  #isEnding = false
  #next = 0
  #done = 0

  constructor(
    private readonly control: TaskControl<HostResults>,
    private readonly machines: readonly (string | SshSession)[],
    private readonly command: string,
    private readonly options: OnOptions,
  ) {
    this.#results = machines.map(() => undefined)
  }

  async run(): Promise<HostResults> {
    const { control, machines, command } = this
    const [{ HostResults }, { SshSession }, { checkRun }, { checkConnect }] = await Promise.all([
      import('./host-results.js'),
      import('./ssh-session.js'),
      import('./remote-command.js'),
      import('./options.js'),
    ])
    checkRun('on', command, this.#runOptions())
    checkConnect('on', this.#sshOptions())
    // Those that have no result yet are in the list too: nobody should think that all were asked.
    const list = (): HostResults =>
      HostResults.from(
        this.#results.map((each, index) => each ?? this.#entry(index, 0, { error: new Error('interrupted') })),
      ) as HostResults
    control.partial(list)
    control.onInterrupt(() => {
      this.#isEnding = true
      for (const task of this.#running) task.interrupt()
    })
    control.signal.addEventListener('abort', () => {
      this.#isEnding = true
      for (const task of this.#running) task.abort(control.signal.reason)
    })
    this.#tell()
    const worker = async (): Promise<void> => {
      while (!this.#isEnding && this.#next < machines.length) await this.#one(this.#next++, SshSession)
    }
    const { parallel = PARALLEL } = this.options
    await Promise.all(Array.from({ length: Math.min(parallel, machines.length) }, worker))
    return list()
  }

  async #one(index: number, Kind: typeof SshSession): Promise<void> {
    const machine = this.machines[index]!
    const began = performance.now()
    let result: SshResult | undefined
    let error: Error | undefined
    let session: SshSession | undefined
    try {
      session = typeof machine === 'string' ? await this.#wait(new Kind(machine, this.#sshOptions()).open()) : machine
      result = await this.#wait(session.run(this.command, this.#runOptions()))
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown))
      result = (thrown as { result?: SshResult }).result
    } finally {
      if (typeof machine === 'string') await session?.close()
    }
    const entry = this.#entry(index, (performance.now() - began) / 1000, { result, error })
    this.#results[index] = entry
    this.#done++
    this.#tell()
    const { onHost } = this.options
    if (onHost !== undefined && session !== undefined) session._call('onHost', onHost, [entry])
    else if (onHost !== undefined) await onHost(entry)
  }

  async #wait<T>(task: Task<T>): Promise<T> {
    this.#running.add(task)
    if (this.#isEnding) task.interrupt()
    try {
      return await task
    } finally {
      this.#running.delete(task)
    }
  }

  #entry(
    index: number,
    duration: number,
    found: { result?: SshResult | undefined; error?: Error | undefined },
  ): HostResult {
    const machine = this.machines[index]!
    const { result, error } = found
    return {
      host: typeof machine === 'string' ? machine : machine.subject,
      ok: error === undefined && result?.ok === true,
      status: result?.status ?? null,
      duration,
      ...(result === undefined ? {} : { result }),
      ...(error === undefined ? {} : { error }),
    }
  }

  #tell(): void {
    this.control.progress({ done: this.#done, total: this.machines.length, unit: 'hosts' })
  }

  #runOptions(): RunOptions {
    const { input, env, limit, timeout } = this.options
    return { ...(input && { input }), ...(env && { env }), ...(limit && { limit }), ...(timeout && { timeout }) }
  }

  #sshOptions(): SshOptions {
    const { parallel, onHost, input, env, limit, ...rest } = this.options
    return rest
  }
}

function flat(hosts: Hosts): (string | SshSession)[] {
  const list = [hosts].flat(10) as unknown[]
  for (const each of list)
    if (typeof each !== 'string' && typeof (each as SshSession | null)?._client !== 'function')
      throw new OptionError(`on: hosts are texts such as 'root@web1', or open ssh sessions, not ${String(each)}`)
  if (list.length === 0) throw new OptionError('on: there are no hosts')
  if (list.length > MOST_HOSTS) throw new OptionError(`on: ${list.length} hosts are too many (${MOST_HOSTS} at most)`)
  // Each name once: the same command twice on one machine is a mistake of the list.
  return [...new Set(list)] as (string | SshSession)[]
}
