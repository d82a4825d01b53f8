/** Programs of tests, in TypeScript, as one file of JavaScript each: for processes of their own, in a lab or without rights. */
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Where koffi is, for NODE_PATH: a bundle has all but packages with native code, which it finds by `require`. */
export const MODULES = join(ROOT, 'node_modules')

const OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['koffi', 'cpu-features', 'cap', 'raw-socket', '@sveltejs/acorn-typescript'],
  // What is CommonJS in the bundle asks for built-in modules by `require`.
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);",
  },
  logLevel: 'error',
} satisfies BuildOptions

/** Bundles a program into a folder; gives the path of the bundle. @param entry path or URL of its file */
export async function bundle(folder: string, entry: string | URL): Promise<string> {
  const file = entry instanceof URL ? fileURLToPath(entry) : entry
  const outfile = join(folder, `${basename(file, '.ts')}.mjs`)
  await build({ ...OPTIONS, entryPoints: [file], outfile })
  return outfile
}

let sources = 0

/** Bundles a program given as text, whose imports are relative to the repository; gives the path of the bundle. */
export async function bundleSource(folder: string, source: string): Promise<string> {
  const outfile = join(folder, `source-${++sources}.mjs`)
  await build({ ...OPTIONS, stdin: { contents: source, resolveDir: ROOT, loader: 'ts' }, outfile })
  return outfile
}
