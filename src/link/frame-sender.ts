import { LinkError } from './link.js'

/**
 * The lower half of `Link.send`: takes frames to the kernel. Frames were checked (not empty, not shorter than the link
 * header).
 */
export interface FrameSender {
  /**
   * Sends `frames[from]` and what follows; returns how many were taken, 0 when the queue is full. Throws what
   * `sendError` makes.
   */
  send(frames: readonly Uint8Array[], from: number): number
  /** As `Link.sendAside`. */
  sendAside?(frames: readonly Uint8Array[]): Promise<number> | undefined
  close(): void
}

/** The MTU that `fragment` takes when none is given. */
const FRAGMENT_DEFAULT = 1500

/** Where frames go, as far as error texts need it. */
export interface SendTarget {
  interfaceName: string
  interfaceIndex: number
  /** Bytes of payload that a frame may carry, asked when needed; undefined when the interface is not there any more. */
  mtu: () => number | undefined
  /** Bytes of the link header: 14 on Ethernet. */
  headerLength: number
  /** Network namespace; unset: ours. */
  netns?: string | undefined
}

/**
 * The error for a frame that the kernel refused with `errno`; `index` is the frame's place in what was given to
 * `Link.send`.
 */
export function sendError(target: SendTarget, errno: string, frame: Uint8Array, index: number): LinkError {
  const name = target.interfaceName
  const ip = target.netns === undefined ? 'ip' : `ip -n ${target.netns}`
  const details = { errno, sent: index }
  const length = frame.length
  const gone = new LinkError('NO_SUCH_INTERFACE', `${name} is gone: there is no such interface any more`, details)
  switch (errno) {
    case 'EMSGSIZE': {
      const mtu = target.mtu()
      const limit =
        mtu === undefined ? '' : ` (its MTU is ${mtu} bytes, ${mtu + target.headerLength} with the link header)`
      return new LinkError(
        'FRAME_TOO_LONG',
        `frame ${index} has ${length} bytes, more than ${name} takes${limit}: ` +
          `${fragmentAdvice(mtu)}, '${ip} link set ${name} mtu N' raises the MTU`,
        details,
      )
    }
    case 'ENETDOWN':
      // While an interface is being deleted it is down, too.
      if (target.mtu() === undefined) return gone
      return new LinkError('INTERFACE_DOWN', `${name} is down: sudo ${ip} link set ${name} up`, details)
    case 'ENXIO':
    case 'ENODEV':
      return gone
    case 'EPERM':
    case 'EACCES':
      return new LinkError(
        'NOT_PERMITTED',
        `sending on ${name} is not permitted (${errno}): a firewall rule of this machine forbids it`,
        details,
      )
    case 'EINVAL':
      return new LinkError(
        'BAD_FRAME',
        `${name} refuses frame ${index} of ${length} bytes: ` +
          `it must start with the link header (${target.headerLength} bytes)`,
        details,
      )
    default:
      return new LinkError('SYSTEM', `sending frame ${index} (${length} bytes) on ${name} failed: ${errno}`, details)
  }
}

/** What to do about a packet that is larger than the MTU: `fragment(packet, 1400) splits it`. */
export function fragmentAdvice(mtu: number | undefined): string {
  return `fragment(packet${mtu === undefined || mtu === FRAGMENT_DEFAULT ? '' : `, ${mtu}`}) splits it`
}

/** Throws a LinkError unless the frame can be a frame at all. */
export function checkFrame(target: SendTarget, frame: Uint8Array, index: number): void {
  if (!(frame instanceof Uint8Array)) {
    throw new LinkError(
      'BAD_FRAME',
      `frame ${index} for ${target.interfaceName} is no Uint8Array: build the packet with bytes()`,
      {
        sent: index,
      },
    )
  }
  if (frame.length < target.headerLength || frame.length === 0) {
    const what = frame.length === 0 ? 'is empty' : `has ${frame.length} bytes, less than its link header`
    throw new LinkError(
      'BAD_FRAME',
      `frame ${index} for ${target.interfaceName} ${what}: ` +
        `it must start with the link header (${target.headerLength} bytes)`,
      { sent: index },
    )
  }
}
