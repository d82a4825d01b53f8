/** What watching a folder takes. */
import { OptionError } from '../../exchange/index.js'
import { fullPath } from '../../exchange/invoking-user.js'
import { checkTable, FLAG, type OptionKind, type OptionTable, SECONDS } from '../../tools/option-kinds.js'
import { HISTORY } from '../face/history.js'
import type { SessionOptions } from '../face/session.js'
import { CHANGE_EVENTS, type ChangeEvent } from './change.js'

/** How a folder is watched. */
export interface WatchOptions extends SessionOptions {
  /** With all folders in it. Default true. */
  recursive?: boolean
  /** Patterns of names that are passed over: `['*.tmp', 'node_modules', 'build/**']`. */
  ignore?: readonly string[]
  /** What is there already is told as created. Default false. */
  initial?: boolean
  /** Only these are told: `['create', 'move']`. Default: all. */
  events?: readonly ChangeEvent[]
  /** Seconds for which modifications of one file are gathered and told once. Default 0.05. */
  settle?: number
}

const TEXTS: OptionKind = {
  takes: "a list of patterns, such as ['*.tmp', 'node_modules']",
  accepts: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== ''),
}

const EVENTS: OptionKind = {
  takes: `a list of ${CHANGE_EVENTS.join(', ')}`,
  accepts: (value) => Array.isArray(value) && value.every((each) => CHANGE_EVENTS.includes(each as ChangeEvent)),
}

/** The options, for checks. */
export const WATCH_TABLE: OptionTable<WatchOptions> = {
  recursive: FLAG,
  ignore: TEXTS,
  initial: FLAG,
  events: EVENTS,
  settle: SECONDS,
  history: HISTORY,
}

/** A handler of changes. */
export type ChangeHandler<C> = (change: C) => unknown

/**
 * A function and options, of which either may be left out.
 * @param check of the options
 * @throws OptionError for anything else
 */
export function handlerAndOptions<H, O extends object>(
  name: string,
  handler: H | O | undefined,
  options: O | undefined,
  check: (options: O) => void,
): { handler: H | undefined; options: O } {
  const isHandler = handler === undefined || typeof handler === 'function'
  if (options !== undefined) check(options)
  if (!isHandler && (options !== undefined || typeof handler !== 'object' || handler === null))
    throw new OptionError(`${name}: give a function that is called with each change, or options`)
  if (isHandler) return { handler, options: options ?? ({} as O) } as { handler: H | undefined; options: O }
  check(handler as O)
  return { handler: undefined, options: handler as O }
}

/** The whole path of a folder. @throws OptionError unless it is a name */
export function folderPath(name: string, folder: unknown): string {
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0'))
    throw new OptionError(`${name}: give the name of a folder, such as '.'`)
  return fullPath(folder)
}

/** @throws OptionError */
export function checkWatch(options: WatchOptions): void {
  checkTable('watch', options, WATCH_TABLE)
}
