/** File servers for tests, files for them, and real clients. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import { type FileServer, type Servable, type ServeOptions, serve } from '../../../src/sessions/serve/index.js'
import { must, run } from '../../lab/process.js'
import { type Answer, answerOf } from '../web/asking.js'

const open: FileServer[] = []
const folders: string[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A server on a free port that only this machine reaches, closed when the test is over. */
export async function served(what?: Servable, options: ServeOptions = {}): Promise<FileServer> {
  const server = await serve(what, { host: '127.0.0.1', port: 0, qr: false, ...options })
  open.push(server)
  return server
}

/** An empty folder, removed when the test is over. */
export function folderHere(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'netshell-serve-'))
  folders.push(folder)
  return folder
}

/** A URL of the server. */
export function at(server: FileServer, place: string): string {
  return new URL(server.url).origin + place
}

/** Asks with curl, which may be given more arguments. */
export async function curl(url: string, ...more: string[]): Promise<Answer> {
  return answerOf(await must(['curl', '-sS', '-i', '--max-time', '20', '--path-as-is', ...more, url]))
}

/** curl's exit status when it gets a file: 0 for all of it, 18 for a part. */
export async function download(url: string, file: string, ...more: string[]): Promise<number | null> {
  return (await run(['curl', '-sS', '--fail', '--max-time', '30', '-o', file, ...more, url], { timeout: 40_000 }))
    .status
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, what: string, ms = 10_000): Promise<void> {
  for (const end = Date.now() + ms; !isSo(); await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > end) throw new Error(`it never came that ${what}`)
}
