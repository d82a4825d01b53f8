/** Threads that compress, shared by all archives that are sent: however many there are, so many threads work for them. */

import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { COMPRESS_THREAD } from './compress-thread.js'

/** More do not help a network. */
const MOST_THREADS = 4
/** Idle threads end after that, ms. */
const IDLE = 3000

const LIBRARIES = { bzip2: 'bzip2-wasm', zstd: '@bokuweb/zstd-wasm' } as const
type Library = keyof typeof LIBRARIES

interface Job {
  readonly bytes: Uint8Array
  settle: (result: Uint8Array | Error) => void
  isWanted: boolean
}

/** A piece that is being compressed. */
export interface Compressing {
  readonly result: Promise<Uint8Array>
  /** Nobody waits for it any more. */
  drop(): void
}

class ThreadPool {
  /** How many threads there are at most. */
  readonly size = Math.min(MOST_THREADS, availableParallelism())
  readonly #idle: Worker[] = []
  readonly #jobs: Job[] = []
  #working = 0
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly kind: Library) {}

  /** Compresses a piece, which is taken: whoever gives it has it no more. */
  compress(bytes: Uint8Array): Compressing {
    const job: Job = { bytes, settle: () => undefined, isWanted: true }
    const result = new Promise<Uint8Array>((resolve, reject) => {
      job.settle = (what) => (what instanceof Error ? reject(what) : resolve(what))
    })
    // Told to who waits for it.
    result.catch(() => undefined)
    this.#jobs.push(job)
    this.#next()
    const drop = (): void => {
      job.isWanted = false
    }
    return { result, drop }
  }

  #next(): void {
    while (this.#working < this.size) {
      const job = this.#jobs.shift()
      if (job === undefined) break
      if (job.isWanted) this.#start(job)
    }
    clearTimeout(this.#timer)
    if (this.#working === 0) this.#timer = setTimeout(() => this.#end(), IDLE).unref()
  }

  #start(job: Job): void {
    const worker = this.#idle.pop() ?? this.#newWorker()
    this.#working++
    const done = (result: Uint8Array | Error): void => {
      worker.off('message', done).off('error', done).off('exit', exited)
      this.#working--
      if (result instanceof Error) void worker.terminate()
      else {
        // An idle one does not keep the program running.
        worker.unref()
        this.#idle.push(worker)
      }
      job.settle(result)
      this.#next()
    }
    const exited = (): void => done(new Error('the thread that compresses has ended'))
    worker.ref()
    worker.once('message', done)
    worker.once('error', done)
    worker.once('exit', exited)
    worker.postMessage(job.bytes, [job.bytes.buffer as ArrayBuffer])
  }

  #newWorker(): Worker {
    // From the sources, the program and the library, the package is found as anything is that they import.
    const file = pathToFileURL(createRequire(import.meta.url).resolve(LIBRARIES[this.kind])).href
    const worker = new Worker(COMPRESS_THREAD, { eval: true, workerData: { kind: this.kind, file }, execArgv: [] })
    // Told to who waits for it; one that nobody waits for is replaced.
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      const at = this.#idle.indexOf(worker)
      if (at >= 0) this.#idle.splice(at, 1)
    })
    return worker
  }

  #end(): void {
    for (const worker of this.#idle.splice(0)) void worker.terminate()
  }
}

const pools = new Map<Library, ThreadPool>()

/** Threads for a way to compress. */
export function threads(kind: Library): ThreadPool {
  let pool = pools.get(kind)
  if (pool === undefined) {
    pool = new ThreadPool(kind)
    pools.set(kind, pool)
  }
  return pool
}
