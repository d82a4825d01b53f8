// The program is several files, so that a start reads only what it needs: dist/netshell.cjs, and parts beside it that are loaded by cli.cjs
// when something of them is asked for. Each module is in one part only. What another part has of it is imported by the names
//   part:FILE:MODULE   the module, loaded now if it was not
//   later:FILE:MODULE  a stand-in, which loads the module when the first of its exports is used
import path from 'node:path'
import { build } from 'esbuild'
import { layersOnDemand } from './layers-on-demand.mjs'

const START = 'netshell'

/** Files of these folders that a start uses, for the prompt or for `-e`; the others wait until packets are shown, sent or received. */
const USED_AT_START = {
  capture: 'index indexed-list packet-list',
  link: 'index interfaces link link-types memory-link namespace neighbours open-link route-tables routes rules',
  'repl/render': 'values',
}
/** Of the sessions a start uses the names that are typed; what they do waits. */
const SESSIONS_AT_START =
  /^src\/sessions\/(?:(?:[^/]+\/)?index|face\/(?:failures|later|session-list|stop)|nmap\/(?:compare|nmap)|ssh\/(?:on-hosts|ssh))\.ts$/
/** More files that wait until then. */
const PACKETS = {
  exchange: `addressing answer-list command-words file-filter flow-key fragment-parts fragment-pieces frame-copy links matcher neighbour-frame
    neighbour-question neighbour-table network-start options outgoing pacer pause probe probe-session progress-text send-frames
    sniff-keeper sniff-options sniff-progress sniff-taker stop-signal time-merge`,
  'layers/network': 'icmp-types icmpv6-option-codecs icmpv6-option-packet igmp-times ip-checksum ip-numbers',
  'layers/services': `dhcp-fields dhcp-option-kinds dhcp-option-structures dhcp-option-values dhcp-options dns-names dns-numbers dns-rdata
    dns-sections dns-stream dns-svc-params dns-texts value-tree zero-text`,
  'layers/tunnel':
    'hex-bytes openvpn-crypto openvpn-key-file openvpn-keys-in-use openvpn-opcodes openvpn-places openvpn-protection',
  packet: 'command decode-as diff diff-bytes field-hexdump hexdump hide-defaults json show sprintf',
  tools: 'fitted-table',
}
/** Files that wait until somebody asks for help, makes a mistake, or uses a tool. */
const LATER = {
  commands: `commented-json field-meanings field-page field-text header-diagram layer-code layer-metadata layer-page listing members-app
    members-exchange members-explain members-lists members-machines members-network members-nmap members-packet members-results
    members-http members-http-auth members-http-more members-serve members-sessions members-ssh members-system members-tcp members-udp members-watch members-web modules objects packet-page search
    session-parameters text-layout topics`,
  repl: 'code-frame error-frames error-hints errors function-source help-page help-subject imported-places syntax-hints',
  tools: 'targets',
  'tools/interop': 'hex-text python-value',
  'tools/shell-command': 'json-place result screen-text shell-error',
  'tools/state-machine': 'machine-result',
}

/** Whether a list of names by folder has a file; undefined for a folder that it does not have. */
function isListed(lists, file) {
  const { dir, name } = path.parse(path.relative('src', file))
  return lists[dir]?.split(/\s+/).includes(name)
}

/**
 * In the order in which they choose: a part has its modules and all that these import, as far as no earlier part has it. A module
 * that waits is in no part but the one that says so, though the start imports it.
 */
const PARTS = [
  // edits.ts: the prompt needs it, and lines do.
  { file: START, modules: ['src/main.ts', 'src/repl/edits.ts'] },
  { file: 'netshell-prompt', modules: ['src/repl/prompt.ts'] },
  { file: 'netshell-line', modules: ['src/repl/compiler.ts'] },
  { file: 'netshell-packets', waits: (file) => isListed(PACKETS, file) || isListed(USED_AT_START, file) === false },
  { file: 'netshell-sessions', waits: (file) => file.startsWith('src/sessions/') && !SESSIONS_AT_START.test(file) },
  { file: 'netshell-layers', modules: ['src/layers/groups.ts'] },
  { file: 'netshell-later', waits: (file) => isListed(LATER, file), rest: true },
]

/** Builds the parts; gives `{ file, code, map }` of each. @param options esbuild's, for all of them */
export async function buildParts(options) {
  const common = { ...options, plugins: [layersOnDemand], write: false, metafile: true }
  const { metafile } = await build({ ...common, entryPoints: ['src/main.ts'], outdir: 'dist' })
  const modules = new Map(
    Object.entries(metafile.inputs).map(([file, { imports }]) => [file, imports.filter(({ external }) => !external)]),
  )
  const partOf = assign(modules)
  const asked = askedFor(modules, partOf)
  const names = await exportsOf([...asked.get(START)], common)
  return await Promise.all(
    PARTS.map(async ({ file }) => {
      const contents = file === START ? startEntry(names) : partEntry(asked.get(file))
      const { outputFiles } = await build({
        ...common,
        stdin: { contents, resolveDir: options.absWorkingDir, sourcefile: file },
        outfile: `dist/${file}.cjs`,
        plugins: [otherParts({ file, modules, partOf, root: options.absWorkingDir }), layersOnDemand],
      })
      const [code, map] = ['.cjs', '.map'].map(
        (end) => outputFiles.find((output) => output.path.endsWith(end)).contents,
      )
      return { file, code: checked(file, Buffer.from(code)), map }
    }),
  )
}

/** The part of each module. */
function assign(modules) {
  const partOf = new Map()
  const take = (module, part) => {
    const owner = partOf.get(module) ?? PARTS.find(({ waits }) => waits?.(module)) ?? part
    if (owner !== part || partOf.has(module)) return
    partOf.set(module, part)
    for (const { path: imported, kind } of modules.get(module))
      if (kind === 'import-statement' || module.includes('node_modules/')) take(imported, part)
  }
  for (const part of PARTS)
    for (const module of modules.keys())
      if (part.modules?.includes(module) || part.waits?.(module) || part.rest) take(module, part)
  return partOf
}

/** For each part the modules that others ask it for. */
function askedFor(modules, partOf) {
  const asked = new Map(PARTS.map(({ file }) => [file, new Set()]))
  for (const [module, imports] of modules)
    for (const { path: imported } of imports)
      if (partOf.get(imported) !== partOf.get(module)) asked.get(partOf.get(imported).file).add(imported)
  return asked
}

/** The names that modules export. What they import on demand is an entry of esbuild's too. */
async function exportsOf(modules, common) {
  const { metafile } = await build({
    ...common,
    entryPoints: modules,
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    banner: {},
    footer: {},
  })
  return Object.values(metafile.outputs)
    .filter(({ entryPoint }) => modules.includes(entryPoint))
    .map(({ entryPoint, exports }) => [entryPoint, exports])
}

/** The start, with a way for the others to its modules: getters, made when the first part is loaded, so that a start pays nothing for them. */
function startEntry(names) {
  let count = 0
  const imports = []
  const table = names.map(([module, exported]) => {
    const getters = exported.map((name) => {
      imports.push(`import { ${name} as $${++count} } from './${module}'`)
      return `get ${name}() { return $${count} }`
    })
    return `'${module}': () => ({ ${getters} })`
  })
  const parts = JSON.stringify(PARTS.map(({ file }) => file).filter((file) => file !== START))
  // main.ts stands first: it says in which order the modules are evaluated.
  return `export { main } from './src/main.ts'
${imports.join('\n')}
export const parts = ${parts}
export function modules() { return { ${table} } }`
}

/** Each module of another part is evaluated when it is asked for. */
function partEntry(asked) {
  return `export function modules() { return { ${[...asked].map((module) => `'${module}': () => require('./${module}')`)} } }`
}

/** Makes imports of what another part has names that cli.cjs knows. */
function otherParts({ file, modules, partOf, root }) {
  return {
    name: 'other parts',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path: specifier, importer, kind }) => {
        const imports = modules.get(path.relative(root, importer))
        const module = imports?.find(({ original }) => original === specifier)?.path
        const part = partOf.get(module)?.file
        if (part === undefined || part === file) return undefined
        const waits = kind === 'import-statement' && partOf.get(module).waits?.(module)
        return { path: `${waits ? 'later' : 'part'}:${part}:${module}`, external: true }
      })
    },
  }
}

/** A stand-in has no list of its names: `export *` and `import *` would find none. */
function checked(file, code) {
  const [, whole] = /(?<![\w$]\s*=\s*)require\("later:([^"]*)"\)/.exec(code.toString('latin1')) ?? []
  if (whole !== undefined) throw new Error(`${file} imports all of ${whole}, of which it may only import names`)
  return code
}
