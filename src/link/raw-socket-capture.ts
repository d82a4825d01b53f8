import { errnoOfWords } from './error-words.js'
import type { FrameFilter } from './filter.js'
import { InterfaceWatch } from './interface-watch.js'
import { type Capture, type CaptureBatch, LinkError, type LinkStats } from './link.js'
import { LINKTYPE_RAW } from './link-types.js'
import { MemoryCapture } from './memory-capture.js'
import { inNamespace } from './namespace.js'
import { type RawSocket, receivingSocket } from './raw-socket-library.js'

/** ICMP, IGMP, IP in IP, TCP, UDP, GRE, ESP, AH, OSPF, VRRP, SCTP: a raw socket gives one protocol. */
const PROTOCOLS = [1, 2, 4, 6, 17, 47, 50, 51, 89, 112, 132]

/** What a capture tells its link. */
export interface RawSocketCaptureOwner {
  interfaceName: string
  netns: string | undefined
  sent: () => number
  ended: (capture: RawSocketCapture) => void
}

export interface RawSocketCaptureSettings {
  matches: FrameFilter
  snaplen: number
  bufferSize: number
  onWarning: (warning: LinkError) => void
}

/** Captures that run. A Socket that nobody refers to is collected and goes deaf. */
const running = new Set<RawSocketCapture>()

/** Received IPv4 packets of the usual protocols, as raw sockets give them. */
export class RawSocketCapture implements Capture {
  readonly linkType = LINKTYPE_RAW
  private readonly sockets: RawSocket[] = []
  private readonly packets: MemoryCapture
  private readonly watch: InterfaceWatch
  private isDown = false
  private isStopped = false

  constructor(
    private readonly owner: RawSocketCaptureOwner,
    private readonly settings: RawSocketCaptureSettings,
    onBatch: (batch: CaptureBatch) => void,
    private readonly onError: (error: Error) => void,
  ) {
    const { interfaceName, netns } = owner
    this.watch = new InterfaceWatch(interfaceName, { netns })
    const memory = { name: interfaceName, linkType: LINKTYPE_RAW, sent: owner.sent, ended: () => this.stop() }
    this.packets = new MemoryCapture(memory, settings, onBatch, onError)
    running.add(this)
    try {
      inNamespace(netns, () => {
        for (const protocol of PROTOCOLS) this.open(protocol)
      })
    } catch (error) {
      this.stop()
      throw error
    }
    this.watch.start((state) => this.look(state))
  }

  get stopped(): boolean {
    return this.isStopped
  }

  stats(): LinkStats {
    return { ...this.packets.stats(), backend: 'raw-socket', dropsUnknown: true }
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.watch.stop()
    for (const socket of this.sockets) socket.close()
    this.packets.stop()
    running.delete(this)
    this.owner.ended(this)
  }

  private open(protocol: number): void {
    const socket = receivingSocket(this.owner.interfaceName, protocol, this.settings.bufferSize)
    this.sockets.push(socket)
    socket.on('message', (message) => {
      // All messages share one memory, which the next one overwrites.
      if (!this.isStopped) this.packets.accept(Uint8Array.from(message))
    })
    socket.on('error', (error) => this.onSocketError(error))
  }

  private onSocketError(error: Error): void {
    if (this.isStopped) return
    const errno = errnoOfWords(error.message)
    // An outage is what the watch tells of; the socket works again after it. EAGAIN: another one took the packet.
    if (errno === 'ENETDOWN' || errno === 'EAGAIN') return
    const { interfaceName } = this.owner
    this.fail(
      new LinkError(
        'SYSTEM',
        `the capture on ${interfaceName} broke off: ${error.message}`,
        errno === undefined ? { cause: error } : { errno, cause: error },
      ),
    )
  }

  private look(state: 'up' | 'down' | 'gone'): void {
    const { interfaceName } = this.owner
    if (state === 'gone') {
      this.fail(new LinkError('NO_SUCH_INTERFACE', `${interfaceName} is gone; the capture ended`))
    } else if (state === 'down' && !this.isDown) {
      const text = `${interfaceName} went down; the capture goes on when it is up again`
      this.settings.onWarning(new LinkError('INTERFACE_DOWN', text, { errno: 'ENETDOWN' }))
    }
    this.isDown = state === 'down'
  }

  private fail(error: Error): void {
    if (this.isStopped) return
    this.stop()
    this.onError(error)
  }
}
