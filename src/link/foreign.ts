import type Koffi from 'koffi'
import { LinkError } from './link.js'

/** koffi's module object. */
export type ForeignInterface = typeof Koffi

/** An address in the memory of this process; null and 0n are NULL. */
export type Pointer = bigint | null

let loaded: ForeignInterface | LinkError | undefined

/**
 * koffi, loaded when first needed (16 ms). Throws a LinkError when it is not installed or has no binary for this
 * platform. It is loaded with `require`, since a Link opens synchronously.
 */
export function foreignInterface(): ForeignInterface {
  if (loaded === undefined) {
    try {
      loaded = process.getBuiltinModule('node:module').createRequire(import.meta.url)('koffi') as ForeignInterface
    } catch (cause) {
      loaded = new LinkError(
        'LIBRARY_MISSING',
        `koffi, which reaches the system's libraries, does not load on ${process.platform}-${process.arch} ` +
          `(${firstLine(cause)}): run 'npm install koffi' in netshell's folder`,
        { cause },
      )
    }
  }
  if (loaded instanceof LinkError) throw loaded
  return loaded
}

/** Whether koffi loads here. Never throws. */
export function hasForeignInterface(): boolean {
  try {
    foreignInterface()
    return true
  } catch {
    return false
  }
}

/**
 * The system's name of the last error of a foreign call (`'EPERM'`), or `'errno 4711'`. To be asked right after the
 * call.
 */
export function lastErrno(): string {
  const koffi = foreignInterface()
  return errnoName(koffi.errno())
}

let names: Map<number, string> | undefined

/** Name of an errno value: `errnoName(1)` is `'EPERM'`. */
export function errnoName(value: number): string {
  names ??= new Map(Object.entries(foreignInterface().os.errno).map(([name, number]) => [number, name]))
  // koffi lists the POSIX names only; these are Linux's.
  return names.get(value) ?? LINUX_ERRNO[value] ?? `errno ${value}`
}

const LINUX_ERRNO: Record<number, string> = { 112: 'EHOSTDOWN', 108: 'ESHUTDOWN', 132: 'ERFKILL' }

/** First line of an error's text. */
export function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!
}

/** The text that a C function left in a buffer, up to its end mark. */
export function textOf(buffer: Uint8Array): string {
  const end = buffer.indexOf(0)
  return Buffer.from(buffer.subarray(0, end < 0 ? buffer.length : end)).toString()
}
