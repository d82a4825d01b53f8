/** The calls of SFTP (draft-ietf-secsh-filexfer-02) as promises, with errors in words. */
import path from 'node:path'
import type { Client, SFTPWrapper, Stats } from 'ssh2'
import { printable } from '../../exchange/index.js'
import { SessionError } from '../face/session-error.js'

/** SSH_FX codes. */
const WORDS: Readonly<Record<number, readonly [code: string, words: string]>> = {
  2: ['ENOENT', 'there is no such file or folder'],
  3: ['EACCES', 'permission denied'],
  6: ['CLOSED', 'the connection was lost'],
  7: ['CLOSED', 'the connection was lost'],
  8: ['UNSUPPORTED', 'its server cannot do that'],
}
const END_OF_FILE = 1
const GONE = 'No response from server'

type Done<T> = (error: Error | null | undefined, value?: T) => void

/** An open SFTP channel. */
export class SftpCalls {
  /** What waits for an answer: ssh2 forgets some of it when the connection is lost. */
  readonly #waiting = new Set<(error: Error) => void>()
  #isGone = false

  constructor(
    private readonly sftp: SFTPWrapper,
    /** For messages: `sftp root@host`. */
    private readonly label: string,
  ) {
    const gone = (): void => {
      this.#isGone = true
      for (const fail of this.#waiting) fail(new Error(GONE))
    }
    sftp.on('error', () => undefined)
    sftp.once('end', gone)
    sftp.once('close', gone)
  }

  /** @throws SessionError when the server has no SFTP */
  static open(client: Client, label: string): Promise<SftpCalls> {
    return new Promise((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error !== undefined)
          reject(new SessionError(`${label}: its server has no SFTP (${printable(error.message)})`, 'UNSUPPORTED'))
        else resolve(new SftpCalls(sftp, label))
      })
    })
  }

  /** @param path for the error */
  call<T>(path: string, start: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const done: Done<T> = (error, value) => {
        this.#waiting.delete(done)
        if (error) reject(this.#error(path, error))
        else resolve(value as T)
      }
      if (this.#isGone) return done(new Error(GONE))
      this.#waiting.add(done)
      try {
        start(this.sftp, done)
      } catch (error) {
        done(error as Error)
      }
    })
  }

  open(path: string, flags: 'r' | 'w' | 'wx' | 'a', mode = 0o600): Promise<Buffer> {
    return this.call(path, (sftp, done: Done<Buffer>) => sftp.open(path, flags, { mode }, done))
  }

  /** Closes a file; that may be too late for an error. */
  async close(handle: Buffer): Promise<void> {
    await this.call('', (sftp, done: Done<void>) => sftp.close(handle, done)).catch(() => undefined)
  }

  /** How many bytes were read; 0 at the end. */
  read(path: string, handle: Buffer, into: Buffer, length: number, position: number): Promise<number> {
    return this.call(path, (sftp, done: Done<number>) =>
      sftp.read(handle, into, 0, length, position, (error: (Error & { code?: number }) | undefined, count: number) =>
        error?.code === END_OF_FILE ? done(undefined, 0) : done(error, count),
      ),
    )
  }

  write(path: string, handle: Buffer, from: Buffer, length: number, position: number): Promise<void> {
    return this.call(path, (sftp, done: Done<void>) => sftp.write(handle, from, 0, length, position, done))
  }

  /** @param follows links are followed */
  stat(path: string, follows = true): Promise<Stats> {
    return this.call(path, (sftp, done: Done<Stats>) => (follows ? sftp.stat(path, done) : sftp.lstat(path, done)))
  }

  /** Puts one in the place of another, which may be there. */
  async replace(from: string, to: string): Promise<void> {
    try {
      await this.call(to, (sftp, done: Done<void>) => sftp.ext_openssh_rename(from, to, done))
    } catch (error) {
      if ((error as SessionError).code !== 'UNSUPPORTED' && !/not support/i.test((error as Error).message)) throw error
      await this.call(to, (sftp, done: Done<void>) => sftp.unlink(to, done)).catch(() => undefined)
      await this.call(to, (sftp, done: Done<void>) => sftp.rename(from, to, done))
    }
  }

  /** Makes a folder, and those above it where they are missing. One that is there is no error. */
  async makeFolders(folder: string): Promise<void> {
    const make = (): Promise<void> => this.call<void>(folder, (sftp, done) => sftp.mkdir(folder, done))
    try {
      await make()
    } catch (error) {
      const there = await this.stat(folder).catch(() => undefined)
      if (there !== undefined && (there.mode & 0o170000) === 0o040000) return
      const above = path.posix.dirname(folder)
      if ((error as SessionError).code !== 'ENOENT' || above === folder) throw error
      await this.makeFolders(above)
      await make()
    }
  }

  /** Nothing is asked any more; what waits for an answer gets none. */
  end(): void {
    this.sftp.end()
  }

  #error(path: string, error: Error & { code?: unknown }): SessionError {
    const [code, words] = WORDS[error.code as number] ?? ['FAILURE', printable(error.message)]
    const isGone = /no response from server|not connected/i.test(error.message)
    const what = isGone
      ? 'the connection was lost'
      : words === 'Failure'
        ? 'its server says no more than: failure'
        : words
    return new SessionError(`${this.label}: ${printable(path)}: ${what}`, isGone ? 'CLOSED' : code, { cause: error })
  }
}
