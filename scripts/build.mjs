// Builds dist/: the program (netshell.cjs and its parts, their starter cli.cjs, V8's code cache), the library (index.js) and its types.
// `--program` builds the program alone, which is all that ./netshell needs.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { programFiles } from './program.mjs'

const startedAt = new Date()
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

/** The program, and the code that V8 keeps of it. */
async function buildProgram() {
  const files = await programFiles()
  removeFromDist(/^netshell.*\.cjs|\.cache(\.\d+)?$/)
  for (const { name, content } of files) fs.writeFileSync(path.join('dist', name), content)
  fs.chmodSync('dist/cli.cjs', 0o755)
  warm('prompt')
  warm('command', '-e', "IP({dst: '10.0.0.1'})/ICMP()")
}

/** Runs the program once, so that it leaves the code cache of this kind of start. */
function warm(kind, ...args) {
  if (run('scripts/warm.cjs', ...args)) return
  removeFromDist(new RegExp(`^${kind}-.*\\.cache$`))
  console.error(`build: goes on without the code cache for the ${kind}; its next start writes one`)
}

/** What `import … from 'netshell'` loads; every dependency stays outside. */
async function buildLibrary() {
  removeFromDist(/^(chunk-|index\.)/)
  await build({
    entryPoints: ['src/index.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    sourcemap: 'linked',
    sourcesContent: false,
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
