import { BackendLink } from './backend-link.js'
import { type Capture, type CaptureBatch, type CaptureOptions, LinkError } from './link.js'
import type { NamespaceOptions } from './namespace.js'
import { handleOptions } from './pcap-handle.js'
import { ProcessCapture } from './process-capture.js'
import { compileAnywhere } from './tcpdump-filter.js'
import { requireTcpdump, TcpdumpProgram } from './tcpdump-program.js'

/** Kernel buffer where frames are kept whole: each takes a slot of the snap length. */
const BUFFER = 64 << 20
/** Of 60 bytes libpcap 1.10.3 gives 58 in immediate mode, of multiples of this all: the rest is cut here. */
const SNAPLEN_STEP = 16

/**
 * A link that only listens, through a pipe from tcpdump: for where neither koffi nor cap can be had. What is wrong with
 * rights shows a moment after the start, in `ready` and `onError`.
 */
export class TcpdumpLink extends BackendLink {
  readonly backend = 'tcpdump'

  /** Throws a LinkError when tcpdump or the interface is not there. */
  constructor(interfaceName: string, options: NamespaceOptions = {}) {
    super(interfaceName, options)
    requireTcpdump()
  }

  send(): never {
    this.requireOpen()
    throw new LinkError(
      'CAPTURE_ONLY',
      `the backend of ${this.name} is tcpdump, which only listens: ` +
        `to send, install koffi ('npm install koffi' in netshell's folder) and libpcap (sudo apt-get install libpcap0.8)`,
    )
  }

  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture {
    this.requireOpen()
    const { mtu } = this.requireUp()
    const complete = handleOptions({ ...options, bufferSize: options.bufferSize ?? BUFFER }, mtu)
    if (complete.filter.trim() !== '') compileAnywhere(complete.filter, this.linkType, complete.snaplen)
    const owner = {
      interfaceName: this.name,
      netns: this.netns,
      linkType: this.linkType,
      snaplen: complete.snaplen,
      backend: this.backend,
      sent: () => 0,
      ended: (ended: Capture) => this.forget(ended),
    }
    const asked = { ...complete, snaplen: Math.ceil(complete.snaplen / SNAPLEN_STEP) * SNAPLEN_STEP }
    const program = new TcpdumpProgram(this.name, this.netns, asked)
    const onWarning = options.onWarning ?? (() => undefined)
    const capture = new ProcessCapture(owner, program, { onBatch, onError, onWarning })
    this.keep(capture)
    return capture
  }

  protected release(): void {
    // Nothing is held but captures.
  }
}
