// Builds dist/: the program (netshell.cjs, its starter cli.cjs, V8's code cache), the library (index.js) and its types.
// `--program` builds the program alone, which is all that ./netshell needs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'acorn'
import { build } from 'esbuild'
import { layersOnDemand } from './layers-on-demand.mjs'

const startedAt = new Date()
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const { dependencies } = JSON.parse(fs.readFileSync('package.json', 'utf8'))

/** Inside the program, because they are small or must be the only copy (the TypeScript plugin extends the parser). */
const BUNDLED = ['acorn', '@sveltejs/acorn-typescript', 'commander']

/** Stands in for the keyword `import`; as long as that, so that columns in the source map stay right. */
const IMPORT = '$load$'
/** Hex digits at the start of the program that tell one build from another; cli.cjs names the code cache after them. */
const MARK_LENGTH = 16

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  sourcemap: 'linked',
  sourcesContent: false,
}

/** One file, wrapped as a function so that cli.cjs can compile it with a code cache and hand in `require`. */
async function buildProgram() {
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outfile: 'dist/netshell.cjs',
    plugins: [layersOnDemand],
    format: 'cjs',
    external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
    // Identifiers keep their names: error messages and stacks show them.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: {
      js:
        `/*${'0'.repeat(MARK_LENGTH)}*/(function(exports,require,module,__filename,__dirname,${IMPORT}){"use strict";` +
        'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;',
    },
    footer: { js: '})' },
    define: {
      'import.meta.url': 'importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
  })
  finishProgram('dist/netshell.cjs')
  fs.copyFileSync('src/cli.cjs', 'dist/cli.cjs')
  fs.chmodSync('dist/cli.cjs', 0o755)
  removeFromDist(/\.cache(\.\d+)?$/)
  warm('prompt')
  warm('command', '-e', "IP({dst: '10.0.0.1'})/ICMP()")
}

/** Runs the program once, so that it leaves the code cache of this kind of start. */
function warm(kind, ...args) {
  if (run('scripts/warm.cjs', ...args)) return
  removeFromDist(new RegExp(`^${kind}-.*\\.cache$`))
  console.error(`build: goes on without the code cache for the ${kind}; its next start writes one`)
}

/** `import(x)` becomes a call of the function that cli.cjs hands in, and the mark of this build is written into the first comment. */
function finishProgram(file) {
  const source = Buffer.from(fs.readFileSync(file, 'latin1'), 'latin1')
  const replace = (node) => {
    if (node === null || typeof node !== 'object') return
    if (node.type === 'ImportExpression') source.write(IMPORT, node.start, 'latin1')
    for (const value of Object.values(node)) replace(value)
  }
  replace(parse(source.toString('latin1'), { ecmaVersion: 'latest', sourceType: 'script' }))
  source.write(createHash('sha256').update(source).digest('hex').slice(0, MARK_LENGTH), 2, 'latin1')
  fs.writeFileSync(file, source)
}

/** What `import … from 'netshell'` loads; every dependency stays outside. */
async function buildLibrary() {
  removeFromDist(/^(chunk-|index\.)/)
  await build({
    ...common,
    entryPoints: ['src/index.ts'],
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    packages: 'external',
  })
  fs.rmSync('dist/types', { recursive: true, force: true })
  if (!run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')) {
    throw new Error('the type declarations were not built')
  }
}

function removeFromDist(pattern) {
  for (const name of fs.readdirSync('dist')) if (pattern.test(name)) fs.rmSync(path.join('dist', name))
}

/** Whether this script ended well. */
function run(script, ...args) {
  return spawnSync(process.execPath, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

try {
  fs.mkdirSync('dist', { recursive: true })
  await buildProgram()
  if (!process.argv.includes('--program')) await buildLibrary()
} catch (error) {
  // esbuild has said on its own what is wrong in the sources.
  if (!error.errors) console.error(`build: ${error.message}`)
  process.exit(1)
}

// What changed while the build ran counts as newer than it.
fs.writeFileSync('dist/.built', '')
fs.utimesSync('dist/.built', startedAt, startedAt)
