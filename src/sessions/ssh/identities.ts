/** Private keys from files, decrypted where that is needed. */
import type { ParsedKey } from 'ssh2'
import { asInvokingUser, atHome } from '../../exchange/invoking-user.js'
import { keepSecret } from '../../exchange/secrets.js'
import { reasonOf, shownPath } from '../../exchange/user-files.js'
import { SessionError } from '../face/session-error.js'
import { askUser, canAsk } from './ask-user.js'

/** A private key that is ready, or asks for its passphrase first. */
export interface Identity {
  /** `~/.ssh/id_ed25519`, or `the key given`. */
  name: string
  isEncrypted: boolean
  /** The key. @throws SessionError when there is no passphrase for it, or a wrong one */
  open(): Promise<ParsedKey>
}

/** How often a passphrase is asked for. */
const MOST_QUESTIONS = 3
const LARGEST = 1 << 20

/**
 * A private key: the path of its file, or its text.
 * @throws SessionError (KEY) when it is missing, or is no private key
 */
export async function identityOf(key: string, passphrase: string | undefined, signal: AbortSignal): Promise<Identity> {
  const isText = /-----BEGIN |PuTTY-User-Key-File/.test(key)
  const name = isText ? 'the key given' : shownPath(atHome(key))
  const text = isText ? key : keyFile(atHome(key), name)
  const { default: ssh2 } = await import('ssh2')
  const parse = (word?: string): ParsedKey | Error => {
    const parsed = ssh2.utils.parseKey(text, word)
    return Array.isArray(parsed) ? parsed[0]! : parsed
  }
  const plain = parse()
  if (!(plain instanceof Error)) {
    if (!plain.isPrivateKey()) throw keyError(`${name}: that is a public key; give the private one (without .pub)`)
    return { name, isEncrypted: false, open: async () => plain }
  }
  if (!/passphrase|encrypted/i.test(plain.message))
    throw keyError(`${name}: it is no private key that can be read (${plain.message.toLowerCase()})`)
  const open = (): Promise<ParsedKey> => decrypt(name, parse, passphrase, signal)
  return { name, isEncrypted: true, open }
}

function keyFile(file: string, name: string): string {
  const { readFileSync, statSync } = process.getBuiltinModule('node:fs')
  return asInvokingUser(() => {
    try {
      const { mode, size } = statSync(file)
      // As OpenSSH does: what others could read is no secret any more.
      if ((mode & 0o077) !== 0)
        throw keyError(`${name}: others may read this private key; keep it to yourself: chmod 600 ${file}`)
      if (size > LARGEST) throw keyError(`${name}: it is too large for a key`)
      return readFileSync(file, 'utf8')
    } catch (error) {
      if (error instanceof SessionError) throw error
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      throw keyError(`${name}: the key cannot be read: ${missing ? 'there is no such file' : reasonOf(error)}`)
    }
  })
}

async function decrypt(
  name: string,
  parse: (word?: string) => ParsedKey | Error,
  passphrase: string | undefined,
  signal: AbortSignal,
): Promise<ParsedKey> {
  if (passphrase !== undefined) {
    keepSecret(passphrase)
    const parsed = parse(passphrase)
    if (!(parsed instanceof Error)) return parsed
    throw keyError(`${name}: the passphrase is wrong`)
  }
  if (!canAsk()) throw keyError(`${name}: it is encrypted; give its passphrase (option passphrase), or use ssh-agent`)
  for (let question = 1; question <= MOST_QUESTIONS; question++) {
    const word = await askUser(`Passphrase of ${name}: `, { isHidden: true, signal })
    keepSecret(word)
    const parsed = parse(word)
    if (!(parsed instanceof Error)) return parsed
  }
  throw keyError(`${name}: the passphrase is wrong`)
}

function keyError(message: string): SessionError {
  return new SessionError(`ssh: ${message}`, 'KEY')
}
