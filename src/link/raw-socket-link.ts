import { formatAddress } from './address-bytes.js'
import { BackendLink } from './backend-link.js'
import { runBpf } from './bpf.js'
import { errnoOfWords } from './error-words.js'
import { checkFrame, type SendTarget, sendError } from './frame-sender.js'
import { type Capture, type CaptureBatch, type CaptureOptions, LinkError } from './link.js'
import { LINKTYPE_RAW } from './link-types.js'
import { inNamespace, type NamespaceOptions } from './namespace.js'
import { handleOptions } from './pcap-handle.js'
import { notPermitted } from './permissions.js'
import { RawSocketCapture } from './raw-socket-capture.js'
import { FAMILY_IPV4, FAMILY_IPV6, type RawSocket, rawSocketLibrary, sendingSocket } from './raw-socket-library.js'
import { compileAnywhere } from './tcpdump-filter.js'

/** Links that are open. A Socket that nobody refers to is collected. */
const open = new Set<RawSocketLink>()

/**
 * A link through the npm package `raw-socket` 1.8: IP packets without link header (LINKTYPE 101). It sends IPv4 and IPv6, and
 * receives IPv4 of the usual protocols that is for this machine; not what it sends itself, no ARP, no IPv6 (the kernel gives
 * that without its header). The kernel fills in total length, header checksum, and an id of 0 of what is sent.
 */
export class RawSocketLink extends BackendLink {
  readonly backend = 'raw-socket'
  private readonly target: SendTarget
  private readonly sockets = new Map<number, RawSocket>()

  /** Throws a LinkError when raw-socket or the interface is not there, or rights are missing. */
  constructor(interfaceName: string, options: NamespaceOptions = {}) {
    super(interfaceName, options, () => LINKTYPE_RAW)
    rawSocketLibrary()
    this.target = {
      interfaceName: this.name,
      interfaceIndex: 0,
      mtu: () => this.find()?.mtu,
      headerLength: 0,
      netns: this.netns,
    }
    this.socketFor(FAMILY_IPV4)
    open.add(this)
  }

  send(frames: readonly Uint8Array[]): number {
    this.requireOpen()
    for (let i = 0; i < frames.length; i++) if (!this.sendOne(frames[i]!, i)) return i
    return frames.length
  }

  capture(options: CaptureOptions, onBatch: (batch: CaptureBatch) => void, onError: (error: Error) => void): Capture {
    this.requireOpen()
    const { mtu } = this.requireUp()
    const { filter, snaplen, bufferSize } = handleOptions({ snaplen: 65535, ...options }, mtu)
    const settings = {
      matches: matcher(filter, snaplen),
      snaplen,
      bufferSize,
      onWarning: options.onWarning ?? (() => undefined),
    }
    const owner = {
      interfaceName: this.name,
      netns: this.netns,
      sent: () => this.sent,
      ended: (ended: Capture) => this.forget(ended),
    }
    const capture = this.translated(() => new RawSocketCapture(owner, settings, onBatch, onError))
    this.keep(capture)
    return capture
  }

  protected override get unknown(): { dropsUnknown?: true } {
    return { dropsUnknown: true }
  }

  protected release(): void {
    for (const socket of this.sockets.values()) socket.close()
    this.sockets.clear()
    open.delete(this)
  }

  /** False when the queue is full. */
  private sendOne(frame: Uint8Array, index: number): boolean {
    checkFrame(this.target, frame, index)
    const destination = destinationOf(frame)
    if (destination === undefined) {
      throw new LinkError(
        'BAD_FRAME',
        `packet ${index} for ${this.name} is neither IPv4 nor IPv6 with its whole header: the backend raw-socket ` +
          'takes IP packets only, without link header',
        { sent: index },
      )
    }
    const { family, address } = destination
    try {
      this.socketFor(family).wrap.send(Buffer.from(frame), 0, frame.length, address, () => undefined)
    } catch (error) {
      if (error instanceof LinkError) throw error
      const words = error instanceof Error ? error.message : String(error)
      const errno = errnoOfWords(words) ?? words
      if (errno === 'EAGAIN' || errno === 'ENOBUFS') return false
      throw sendError(this.target, errno, frame, index)
    }
    this.sent++
    return true
  }

  /** The socket of a family, opened when first used. It is ours alone and closed by `release`, after which nothing sends. */
  private socketFor(family: number): RawSocket {
    const known = this.sockets.get(family)
    if (known !== undefined) return known
    const socket = this.translated(() => inNamespace(this.netns, () => sendingSocket(this.name, family)))
    // Without a listener an error would end the program. What it says comes out at the next send.
    socket.on('error', () => undefined)
    this.sockets.set(family, socket)
    return socket
  }

  /** raw-socket's errors have the system's words only. */
  private translated<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (error instanceof LinkError) throw error
      const words = error instanceof Error ? error.message : String(error)
      const errno = errnoOfWords(words)
      if (errno === 'EPERM' || errno === 'EACCES') throw notPermitted(this.name)
      const details = errno === undefined ? { cause: error } : { errno, cause: error }
      throw new LinkError('SYSTEM', `the system gives no raw socket for ${this.name}: ${words}`, details)
    }
  }
}

function matcher(filter: string, snaplen: number) {
  if (filter.trim() === '') return () => true
  const program = compileAnywhere(filter, LINKTYPE_RAW, snaplen)
  if (program === undefined) {
    throw new LinkError(
      'LIBRARY_MISSING',
      'filters need libpcap or tcpdump, and neither works here: sudo apt-get install tcpdump',
    )
  }
  return (packet: Uint8Array) => runBpf(program, packet, packet.length, 0, packet.length) !== 0
}

function destinationOf(packet: Uint8Array): { family: number; address: string } | undefined {
  const version = packet[0]! >> 4
  if (version === 4 && packet.length >= 20)
    return { family: FAMILY_IPV4, address: formatAddress(packet.subarray(16, 20))! }
  if (version === 6 && packet.length >= 40)
    return { family: FAMILY_IPV6, address: formatAddress(packet.subarray(24, 40))! }
  return undefined
}
