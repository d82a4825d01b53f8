import type { ChildProcess } from 'node:child_process'
import { type CapMessage, type CapTask, capChild } from './cap-child.js'
import { errnoOfWords } from './error-words.js'
import { interfaces, noSuchInterface } from './interfaces.js'
import { LinkError } from './link.js'
import { inNamespace } from './namespace.js'
import { notPermitted } from './permissions.js'

/** Bytes kept of what the child says on standard error. */
const MOST_WORDS = 4096

/** A child process that uses cap, and what it says when it dies. */
export interface CapProcess {
  child: ChildProcess
  words: () => string
}

/**
 * Starts a child process that uses cap. cap crashes on ordinary events (an interface that goes down aborts the process), so
 * it does so there. The child ends when its standard input does, which is when we are gone at the latest.
 */
export function startCap(task: CapTask, netns: string | undefined, hear: (message: CapMessage) => void): CapProcess {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const source = `(${capChild.toString()})(require, ${JSON.stringify(task)})`
  const { NODE_OPTIONS: _ours, ...env } = process.env
  const child = inNamespace(netns, () =>
    spawn(process.execPath, ['-e', source], {
      stdio: ['pipe', task.mode === 'capture' ? 'pipe' : 'ignore', 'pipe', 'ipc'],
      env: { ...env, LC_ALL: 'C' },
      // A group of its own: Ctrl-C at the terminal is for us.
      detached: true,
    }),
  )
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('latin1')).slice(-MOST_WORDS)
  })
  child.on('message', (message) => hear(message as CapMessage))
  // When it died while we wrote, its end tells more.
  child.stdin?.on('error', () => undefined)
  return { child, words: () => words }
}

/** The error for what cap says when it does not open an interface. */
export function capOpenError(
  words: string,
  interfaceName: string,
  netns: string | undefined,
  filter: string,
): LinkError {
  const errno = errnoOfWords(words)
  switch (errno) {
    case 'EPERM':
    case 'EACCES':
      return notPermitted(interfaceName)
    case 'ENODEV':
    case 'ENXIO':
      return noSuchInterface(interfaceName, interfaces({ netns }), { netns })
    case 'ENETDOWN':
      return down(interfaceName)
  }
  if (filter.trim() !== '' && /filter|illegal|unknown host|syntax/i.test(words)) {
    const reason = words.replace(/^can't parse filter expression: /, '')
    return new LinkError('BAD_FILTER', `the filter '${filter}' is not understood: ${reason} (see 'man pcap-filter')`)
  }
  return new LinkError(
    'SYSTEM',
    `cap does not open ${interfaceName}: ${words || 'it gives no reason'}`,
    errno === undefined ? {} : { errno },
  )
}

/** Why a child that was open died. cap aborts it when the interface goes down. */
export function capEndError(
  interfaceName: string,
  words: string,
  status: number | null,
  signal: NodeJS.Signals | null,
): LinkError {
  if (signal === 'SIGABRT' && /cb_packets.*Assertion|Assertion.*status == 0/s.test(words)) return down(interfaceName)
  const last = words.trim().split('\n').pop() ?? ''
  return new LinkError(
    'SYSTEM',
    `the process that uses cap on ${interfaceName} died (${signal ?? `status ${status}`})${last === '' ? '' : `: ${last}`}`,
  )
}

function down(interfaceName: string): LinkError {
  return new LinkError('INTERFACE_DOWN', `${interfaceName} is down: sudo ip link set ${interfaceName} up`, {
    errno: 'ENETDOWN',
  })
}
