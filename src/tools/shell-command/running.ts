/** The programs that run now: none of them outlives netshell. */
import type { ChildProcess } from 'node:child_process'

const running = new Set<ChildProcess>()
/** Those with a process group of their own, whose children are ended with them. */
const leaders = new WeakSet<ChildProcess>()
const SIGNALS = ['SIGHUP', 'SIGTERM'] as const

/** Ends a program with its children at the end of netshell, if it still runs then. @param leads it has a group of its own */
export function register(child: ChildProcess, leads: boolean): void {
  if (running.size === 0) {
    process.on('exit', endAll)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  }
  running.add(child)
  if (leads) leaders.add(child)
  child.once('exit', () => {
    running.delete(child)
    if (running.size > 0) return
    process.off('exit', endAll)
    for (const signal of SIGNALS) process.off(signal, onSignal)
  })
}

/** Sends a signal to a program and to the children of its group. Does nothing when it is over. */
export function signalTo(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    if (leaders.has(child)) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // It has ended in between, or it is another user's by now (sudo): nothing more can be done.
  }
}

/** Ends what a program has left behind in its group; such children may take no notice of Ctrl-C. */
export function endChildren(child: ChildProcess): void {
  if (child.pid === undefined || !leaders.has(child)) return
  try {
    process.kill(-child.pid, 'SIGTERM')
  } catch {
    // It has left nothing.
  }
}

function endAll(): void {
  for (const child of running) signalTo(child, 'SIGKILL')
}

/** With a listener a signal no longer ends the process: done here, unless somebody else listens. */
function onSignal(signal: NodeJS.Signals): void {
  endAll()
  process.off(signal, onSignal)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}
