/** The file ~/.netrc: users and passwords of hosts, as curl, wget and ftp read it. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { OptionError } from '../../../exchange/index.js'
import { asInvokingUser, homeOfInvokingUser } from '../../../exchange/invoking-user.js'
import { distrustOf, reasonOf, shownPath } from '../../../exchange/user-files.js'

/** More is no file that somebody wrote by hand. */
const LARGEST = 1 << 20

/** A host's. */
export interface NetrcEntry {
  readonly host: string
  readonly user: string
  readonly password: string
}

/**
 * Reads the file, which others must not be able to read.
 * @param file unset: `~/.netrc`
 * @throws OptionError when it is not there, or not to be trusted
 */
export function readNetrc(file = path.join(homeOfInvokingUser(), '.netrc')): NetrcEntry[] {
  const name = shownPath(file)
  const fail = (reason: string): never => {
    throw new OptionError(`netrc: ${name}: ${reason}`)
  }
  const text = asInvokingUser(() => {
    let descriptor: number
    try {
      // A pipe must not make us wait for who writes into it.
      descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch (error) {
      return fail((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : reasonOf(error))
    }
    try {
      const stats = fstatSync(descriptor)
      if (!stats.isFile()) fail('it is no ordinary file')
      if (stats.size > LARGEST) fail(`it has ${stats.size} bytes, more than 1 MiB`)
      const distrust = distrustOf(file, stats)
      if (distrust !== undefined) fail(distrust)
      if (process.getuid !== undefined && (stats.mode & 0o077) !== 0)
        fail(`others can read the passwords in it; keep it to yourself: chmod 600 ${name}`)
      return readFileSync(descriptor, 'utf8')
    } finally {
      closeSync(descriptor)
    }
  })
  return parseNetrc(text)
}

/**
 * What the file says of hosts. `default` is passed over: it would give a password to every host that there is; so are macros, and entries without
 * user or password. Of a host that comes twice the first entry counts.
 */
export function parseNetrc(text: string): NetrcEntry[] {
  const words = netrcWords(text)
  const found = new Map<string, NetrcEntry>()
  let entry: { host?: string; login?: string; password?: string } = {}
  const end = (): void => {
    const { host, login: user, password } = entry
    if (host !== undefined && user !== undefined && password !== undefined && !found.has(host))
      found.set(host, { host, user, password })
    entry = {}
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (word === 'machine') {
      end()
      entry.host = words[++i]?.toLowerCase()
    } else if (word === 'default') end()
    else if (word === 'login' || word === 'password') entry[word] = words[++i]
    else if (word === 'account') i++
  }
  end()
  return [...found.values()]
}

/** Words, also in quotes with backslashes; without comments, and without macros, which end at an empty line. */
function netrcWords(text: string): string[] {
  const words: string[] = []
  let isMacro = false
  for (const line of text.split(/\r?\n/)) {
    if (isMacro) {
      isMacro = line.trim() !== ''
      continue
    }
    for (const [whole, quoted, bare] of line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)) {
      // A password may begin with it.
      if (whole.startsWith('#') && !/^(?:login|password|account|machine)$/.test(words.at(-1) ?? '')) break
      if (whole === 'macdef') {
        isMacro = true
        break
      }
      words.push(quoted?.replace(/\\(.)/g, (_, c: string) => ({ n: '\n', r: '\r', t: '\t' })[c] ?? c) ?? bare!)
    }
  }
  return words
}
