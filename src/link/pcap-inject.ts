import { lastErrno, type Pointer } from './foreign.js'
import { type FrameSender, type SendTarget, sendError } from './frame-sender.js'
import { closePcapHandle, handleOptions, openPcapHandle } from './pcap-handle.js'
import { pcapLibrary } from './pcap-library.js'

/**
 * Sends through `pcap_inject`, one call for each frame: for systems without AF_PACKET, or whose structures are not
 * known here.
 */
export class PcapInjectSender implements FrameSender {
  private readonly target: SendTarget
  private readonly pcap = pcapLibrary()
  private handle: Pointer

  constructor(target: SendTarget) {
    this.target = target
    // The handle is for sending: a filter that matches nothing keeps its buffer empty.
    const options = handleOptions({ snaplen: 64, bufferSize: 65536, filter: 'less 0' })
    this.handle = openPcapHandle(target.interfaceName, options).handle
  }

  send(frames: readonly Uint8Array[], from: number): number {
    for (let i = from; i < frames.length; i++) {
      const frame = frames[i]!
      if (this.pcap.inject(this.handle, frame, frame.length) >= 0) continue
      const errno = lastErrno()
      if (errno === 'EAGAIN' || errno === 'ENOBUFS') return i - from
      throw sendError(this.target, errno, frame, i)
    }
    return frames.length - from
  }

  close(): void {
    if (this.handle) closePcapHandle(this.handle)
    this.handle = null
  }
}
