/** The program itself: Node, native code, libpcap, and what stands in for it. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../../link/find-program.js'
import { foreignInterface, hasForeignInterface } from '../../link/foreign.js'
import { LINK_BACKENDS, type LinkBackend, pcapVersion, validateFilter } from '../../link/index.js'
import { cLibrary } from '../../link/libc.js'
import { LINKTYPE_ETHERNET } from '../../link/link-types.js'
import { findPackage } from '../../link/optional-package.js'
import { type Check, reason } from './check.js'
import { asRoot, installCommand } from './install.js'

/** The oldest Node that netshell runs on, as package.json says. */
const OLDEST_NODE = [20, 19] as const
const FILTER = 'tcp port 80'

/** Folder of netshell, from where npm is to be called. */
const FOLDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

export function programChecks(): Check[] {
  return [node(), koffi(), libpcap(), backends(), codeCache()].filter((check) => check !== undefined)
}

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
  const found = `${process.version} on ${process.platform}-${process.arch}`
  if (isNew) return { name: 'Node.js', state: 'ok', found, essential: true }
  return {
    name: 'Node.js',
    state: 'missing',
    found: `${found}; netshell needs ${OLDEST_NODE.join('.')} or newer`,
    fix: ['see https://nodejs.org'],
    essential: true,
  }
}

function koffi(): Check {
  const common = { name: 'native calls', tried: 'loaded koffi and called the C library' }
  try {
    foreignInterface()
    if (process.platform === 'linux' && cLibrary().if_nametoindex('lo') === 0)
      return {
        ...common,
        state: 'limited',
        found: 'koffi works, but there is no interface lo',
        fix: [asRoot('ip link set lo up')],
      }
    return { ...common, state: 'ok', found: 'koffi loads and calls the C library' }
  } catch (error) {
    return {
      ...common,
      state: 'limited',
      found: `koffi does not load: ${reason((error as Error).cause ?? error)}`,
      fix: [`cd ${FOLDER} && npm install koffi`],
    }
  }
}

function libpcap(): Check {
  const version = pcapVersion()
  if (version === undefined && !hasForeignInterface())
    return { name: 'libpcap', state: 'limited', found: 'cannot be called without koffi' }
  if (version === undefined)
    return {
      name: 'libpcap',
      state: 'limited',
      found: 'not installed, or not to be loaded',
      tried: 'loaded it',
      fix: [installCommand('libpcap')],
    }
  const tried = `compiled the filter '${FILTER}'`
  try {
    validateFilter(FILTER, LINKTYPE_ETHERNET)
    return { name: 'libpcap', state: 'ok', found: version.replace(/^libpcap version /i, ''), tried }
  } catch (error) {
    return {
      name: 'libpcap',
      state: 'limited',
      found: `${version}: ${reason(error)}`,
      tried,
      fix: [installCommand('libpcap')],
    }
  }
}

/** What would bring the best backend. */
function remedy(): readonly string[] {
  return hasForeignInterface() ? [installCommand('libpcap')] : [`cd ${FOLDER} && npm install koffi`]
}

const LOOKS: Readonly<Record<LinkBackend, () => boolean>> = {
  pcap: () => pcapVersion() !== undefined,
  cap: () => findPackage('cap') !== undefined,
  'raw-socket': () => findPackage('raw-socket') !== undefined,
  tcpdump: () => findProgram('tcpdump') !== undefined,
}

function backends(): Check {
  const there = LINK_BACKENDS.filter((each) => LOOKS[each]())
  const [best] = there
  const name = 'backends'
  if (best === undefined)
    return {
      name,
      state: 'missing',
      found: 'nothing to capture with; capture files and crafting work',
      fix: remedy(),
      essential: true,
    }
  const others = there.slice(1)
  const found = `${best} is used${others.length === 0 ? '' : `; ${others.join(', ')} could stand in`}`
  return best === 'pcap' || best === 'cap'
    ? { name, state: 'ok', found, essential: true }
    : { name, state: 'limited', found: `${found}, with losses`, fix: remedy(), essential: true }
}

/** V8's compiled code beside the program, which makes its start faster. Undefined where netshell runs from its sources. */
function codeCache(): Check | undefined {
  const program = fileURLToPath(import.meta.url)
  if (path.basename(program) !== 'netshell.cjs') return undefined
  const folder = path.dirname(program)
  const source = readFileSync(program, 'latin1')
  const mark = source.slice(2, 18)
  const kinds = ['prompt', 'command']
  const { Script } = process.getBuiltinModule('node:vm')
  const isValid = (kind: string): boolean => {
    const file = path.join(folder, `${kind}-${mark}-${process.versions.v8}-${process.arch}.cache`)
    if (!existsSync(file)) return false
    return new Script(source, { filename: program, cachedData: readFileSync(file) }).cachedDataRejected === false
  }
  const common = { name: 'code cache', tried: 'V8 has looked at the files' }
  const bad = kinds.filter((kind) => !isValid(kind))
  if (bad.length === 0) return { ...common, state: 'ok', found: 'valid for this version of Node: the start is fast' }
  const which = `not there for the ${bad.join(' and the ')}, or of another version of Node`
  if (isWritable(folder)) return { ...common, state: 'ok', found: `${which}; the next start writes it` }
  return {
    ...common,
    state: 'limited',
    found: `${which}, and this user may not write it: each start takes longer`,
    fix: [asRoot("netshell -e ''"), `${asRoot('netshell')}, once`],
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
