/** Files of another machine, over SFTP. */
import { promises as fs } from 'node:fs'
import path from 'node:path'
import type { FileEntryWithStats } from 'ssh2'
import { Interrupted, OptionError, stopSignal, Task, type TaskControl } from '../../exchange/index.js'
import { atHome, fullPath } from '../../exchange/invoking-user.js'
import { reasonOf } from '../../exchange/user-files.js'
import { checkTable, FLAG, type OptionTable, positive } from '../../tools/option-kinds.js'
import { SessionError } from '../face/session-error.js'
import { copyFolderHere, copyFolderThere, fileHere, fileThere, type Transfer } from './copy-folder.js'
import { fileOf, type RemoteFile, RemoteFileList } from './remote-file.js'
import { SftpCalls } from './sftp-calls.js'
import type { SshSession } from './ssh-session.js'
import { TransferResult } from './transfer-result.js'

/** Options of `get` and `put`. */
export interface TransferOptions {
  /** A folder with all that is in it. Links in it are left out. Default false. */
  recursive?: boolean
}

/** Options of `read`. */
export interface ReadOptions {
  /** Bytes; more is an error. Default 64 MiB. */
  limit?: number
}

const TRANSFER: OptionTable<TransferOptions> = { recursive: FLAG }
const READ: OptionTable<ReadOptions> = { limit: positive('bytes') }
const LIMIT = 64 << 20
const PIECE = 32 << 10

/** `session.sftp`. Paths that do not begin with `/` are below one's home folder there; `~/` may stand before them. */
export class RemoteFiles {
  #calls: { client: unknown; calls: Promise<SftpCalls> } | undefined

  constructor(private readonly session: SshSession) {}

  /**
   * Copies a file of the other machine here. It has its name only when it is complete.
   * @param local a file, or a folder that is there; unset: the same name in the current folder
   */
  get(remote: string, local?: string, options: TransferOptions = {}): Task<TransferResult> {
    const from = remotePath('get', remote)
    checkTable('get', options, TRANSFER)
    return this.#task('get', async (control, calls) => {
      const stats = fileOf(from, await calls.stat(from))
      const to = await localTarget(local, path.posix.basename(from))
      return this.#transfer(control, calls, from, to, async (transfer) => {
        if (stats.type === 'folder') {
          if (options.recursive !== true)
            throw this.#problem(from, 'that is a folder; recursive: true copies all of it', 'EISDIR')
          await copyFolderHere(transfer, from, to)
        } else await fileHere(transfer, from, to, stats)
      })
    })
  }

  /**
   * Copies a file of this machine to the other one.
   * @param remote a file, or a folder that is there; unset: the same name in one's home folder there
   */
  put(local: string, remote?: string, options: TransferOptions = {}): Task<TransferResult> {
    checkTable('put', options, TRANSFER)
    const from = fullPath(localPath('put', local))
    const given = remote === undefined ? '.' : remotePath('put', remote)
    return this.#task('put', async (control, calls) => {
      const stats = await fs.stat(from).catch((error) => {
        throw this.#localProblem(from, error)
      })
      const isFolder = await calls.stat(given).then(
        ({ mode }) => (mode & 0o170000) === 0o040000,
        () => given.endsWith('/'),
      )
      const to = isFolder ? path.posix.join(given, path.basename(from)) : given
      return this.#transfer(control, calls, from, to, async (transfer) => {
        if (stats.isDirectory()) {
          if (options.recursive !== true)
            throw this.#problem(from, 'that is a folder; recursive: true copies all of it', 'EISDIR')
          await copyFolderThere(transfer, from, to)
        } else await fileThere(transfer, from, to, stats)
      })
    })
  }

  /** What is in a folder; unset: one's home folder. */
  list(folder = '.'): Task<RemoteFileList> {
    const place = remotePath('list', folder)
    return this.#task('list', async (_control, calls) => {
      const entries = await calls.call<FileEntryWithStats[]>(place, (sftp, done) => sftp.readdir(place, done))
      const list = new RemoteFileList()
      for (const { filename, attrs } of entries) list.push(fileOf(filename, attrs))
      return list.sort((a, b) => (a.name < b.name ? -1 : 1))
    })
  }

  /** The text of a file. */
  read(file: string, options: ReadOptions = {}): Task<string> {
    return this.#bytes('read', file, options, (bytes) => bytes.toString('utf8'))
  }

  /** The bytes of a file. */
  readBytes(file: string, options: ReadOptions = {}): Task<Uint8Array> {
    return this.#bytes('readBytes', file, options, (bytes) => bytes)
  }

  /** Writes a file, whole or not at all; with `append` behind what is there. */
  write(file: string, content: string | Uint8Array, { append = false }: { append?: boolean } = {}): Task<void> {
    const place = remotePath('write', file)
    if (typeof content !== 'string' && !(content instanceof Uint8Array))
      throw new OptionError('write: the content is a text or bytes')
    const bytes = Buffer.from(content as string)
    return this.#task('write', async ({ signal }, calls) => {
      const { temporaryName } = await import('./copy-file.js')
      const mode = await calls.stat(place).then(
        (stats) => stats.mode & 0o777,
        () => 0o644,
      )
      const to = append ? place : temporaryName(place)
      const handle = await calls.open(to, append ? 'a' : 'wx', mode)
      try {
        // Some servers take the position of what is appended as it is.
        const start = append ? (await calls.stat(to)).size : 0
        for (let at = 0; at < bytes.length && !signal.aborted; at += PIECE) {
          const piece = bytes.subarray(at, at + PIECE)
          await calls.write(to, handle, piece, piece.length, start + at)
        }
        await calls.close(handle)
        signal.throwIfAborted()
        if (!append) await calls.replace(to, place)
      } catch (error) {
        await calls.close(handle)
        if (!append) await calls.call<void>(to, (sftp, done) => sftp.unlink(to, done)).catch(() => undefined)
        throw error
      }
    })
  }

  /** Removes a file, or an empty folder. */
  remove(file: string): Task<void> {
    const place = remotePath('remove', file)
    return this.#task('remove', async (_control, calls) => {
      const { type } = fileOf(place, await calls.stat(place, false))
      await calls.call<void>(place, (sftp, done) =>
        type === 'folder' ? sftp.rmdir(place, done) : sftp.unlink(place, done),
      )
    })
  }

  /** Makes a folder, and those above it where they are missing. One that is there is no error. */
  mkdir(folder: string): Task<void> {
    const place = remotePath('mkdir', folder)
    return this.#task('mkdir', (_control, calls) => calls.makeFolders(place))
  }

  /** What the other machine says of a file. */
  stat(file: string): Task<RemoteFile> {
    const place = remotePath('stat', file)
    return this.#task('stat', async (_control, calls) => fileOf(path.posix.basename(place), await calls.stat(place)))
  }

  /** Gives a file another name, or another folder; one that is there is replaced. */
  rename(from: string, to: string): Task<void> {
    const [one, other] = [remotePath('rename', from), remotePath('rename', to)]
    return this.#task('rename', (_control, calls) => calls.replace(one, other))
  }

  toString(): string {
    return `files of ${this.session.subject}: get put list read readBytes write remove mkdir stat rename`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #bytes<T>(name: string, file: string, options: ReadOptions, give: (bytes: Buffer) => T): Task<T> {
    const place = remotePath(name, file)
    checkTable(name, options, READ)
    const { limit = LIMIT } = options
    return this.#task(name, async ({ signal }, calls) => {
      const handle = await calls.open(place, 'r')
      const pieces: Buffer[] = []
      let length = 0
      try {
        for (;;) {
          signal.throwIfAborted()
          const piece = Buffer.allocUnsafe(PIECE)
          const count = await calls.read(place, handle, piece, PIECE, length)
          if (count === 0) break
          pieces.push(piece.subarray(0, count))
          length += count
          if (length > limit)
            throw this.#problem(
              place,
              `it has more than ${limit} bytes; option limit allows more, get() copies it to a file`,
              'LIMIT',
            )
        }
      } finally {
        await calls.close(handle)
      }
      return give(Buffer.concat(pieces))
    })
  }

  #task<T>(name: string, work: (control: TaskControl<T>, calls: SftpCalls) => Promise<T>): Task<T> {
    return Task.run(async (control) => work(control, await this._calls()), { name: `sftp ${name}` })
  }

  /** The channel; one for all, opened when it is needed. */
  _calls(): Promise<SftpCalls> {
    const client = this.session._client()
    if (this.#calls?.client !== client) {
      const calls = SftpCalls.open(client, this.#label)
      this.#calls = { client, calls }
      calls.catch(() => {
        this.#calls = undefined
      })
    }
    return this.#calls!.calls
  }

  async #transfer(
    control: TaskControl<TransferResult>,
    calls: SftpCalls,
    from: string,
    to: string,
    work: (transfer: Transfer) => Promise<void>,
  ): Promise<TransferResult> {
    const began = performance.now()
    const result = new TransferResult(from, to)
    // After Ctrl-C what is not complete is taken away before the prompt is back.
    const signal = stopSignal(control)
    let total = 0
    const transfer: Transfer = {
      calls,
      result,
      signal,
      expect: (bytes) => {
        total += bytes
        control.progress({ done: result.bytes, total, unit: 'bytes', subject: from })
      },
      moved: (bytes) => {
        result.bytes += bytes
        control.progress({ done: result.bytes, total: Math.max(total, result.bytes), unit: 'bytes', subject: from })
      },
    }
    try {
      await work(transfer)
    } catch (error) {
      if (signal.aborted) throw new Interrupted()
      throw error instanceof SessionError ? error : this.#localProblem(to, error)
    }
    result.duration = (performance.now() - began) / 1000
    return result
  }

  get #label(): string {
    return `sftp ${this.session.subject}`
  }

  #problem(place: string, why: string, code: string): SessionError {
    return new SessionError(`${this.#label}: ${place}: ${why}`, code)
  }

  #localProblem(place: string, error: unknown): unknown {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) return error
    const why = code === 'ENOENT' ? 'there is no such file or folder' : reasonOf(error)
    return new SessionError(`${this.#label}: ${(error as NodeJS.ErrnoException).path ?? place} (here): ${why}`, code, {
      cause: error,
    })
  }
}

/** Where a file of that name goes. */
async function localTarget(local: string | undefined, name: string): Promise<string> {
  if (local === undefined) return path.resolve(path.basename(name))
  const given = atHome(localPath('get', local))
  const isFolder = await fs.stat(given).then(
    (stats) => stats.isDirectory(),
    () => given.endsWith('/'),
  )
  return path.resolve(isFolder ? path.join(given, path.basename(name)) : given)
}

function localPath(name: string, given: unknown): string {
  if (typeof given === 'string' && given !== '' && !given.includes('\0')) return given
  throw new OptionError(`${name}: the path here is a text, not ${String(given)}`)
}

function remotePath(name: string, given: unknown): string {
  if (typeof given !== 'string' || given === '' || given.includes('\0'))
    throw new OptionError(`${name}: the path there is a text such as '/etc/hosts', not ${String(given)}`)
  // A session begins in the home folder.
  if (given === '~') return '.'
  return given.startsWith('~/') ? given.slice(2) || '.' : given
}
