/** A small server that takes uploads to a folder of its own, and what is looked at in its tests. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import type { Transfer } from '../../../src/sessions/serve/resource.js'
import {
  PartialUploads,
  type Received,
  receiveUpload,
  resumeUpload,
  UPLOADS_PATH,
  type UploadOptions,
} from '../../../src/sessions/serve/upload/index.js'
import { must } from '../../lab/process.js'
import { type Answer, answerOf } from '../web/asking.js'

const ends: (() => unknown)[] = []
/** Done when the test is over, in the turned order. */
export function atEnd(end: () => unknown): void {
  ends.push(end)
}
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'netshell-upload-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface UploadServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly uploads: PartialUploads
  readonly transfers: Transfer[]
  readonly received: Received[]
  /** Connections that are open. */
  readonly sockets: Set<Socket>
  /** Names in the folder, temporary ones too. */
  names(): Promise<string[]>
  content(name: string): Promise<string>
  close(): Promise<void>
}

/** @param options.folder instead of an empty one */
export async function uploadServer(
  options: Partial<UploadOptions> & { folder?: string; page?: () => string; port?: number } = {},
): Promise<UploadServer> {
  const { folder = await emptyFolder(), limit = 1e9, uploads = new PartialUploads() } = options
  const transfers: Transfer[] = []
  const received: Received[] = []
  const sockets = new Set<Socket>()
  const transfer = (name: string, total: number | undefined): Transfer => {
    const began = {
      direction: 'up' as const,
      client: '',
      name,
      total,
      done: 0,
      began: new Date(),
      ended: undefined,
      outcome: undefined,
    }
    transfers.push(began)
    return began
  }
  const take = async (incoming: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const all = { ...options, limit, uploads, transfer, expectsContinue }
    const target = incoming.url!
    const name = incoming.method === 'PUT' ? decodeURIComponent(target.slice(target.lastIndexOf('/') + 1)) : undefined
    const work = target.startsWith(UPLOADS_PATH)
      ? resumeUpload(incoming, response, all)
      : receiveUpload(incoming, response, folder, { ...all, name })
    received.push(await work)
  }
  const server = createServer({ requestTimeout: 0 })
  server.on('request', (incoming, response) => void take(incoming, response, false))
  server.on('checkContinue', (incoming, response) => void take(incoming, response, true))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    await uploads.close()
    server.closeAllConnections()
    await closed
  }
  atEnd(close)
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    folder,
    uploads,
    transfers,
    received,
    sockets,
    names: async () => (await readdir(folder)).sort(),
    content: (name) => readFile(path.join(folder, name), 'utf8'),
    close,
  }
}

/** Asks with curl; the answer of the last request. */
export async function curl(...args: string[]): Promise<Answer> {
  return answerOf(await must(['curl', '-sS', '-i', '--max-time', '30', ...args], { timeout: 40_000 }))
}

/** Waits for what another process or the server does. @throws Error when it is not so after 10 s */
export async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`not so after 10 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
