/** Tokens on disk: a file for each server, client and scope, which the user alone can read. */
import { createHash } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { report } from '../../../exchange/index.js'
import { asInvokingUser } from '../../../exchange/invoking-user.js'
import { readUserFile, reasonOf, shownPath, stateFolder, writeUserFile } from '../../../exchange/user-files.js'
import { SessionError } from '../../face/session-error.js'
import { type Token, tokenFromJson } from './token.js'

/** Whose tokens a file has. */
export interface TokenOwner {
  readonly server: string
  readonly clientId: string
  readonly scope: string | undefined
  /** What else it was asked for with: for another audience there is another token. */
  readonly asked: string
}

/** The file for one server, client and scope. */
export class TokenStore {
  readonly file: string

  /** @param folder unset: `~/.local/state/netshell/oauth` */
  constructor(
    private readonly place: string,
    private readonly owner: TokenOwner,
    folder: string | undefined,
  ) {
    const name = createHash('sha256').update(ownerKey(owner)).digest('hex').slice(0, 32)
    this.file = path.join(folder ?? path.join(stateFolder(), 'oauth'), `${name}.json`)
  }

  /**
   * The token that is kept. A file that is none is told, and taken as missing.
   * @throws SessionError when others could have read or written the file: its tokens are no secret any more
   */
  read(): Token | undefined {
    if (this.#isOpenToOthers())
      throw new SessionError(
        `${this.place}: ${shownPath(this.file)}: others may read it and may know its tokens; delete it and sign in again: rm ${this.file}`,
        'STORE',
      )
    const found = readUserFile(this.file)
    if ('missing' in found) return undefined
    if ('refused' in found) throw new SessionError(`${this.place}: ${shownPath(this.file)}: ${found.refused}`, 'STORE')
    const token = this.#parsed(found.text)
    if (token === undefined)
      report(`${this.place}: ${shownPath(this.file)} is no file of tokens, or a broken one: not used`, 'warning')
    return token
  }

  /** Keeps a token. Where that fails it is told: the token is good all the same. */
  write(token: Token): void {
    try {
      // A file that is there keeps its rights when it is written.
      if (this.#isOpenToOthers()) this.delete()
      writeUserFile(this.file, `${JSON.stringify({ ...this.owner, token }, undefined, 2)}\n`)
    } catch (error) {
      report(`${this.place}: tokens could not be kept in ${shownPath(this.file)}: ${reasonOf(error)}`, 'warning')
    }
  }

  /** Does nothing where there is none. */
  delete(): void {
    try {
      asInvokingUser(() => rmSync(this.file, { force: true }))
    } catch (error) {
      report(`${this.place}: ${shownPath(this.file)} could not be deleted: ${reasonOf(error)}`, 'warning')
    }
  }

  #parsed(text: string): Token | undefined {
    try {
      const { token, ...owner } = JSON.parse(text) as TokenOwner & { token: unknown }
      return ownerKey(owner) === ownerKey(this.owner) ? tokenFromJson(token) : undefined
    } catch {
      return undefined
    }
  }

  #isOpenToOthers(): boolean {
    if (process.getuid === undefined) return false
    try {
      const stats = asInvokingUser(() => statSync(this.file, { throwIfNoEntry: false }))
      return stats !== undefined && (stats.mode & 0o077) !== 0
    } catch {
      return false
    }
  }
}

function ownerKey({ server, clientId, scope = '', asked }: TokenOwner): string {
  return JSON.stringify([server, clientId, scope, asked])
}
