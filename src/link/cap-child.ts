/**
 * What runs in the child process of a CapLink. The function is handed to `node -e` as text, so it must use nothing of this
 * module but its parameters.
 */

/** What the child is to do. */
export interface CapTask {
  /** Path of the package. */
  module: string
  /** Frames from the interface to standard output, or from standard input to the interface. */
  mode: 'capture' | 'send'
  interfaceName: string
  filter: string
  snaplen: number
  bufferSize: number
}

/** What the child tells, one message each. */
export interface CapMessage {
  /** cap is open: its name of the link type. */
  open?: string
  /** cap did not open: why. */
  failed?: string
  /** Frames that the kernel took since the last message. */
  sent?: number
  /** A frame that the kernel refused: why. The others of its batch were sent. */
  refused?: string
}

/** What is used of cap 0.2. */
interface Cap {
  open(device: string, filter: string, bufferSize: number, buffer: Uint8Array): string
  send(frame: Uint8Array, length: number): void
  on(event: 'packet', listener: (length: number, truncated: boolean) => void): void
}

export function capChild(require: NodeJS.Require, task: CapTask): void {
  const { writeSync } = require('node:fs') as typeof import('node:fs')
  const LONGEST = 65535
  const FLUSH_AT = 32768
  const RECORD_HEADER = 16
  const LINK_TYPES: Record<string, number> = {
    NULL: 0,
    ETHERNET: 1,
    RAW: 101,
    LINKTYPE_LINUX_SLL: 113,
    IEEE802_11_RADIO: 127,
  }
  const tell = (message: CapMessage, then?: () => void) => {
    // Nobody hears it: our parent is gone, and so are we soon.
    if (process.connected) process.send!(message, undefined, undefined, () => then?.())
    else then?.()
  }
  const { Cap } = require(task.module) as { Cap: new () => Cap }
  // Both stay referenced for as long as this process lives: cap writes to this memory, and crashes when an object whose
  // open() threw is collected.
  const buffer = Buffer.alloc(LONGEST + 1)
  const cap = new Cap()
  const held = globalThis as unknown as { held: unknown[] }
  held.held = [cap, buffer]
  let name: string
  try {
    name = cap.open(task.interfaceName, task.filter, task.bufferSize, buffer)
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
    return
  }

  const capture = () => {
    const out = Buffer.alloc(FLUSH_AT + RECORD_HEADER + LONGEST + 1)
    let filled = 0
    let scheduled = false
    // Waits for room in the pipe: frames then stay in the kernel. cap calls back until there are no more, without a turn
    // of the event loop, so this must not wait for one.
    const flush = () => {
      scheduled = false
      try {
        for (let from = 0; from < filled; ) from += writeSync(1, out, from, filled - from)
      } catch {
        process.exit(0) // nobody reads any more
      }
      filled = 0
    }
    const linkType = LINK_TYPES[name] ?? Number(/^Unknown linktype (\d+)$/.exec(name)?.[1] ?? 1)
    out.writeUInt32LE(0xa1b23c4d, 0) // pcap, times in nanoseconds
    out.writeUInt16LE(2, 4)
    out.writeUInt16LE(4, 6)
    out.writeUInt32LE(LONGEST, 16)
    out.writeUInt32LE(linkType, 20)
    filled = 24
    flush()
    cap.on('packet', (length) => {
      const time = performance.timeOrigin + performance.now()
      const seconds = Math.floor(time / 1000)
      const kept = Math.min(length, task.snaplen)
      out.writeUInt32LE(seconds, filled)
      out.writeUInt32LE(Math.min(999_999_999, Math.round((time - seconds * 1000) * 1e6)), filled + 4)
      out.writeUInt32LE(kept, filled + 8)
      out.writeUInt32LE(length, filled + 12)
      out.set(buffer.subarray(0, kept), filled + RECORD_HEADER)
      filled += RECORD_HEADER + kept
      if (filled >= FLUSH_AT) flush()
      else if (!scheduled) {
        scheduled = true
        setImmediate(flush)
      }
    })
    process.stdin.resume()
  }

  const send = () => {
    const pause = new Int32Array(new SharedArrayBuffer(4))
    const sendOne = (frame: Uint8Array) => {
      for (let attempt = 0; ; attempt++) {
        try {
          cap.send(frame, frame.length)
          return true
        } catch (error) {
          const words = error instanceof Error ? error.message : String(error)
          // The queue of the interface is full: it empties.
          if (attempt < 1000 && /no buffer space|temporarily unavailable/i.test(words)) {
            Atomics.wait(pause, 0, 0, 1)
            continue
          }
          tell({ refused: words })
          return false
        }
      }
    }
    // Frames, each after its length in 4 bytes.
    let left = Buffer.alloc(0)
    process.stdin.on('data', (chunk: Buffer) => {
      const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk])
      let position = 0
      let sent = 0
      while (bytes.length - position >= 4) {
        const length = bytes.readUInt32LE(position)
        if (bytes.length - position - 4 < length) break
        if (sendOne(bytes.subarray(position + 4, position + 4 + length))) sent++
        position += 4 + length
      }
      left = Buffer.from(bytes.subarray(position))
      if (sent > 0) tell({ sent })
    })
  }

  // It ends when the link closes it, and also when our parent is gone.
  process.stdin.on('end', () => tell({}, () => process.exit(0)))
  process.stdin.on('error', () => process.exit(0))
  if (task.mode === 'capture') capture()
  else send()
  tell({ open: name })
}
