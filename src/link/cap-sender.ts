import type { CapMessage, CapTask } from './cap-child.js'
import { type CapProcess, capEndError, capOpenError, startCap } from './cap-process.js'
import { errnoOfWords } from './error-words.js'
import { type SendTarget, sendError } from './frame-sender.js'
import { LinkError } from './link.js'
import { release } from './process-capture.js'

/** Bytes that may wait for the child; `send` takes no more frames then. */
const MOST_WAITING = 4 << 20
const RING = 262144
/** How long the child may take to send the rest when the link is closed, ms. */
const PATIENCE = 2000
const EMPTY = new Uint8Array(0)

/**
 * Sends through cap in a child process. Frames are handed over; what the kernel says to them comes later, so an error is
 * thrown by the next call.
 */
export class CapSender {
  private running: CapProcess | undefined
  private failure: LinkError | undefined
  /** Frames handed over that the child has not told of. */
  private pending = 0

  /** `sent` is told how many frames more the kernel took. */
  constructor(
    private readonly target: SendTarget,
    private readonly module: string,
    private readonly sent: (count: number) => void,
  ) {}

  /** Hands frames over, as many as find room; returns how many. Throws the error of an earlier call, if there is one. */
  send(frames: readonly Uint8Array[]): number {
    this.throwFailure()
    this.running ??= this.start()
    const { stdin } = this.running.child
    // Without descriptors to spare there is no pipe; 'error' tells in a moment.
    if (stdin === null || stdin === undefined) return 0
    const parts: Uint8Array[] = []
    let room = MOST_WAITING - stdin.writableLength
    let taken = 0
    while (taken < frames.length && room > 0) {
      const frame = frames[taken]!
      const length = Buffer.alloc(4)
      length.writeUInt32LE(frame.length)
      parts.push(length, frame)
      room -= frame.length + 4
      taken++
    }
    if (taken > 0) stdin.write(Buffer.concat(parts))
    this.pending += taken
    return taken
  }

  /** The child sends what it was handed, then it ends. */
  close(): void {
    const { running } = this
    if (running === undefined) return
    this.running = undefined
    running.child.stdin?.end()
    const timer = setTimeout(() => running.child.kill('SIGKILL'), PATIENCE)
    timer.unref()
    running.child.once('close', () => clearTimeout(timer))
  }

  private start(): CapProcess {
    const { interfaceName, netns } = this.target
    const task: CapTask = {
      module: this.module,
      mode: 'send',
      interfaceName,
      // It is for sending: a filter that matches nothing keeps its buffer empty.
      filter: 'less 0',
      snaplen: 64,
      bufferSize: RING,
    }
    let failed: string | undefined
    const running = startCap(task, netns, (message) => {
      failed ??= message.failed
      this.hear(message)
    })
    running.child.on('close', (status, signal) => {
      if (this.running !== running) return
      this.running = undefined
      if (failed !== undefined) this.failure = capOpenError(failed, interfaceName, netns, '')
      // Else nothing is lost with it, and the next frame starts another.
      else if (this.pending > 0) this.failure = this.lost(capEndError(interfaceName, running.words(), status, signal))
      this.pending = 0
    })
    running.child.on('error', (cause) => {
      if (this.running !== running || running.child.pid !== undefined) return
      this.running = undefined
      this.failure = new LinkError('SYSTEM', `nothing can be sent on ${interfaceName}: ${cause.message}`, {
        cause,
        sent: 0,
      })
    })
    release(running.child)
    return running
  }

  private lost({ code, message, errno }: LinkError): LinkError {
    const frames = this.pending === 1 ? 'a frame' : `${this.pending} frames`
    return new LinkError(
      code,
      `${frames} sent on ${this.target.interfaceName} before may be lost: ${message}`,
      errno === undefined ? { sent: 0 } : { errno, sent: 0 },
    )
  }

  private hear({ sent = 0, refused }: CapMessage): void {
    this.pending -= sent
    this.sent(sent)
    if (refused === undefined) return
    this.pending--
    this.failure ??= sendError(this.target, errnoOfWords(refused) ?? refused, EMPTY, 0)
  }

  private throwFailure(): void {
    const { failure } = this
    this.failure = undefined
    if (failure !== undefined) throw failure
  }
}
