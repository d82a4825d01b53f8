/** Watching folders: here with `watch(folder, handler)`, and on many machines with `watch.agent` and `watch.collector`. */
import type { Task } from '../../exchange/index.js'
import { type AgentOptions, WatchAgent } from './agent.js'
import type { Change } from './change.js'
import { type CollectedHandler, type CollectorOptions, checkCollector, WatchCollector } from './collector.js'
import { type ChangeHandler, checkWatch, folderPath, handlerAndOptions, type WatchOptions } from './watch-options.js'
import { Watcher } from './watcher.js'

/**
 * Watches a folder, with all folders in it, and calls the function with each change until it is closed. What the function throws is told and
 * ends nothing; while one waits, the next change waits for it.
 * @throws SessionError when the folder cannot be watched; OptionError for options that there are not
 */
function watchFolder(
  folder: string,
  handler?: ChangeHandler<Change> | WatchOptions,
  options?: WatchOptions,
): Task<Watcher> {
  const path = folderPath('watch', folder)
  const given = handlerAndOptions<ChangeHandler<Change>, WatchOptions>('watch', handler, options, checkWatch)
  const watcher = new Watcher(path, given.options)
  if (given.handler !== undefined) watcher.on('change', given.handler)
  return watcher.open() as Task<Watcher>
}

/**
 * Watches a folder, and sends each change to a collector: `watch.agent('/srv', 'server:9010')`. While the collector is away, changes are kept; none is
 * told twice.
 * @param where host and port of the collector
 * @throws SessionError when the folder cannot be watched; OptionError for options that there are not
 */
function agent(folder: string, where: string | number, options: AgentOptions = {}): Task<WatchAgent> {
  return new WatchAgent(folderPath('watch.agent', folder), where, options).open() as Task<WatchAgent>
}

/**
 * Takes the changes of many agents: `watch.collector(9010, (change, agent) => …)`.
 * @param port 0: a free one, see `collector.port`
 * @throws SessionError when the port is in use, or the file cannot be written
 */
function collector(
  port: number,
  handler?: CollectedHandler | CollectorOptions,
  options?: CollectorOptions,
): Task<WatchCollector> {
  const given = handlerAndOptions<CollectedHandler, CollectorOptions>(
    'watch.collector',
    handler,
    options,
    checkCollector,
  )
  const made = new WatchCollector(port, given.options)
  if (given.handler !== undefined) made.on('change', given.handler)
  return made.open() as Task<WatchCollector>
}

/** What the prompt has as `watch`. */
export const watch: typeof watchFolder & { readonly agent: typeof agent; readonly collector: typeof collector } =
  Object.assign(
    (folder: string, handler?: ChangeHandler<Change> | WatchOptions, options?: WatchOptions) =>
      watchFolder(folder, handler, options),
    { agent, collector },
  )

export { type AgentEvents, type AgentOptions, WatchAgent } from './agent.js'
export { AgentList, type AgentRow } from './agent-list.js'
export { Change, type ChangeEvent, type ChangeFields } from './change.js'
export { type CollectorEvents, type CollectorOptions, WatchCollector } from './collector.js'
export type { WatchOptions } from './watch-options.js'
export { Watcher, type WatchEvents } from './watcher.js'
export { type ChangeLine, CollectedChange } from './wire.js'
