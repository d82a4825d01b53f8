/** ~/.ssh/config and /etc/ssh/ssh_config (ssh_config(5)): the parts that people rely on. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { asInvokingUser, atHome, homeOfInvokingUser } from '../../exchange/invoking-user.js'

/** What the files say of one host. */
export interface HostConfig {
  hostName?: string
  user?: string
  port?: number
  identityFiles: string[]
  identitiesOnly: boolean
  identityAgent?: string
  proxyJump?: string
  userKnownHostsFiles?: string[]
  strictHostKeyChecking?: string
  hashKnownHosts: boolean
  hostKeyAlias?: string
  connectTimeout?: number
  serverAliveInterval?: number
}

/** Files that include each other end somewhere. */
const DEEPEST_INCLUDE = 8
const LARGEST = 1 << 20

/** `~/.ssh` of who sits at the keyboard, also under sudo. */
export function sshFolder(): string {
  return path.join(homeOfInvokingUser(), '.ssh')
}

/** The text of a file with the rights of who called sudo; undefined when it cannot be read. */
export function readQuietly(file: string, largest = LARGEST): string | undefined {
  return asInvokingUser(() => {
    try {
      const text = readFileSync(file, 'utf8')
      return text.length > largest ? undefined : text
    } catch {
      return undefined
    }
  })
}

/**
 * What the configuration says of a host. Of each keyword the first value counts, as in OpenSSH.
 * @param alias the host as it was written
 * @param files in order; unset: the user's and the system's
 */
export function configOf(alias: string, user: string | undefined, files?: readonly string[]): HostConfig {
  const values = new Map<string, string[]>()
  const several = new Set(['identityfile'])
  for (const file of files ?? [path.join(sshFolder(), 'config'), '/etc/ssh/ssh_config'])
    readInto(values, several, file, alias, user, 0)
  const first = (keyword: string): string | undefined => values.get(keyword)?.[0]
  const number = (keyword: string): number | undefined => {
    const value = Number(first(keyword))
    return Number.isInteger(value) && value > 0 ? value : undefined
  }
  const hostName = first('hostname')?.replaceAll('%h', alias).replaceAll('%%', '%')
  const tokens = {
    alias,
    host: hostName ?? alias,
    user: user ?? first('user'),
    port: number('port') ?? 22,
  }
  const none = (value: string | undefined): string | undefined => (value?.toLowerCase() === 'none' ? undefined : value)
  return {
    hostName,
    user: first('user'),
    port: number('port'),
    identityFiles: (values.get('identityfile') ?? []).filter((file) => none(file)).map((file) => filled(file, tokens)),
    identitiesOnly: first('identitiesonly')?.toLowerCase() === 'yes',
    identityAgent: first('identityagent'),
    proxyJump: none(first('proxyjump')),
    userKnownHostsFiles: first('userknownhostsfile')
      ?.split(/\s+/)
      .map((file) => filled(file, tokens)),
    strictHostKeyChecking: first('stricthostkeychecking')?.toLowerCase(),
    hashKnownHosts: first('hashknownhosts')?.toLowerCase() === 'yes',
    hostKeyAlias: first('hostkeyalias'),
    connectTimeout: number('connecttimeout'),
    serverAliveInterval: number('serveraliveinterval'),
  }
}

function readInto(
  values: Map<string, string[]>,
  several: ReadonlySet<string>,
  file: string,
  alias: string,
  user: string | undefined,
  depth: number,
): void {
  const text = readQuietly(file)
  if (text === undefined || depth > DEEPEST_INCLUDE) return
  let applies = true
  for (const line of text.split('\n')) {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? []
    const name = keyword.toLowerCase()
    if (name === '') continue
    const words = wordsOf(rest)
    if (name === 'host') applies = matchesAny(words, alias)
    else if (name === 'match') applies = matchApplies(words, alias, values.get('hostname')?.[0] ?? alias, user)
    else if (applies && name === 'include') {
      const inSystem = file.startsWith('/etc/')
      for (const each of words.flatMap((word) => includedFiles(word, inSystem)))
        readInto(values, several, each, alias, user, depth + 1)
    } else if (applies && words.length > 0) {
      const value = words.join(' ')
      if (several.has(name)) values.set(name, [...(values.get(name) ?? []), value])
      else if (!values.has(name)) values.set(name, [value])
    }
  }
}

/** Words of a line; one in double quotes may have spaces. What follows a # is a comment. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [, quoted, plain] of text.matchAll(/"([^"]*)"|(\S+)/g)) {
    if (plain?.startsWith('#')) break
    words.push(quoted ?? plain!)
  }
  return words
}

/** Whether a host fits a list of patterns: `*` and `?`, and `!` before those that it must not fit. */
export function matchesAny(patterns: readonly string[], host: string): boolean {
  let found = false
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!')
    if (!fits(isNegated ? pattern.slice(1) : pattern, host)) continue
    if (isNegated) return false
    found = true
  }
  return found
}

/** Without regular expressions, whose time a pattern with many stars could make endless. */
function fits(pattern: string, text: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()]
  let [at, star, mark] = [0, -1, 0]
  let i = 0
  while (i < given.length) {
    if (at < wanted.length && wanted[at] === '*') {
      star = at++
      mark = i
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[i])) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++mark
    } else return false
  }
  while (wanted[at] === '*') at++
  return at === wanted.length
}

/** `Match all`, `host`, `originalhost`, `user`; a block with anything else does not apply: nothing is run for it. */
function matchApplies(words: readonly string[], alias: string, host: string, user: string | undefined): boolean {
  if (words.length === 1 && words[0]!.toLowerCase() === 'all') return true
  for (let i = 0; i < words.length; i += 2) {
    const patterns = (words[i + 1] ?? '').split(',')
    const keyword = words[i]!.toLowerCase()
    const value = { host, originalhost: alias, user }[keyword]
    if (value === undefined || !matchesAny(patterns, value)) return false
  }
  return words.length > 0
}

function includedFiles(word: string, inSystem: boolean): string[] {
  const expanded = atHome(word)
  const full = path.isAbsolute(expanded) ? expanded : path.join(inSystem ? '/etc/ssh' : sshFolder(), expanded)
  const name = path.basename(full)
  if (!/[*?]/.test(name)) return [full]
  return asInvokingUser(() => {
    try {
      const folder = path.dirname(full)
      return readdirSync(folder)
        .filter((each) => fits(name, each) && (!each.startsWith('.') || name.startsWith('.')))
        .sort()
        .map((each) => path.join(folder, each))
    } catch {
      return []
    }
  })
}

/** The tokens of ssh_config(5), TOKENS, as far as they are about paths. */
function filled(
  text: string,
  { alias, host, user = '', port }: { alias: string; host: string; user: string | undefined; port: number },
): string {
  const home = homeOfInvokingUser()
  const local = hostname()
  const tokens: Record<string, string> = {
    '%': '%',
    d: home,
    h: host,
    n: alias,
    r: user,
    p: String(port),
    u: path.basename(home),
    l: local,
    L: local.split('.')[0]!,
  }
  tokens.C = createHash('sha1').update(`${local}${host}${port}${user}`).digest('hex')
  return atHome(text.replace(/%([%dhnrpulLC])/g, (_, letter: string) => tokens[letter]!))
}
