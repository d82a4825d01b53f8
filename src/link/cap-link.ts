import { BackendLink } from './backend-link.js'
import type { CapTask } from './cap-child.js'
import { CapProgram } from './cap-program.js'
import { CapSender } from './cap-sender.js'
import { checkFrame, type SendTarget, sendError } from './frame-sender.js'
import { type Capture, type CaptureBatch, type CaptureOptions, LinkError } from './link.js'
import { LINKTYPE_LINUX_SLL } from './link-types.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { findPackage, requirePackage } from './optional-package.js'
import { handleOptions } from './pcap-handle.js'
import { requireCapture } from './permissions.js'
import { ProcessCapture } from './process-capture.js'
import { compileAnywhere } from './tcpdump-filter.js'

/** Each frame takes 65 616 bytes of the kernel's buffer, whatever the snap length: a smaller one holds next to none. */
const RING = 100 << 20
/** Bytes of a VLAN tag, which the MTU does not count. */
const VLAN_TAG = 4

/**
 * A link through the npm package `cap` 0.2, in child processes: one for each capture and one for sending. cap crashes where
 * an interface goes down, where it is used before open() or after close(), and where memory that it uses is collected; so
 * each child uses one object once, holds its memory, and may die. What is lost against libpcap through koffi: speed (it loses
 * frames from some 100 000 a second on), counters of lost frames, the kernel's times (ours at arrival stand in), lengths
 * beyond 65 535 bytes, and errors of sending come with the next call. Captures are always promiscuous.
 */
export class CapLink extends BackendLink {
  readonly backend = 'cap'
  private readonly target: SendTarget
  private readonly sender: CapSender
  private readonly module: string

  /** Throws a LinkError when cap or the interface is not there, or rights are missing. */
  constructor(interfaceName: string, options: NamespaceOptions = {}) {
    super(interfaceName, options, (found) => (found.name === 'any' ? LINKTYPE_LINUX_SLL : undefined))
    this.module = requireCap()
    inNamespace(this.netns, () => requireCapture(this.name))
    this.target = {
      interfaceName: this.name,
      interfaceIndex: 0,
      mtu: () => this.find()?.mtu,
      headerLength: this.linkType === 1 ? 14 : 0,
      netns: this.netns,
    }
    this.sender = new CapSender(this.target, this.module, (count) => {
      this.sent += count
    })
  }

  /** As `Link.send`, but the frames are handed to another process: a refusal by the kernel is thrown by the next call. */
  send(frames: readonly Uint8Array[]): number {
    this.requireOpen()
    if (this.name === 'any')
      throw new LinkError('CAPTURE_ONLY', `'any' is for capturing only: to send, name an interface`)
    if (this.isLoopback)
      throw new LinkError(
        'CAPTURE_ONLY',
        `the backend cap can not send on ${this.name}: the kernel drops frames put there; koffi can ` +
          `('npm install koffi' in netshell's folder)`,
      )
    const { mtu } = this.requireUp()
    let good = 0
    try {
      for (; good < frames.length; good++) this.check(frames[good]!, good, mtu)
    } catch (error) {
      const taken = good === 0 ? 0 : this.sender.send(frames.slice(0, good))
      if (taken < good) return taken
      throw error
    }
    return good === 0 ? 0 : this.sender.send(frames)
  }

  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture {
    this.requireOpen()
    const { mtu } = this.requireUp()
    const { filter, snaplen, bufferSize } = handleOptions(options, mtu)
    if (filter.trim() !== '') compileAnywhere(filter, this.linkType, snaplen)
    const task: CapTask = {
      module: this.module,
      mode: 'capture',
      interfaceName: this.name,
      filter,
      snaplen,
      bufferSize: Math.max(bufferSize, RING),
    }
    const owner = {
      interfaceName: this.name,
      netns: this.netns,
      linkType: this.linkType,
      snaplen,
      backend: this.backend,
      sent: () => this.sent,
      ended: (ended: Capture) => this.forget(ended),
    }
    const onWarning = options.onWarning ?? (() => undefined)
    const capture = new ProcessCapture(owner, new CapProgram(task, this.netns), { onBatch, onError, onWarning })
    this.keep(capture)
    return capture
  }

  protected override get unknown(): { dropsUnknown?: true } {
    return { dropsUnknown: true }
  }

  protected release(): void {
    this.sender.close()
  }

  private check(frame: Uint8Array, index: number, mtu: number): void {
    checkFrame(this.target, frame, index)
    const tag = frame[12] === 0x81 && frame[13] === 0 ? VLAN_TAG : 0
    if (frame.length > mtu + this.target.headerLength + tag) throw sendError(this.target, 'EMSGSIZE', frame, index)
  }
}

/** Path of cap, after it has been seen to load; in a worker, where it never does, after it has been seen to be there. */
function requireCap(): string {
  const { isMainThread } = process.getBuiltinModule('node:worker_threads')
  if (isMainThread || findPackage('cap') === undefined) requirePackage('cap')
  return findPackage('cap')!
}
