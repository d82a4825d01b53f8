/** inotify of Linux (inotify(7)), reached through koffi: Node's fs.watch hides the second name of a move. */

import { Socket } from 'node:net'
import { endianness } from 'node:os'
import { type ForeignInterface, foreignInterface, hasForeignInterface, lastErrno } from '../../link/foreign.js'
import type { EventSource, RawEvent, RawKind } from './event-source.js'
import { bufferOf } from './file-names.js'

// sys/inotify.h
const IN_NONBLOCK = 0o4000
const IN_CLOEXEC = 0o2000000
const IN_MODIFY = 0x2
const IN_ATTRIB = 0x4
const IN_MOVED_FROM = 0x40
const IN_MOVED_TO = 0x80
const IN_CREATE = 0x100
const IN_DELETE = 0x200
const IN_DELETE_SELF = 0x400
const IN_MOVE_SELF = 0x800
const IN_UNMOUNT = 0x2000
const IN_Q_OVERFLOW = 0x4000
const IN_IGNORED = 0x8000
const IN_ONLYDIR = 0x1000000
const IN_DONT_FOLLOW = 0x2000000
const IN_EXCL_UNLINK = 0x4000000
const IN_ISDIR = 0x40000000

const KINDS: readonly (readonly [number, RawKind])[] = [
  [IN_Q_OVERFLOW, 'overflow'],
  [IN_CREATE, 'create'],
  [IN_DELETE, 'delete'],
  [IN_MODIFY, 'modify'],
  [IN_MOVED_FROM, 'from'],
  [IN_MOVED_TO, 'to'],
  [IN_IGNORED, 'forgotten'],
  [IN_UNMOUNT, 'unmounted'],
  [IN_MOVE_SELF, 'self-moved'],
  [IN_DELETE_SELF, 'self-gone'],
  // A folder that is deleted while some program is in it has no name any more, but is not gone yet.
  [IN_ATTRIB, 'self-gone'],
]

const ENTRIES = IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK
const OF_FOLDER = ENTRIES | IN_DONT_FOLLOW
const OF_ROOT = ENTRIES | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB

/** struct inotify_event without the name: wd, mask, cookie, len. */
const HEADER = 16
/** How often it is read where it cannot be waited for, ms. */
const INTERVAL = 20
const READ_SIZE = 1 << 16

interface Calls {
  init(flags: number): number
  add(descriptor: number, path: Uint8Array, mask: number): number
  remove(descriptor: number, watch: number): number
  read(descriptor: number, buffer: Uint8Array, size: number): number
  close(descriptor: number): number
}

let loaded: Calls | undefined

function calls(): Calls {
  loaded ??= load(foreignInterface())
  return loaded
}

function load(koffi: ForeignInterface): Calls {
  // Of the program itself: Node is linked with the C library.
  const library = koffi.load(null)
  return {
    init: library.func('inotify_init1', 'int', ['int']),
    add: library.func('inotify_add_watch', 'int', ['int', 'void *', 'uint32_t']),
    remove: library.func('inotify_rm_watch', 'int', ['int', 'int']),
    read: library.func('read', 'intptr_t', ['int', 'void *', 'size_t']),
    close: library.func('close', 'int', ['int']),
  }
}

/** Whether it can be used here. */
export function hasInotify(): boolean {
  return process.platform === 'linux' && endianness() === 'LE' && hasForeignInterface()
}

/** An instance of inotify. */
export class Inotify implements EventSource {
  readonly pairsMoves = true
  readonly #descriptor: number
  readonly #reader: Reader

  constructor(
    private readonly take: (events: RawEvent[]) => void,
    failed: (error: Error) => void,
  ) {
    this.#descriptor = calls().init(IN_NONBLOCK | IN_CLOEXEC)
    if (this.#descriptor < 0) throw systemError()
    const took = (chunk: Buffer): void => this.take(parse(chunk))
    this.#reader = waitingReader(this.#descriptor, took, failed) ?? new PollingReader(this.#descriptor, took, failed)
  }

  add(path: string, isRoot: boolean): number {
    const watch = calls().add(this.#descriptor, bufferOf(`${path}\0`), isRoot ? OF_ROOT : OF_FOLDER)
    if (watch < 0) throw systemError()
    return watch
  }

  remove(watch: number): void {
    // It may be gone with its folder.
    calls().remove(this.#descriptor, watch)
  }

  pause(): void {
    this.#reader.pause()
  }

  resume(): void {
    this.#reader.resume()
  }

  close(): void {
    this.#reader.close()
  }
}

/** Reads what there is, without waiting for it; closing it closes the descriptor. */
interface Reader {
  pause(): void
  resume(): void
  close(): void
}

/**
 * Waits as Node waits for its sockets: costs nothing while nothing happens, and takes no thread of its pool. Node lets a program make a stream of
 * sockets and pipes only; the handle behind a pipe takes any descriptor that can be read (`uv_pipe_open`). Undefined where Node
 * has no such handle any more (https://nodejs.org/api/deprecations.html#DEP0111).
 */
function waitingReader(
  descriptor: number,
  took: (chunk: Buffer) => void,
  failed: (error: Error) => void,
): Reader | undefined {
  const handle = pipeHandle()
  if (handle === undefined || handle.open(descriptor) !== 0) return undefined
  const socket = new Socket({ handle, readable: true, writable: false } as object)
  socket.on('data', took).on('error', failed)
  return { pause: () => void socket.pause(), resume: () => void socket.resume(), close: () => void socket.destroy() }
}

interface PipeHandle {
  open(descriptor: number): number
}

function pipeHandle(): PipeHandle | undefined {
  try {
    const { binding } = process as unknown as {
      binding(name: string): { Pipe: new (kind: number) => PipeHandle; constants: { SOCKET: number } }
    }
    const { Pipe, constants } = binding.call(process, 'pipe_wrap')
    return new Pipe(constants.SOCKET)
  } catch {
    return undefined
  }
}

/** Asks every now and then. */
export class PollingReader implements Reader {
  readonly #buffer = Buffer.alloc(READ_SIZE)
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly descriptor: number,
    private readonly took: (chunk: Buffer) => void,
    private readonly failed: (error: Error) => void,
  ) {
    this.resume()
  }

  pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  resume(): void {
    this.#timer ??= setInterval(() => this.#read(), INTERVAL)
  }

  close(): void {
    this.pause()
    calls().close(this.descriptor)
  }

  #read(): void {
    while (this.#timer !== undefined) {
      const length = calls().read(this.descriptor, this.#buffer, READ_SIZE)
      if (length > 0) this.took(this.#buffer.subarray(0, length))
      else {
        const code = lastErrno()
        if (length < 0 && code !== 'EAGAIN' && code !== 'EWOULDBLOCK' && code !== 'EINTR') this.failed(systemError())
        return
      }
    }
  }
}

/** The events of one read; the kernel gives whole ones only. */
export function parse(chunk: Buffer): RawEvent[] {
  const read = performance.now()
  const events: RawEvent[] = []
  for (let at = 0; at + HEADER <= chunk.length; ) {
    const mask = chunk.readUInt32LE(at + 4)
    const length = chunk.readUInt32LE(at + 12)
    const kind = KINDS.find(([bit]) => (mask & bit) !== 0)?.[1]
    const name = nameAt(chunk, at + HEADER, length)
    // The root's own name was not asked for, and entries have no self.
    if (kind !== undefined && !(kind === 'self-gone' && name !== ''))
      events.push({
        kind,
        watch: chunk.readInt32LE(at),
        cookie: chunk.readUInt32LE(at + 8),
        name,
        isFolder: (mask & IN_ISDIR) !== 0,
        read,
      })
    at += HEADER + length
  }
  return events
}

/** Filled up with zeros. */
function nameAt(chunk: Buffer, start: number, length: number): string {
  const end = chunk.indexOf(0, start)
  return chunk.toString('latin1', start, end < 0 ? start + length : Math.min(end, start + length))
}

function systemError(): Error {
  const code = lastErrno()
  return Object.assign(new Error(code), { code })
}
