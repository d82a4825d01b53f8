import type { ChildProcess } from 'node:child_process'
import type { CapTask } from './cap-child.js'
import { type CapProcess, capEndError, capOpenError, startCap } from './cap-process.js'
import type { LinkError } from './link.js'
import type { CaptureProgram, CaptureProgramEvents } from './process-capture.js'

/** cap, writing what it captures to a pipe. */
export class CapProgram implements CaptureProgram {
  readonly dropsUnknown = true
  private running: CapProcess | undefined
  private failed: string | undefined

  constructor(
    private readonly task: CapTask,
    private readonly netns: string | undefined,
  ) {}

  start(events: CaptureProgramEvents): ChildProcess {
    this.failed = undefined
    this.running = startCap(this.task, this.netns, (message) => {
      if (message.open !== undefined) events.ready()
      if (message.failed !== undefined) this.failed = message.failed
    })
    return this.running.child
  }

  explain(status: number | null, signal: NodeJS.Signals | null): LinkError {
    const { interfaceName, filter } = this.task
    if (this.failed !== undefined) return capOpenError(this.failed, interfaceName, this.netns, filter)
    return capEndError(interfaceName, this.running?.words() ?? '', status, signal)
  }
}
