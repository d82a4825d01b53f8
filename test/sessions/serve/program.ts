/** The program from its sources, for tests of `netshell serve` as people run it. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Child, type RunOptions, start } from '../../lab/process.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** netshell in a folder of its own, in which it also runs, with that folder as home. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'netshell-serve-'))
  readonly #running = new Set<Child>()

  /** The command that starts it. */
  get command(): string[] {
    return [process.execPath, join(this.folder, 'program', 'dist', 'main.mjs')]
  }

  async build(): Promise<this> {
    const place = join(this.folder, 'program')
    mkdirSync(join(place, 'dist'), { recursive: true })
    // Packages stay outside, as in what is shipped.
    symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'))
    copyFileSync(join(ROOT, 'package.json'), join(place, 'package.json'))
    await build({
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      splitting: true,
      logLevel: 'error',
      banner: {
        js: "import { createRequire as $createRequire } from 'node:module';const require = $createRequire(import.meta.url);",
      },
      stdin: {
        contents: "import { main } from './src/main.ts'\nprocess.exit(await main(process.argv.slice(2)))",
        resolveDir: ROOT,
        loader: 'ts',
      },
      outdir: join(place, 'dist'),
      outExtension: { '.js': '.mjs' },
      entryNames: 'main',
    })
    return this
  }

  /** Starts `netshell serve`; gives it when it is there. @param words what stands behind `serve` */
  async serve(words: readonly string[], options: Omit<RunOptions, 'input' | 'timeout'> = {}): Promise<Serving> {
    const child = this.start(['serve', '--port', '0', '--host', '127.0.0.1', ...words], options)
    const [url] = await child.waitFor(/^https?:\/\/\S+$/m, { timeout: 30_000 })
    return { child, url }
  }

  start(words: readonly string[], options: Omit<RunOptions, 'input' | 'timeout'> = {}): Child {
    const child = start([...this.command, ...words], {
      folder: this.folder,
      ...options,
      environment: { HOME: this.folder, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '', ...options.environment },
    })
    this.#running.add(child)
    const forget = (): boolean => this.#running.delete(child)
    child.exited.then(forget, forget)
    return child
  }

  /** Ends what still runs. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => child.stop()))
  }

  async remove(): Promise<void> {
    await this.stopAll()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A server that runs. */
export interface Serving {
  child: Child
  /** What it printed first. */
  url: string
}
