/** A server that does nothing but deliver what is below a folder, for the tests of that. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect } from 'vitest'
import { type Delivered, type DeliverOptions, deliver } from '../../../src/sessions/serve/deliver.js'
import { fileResource } from '../../../src/sessions/serve/file-resource.js'
import { type Resource, ResourceChanged } from '../../../src/sessions/serve/resource.js'
import { safePath } from '../../../src/sessions/serve/safe-path.js'

/** What happened in a server, and where it is. */
export interface Delivering {
  url: string
  port: number
  /** What `deliver` gave, or threw. */
  done: (Delivered | Error)[]
  transfers: DeliverOptions['transfer'][]
}

const open: Server[] = []

afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** Serves one resource, or the files below a folder. */
export async function delivering(
  what: Resource | string,
  { create = createServer, ...options }: Partial<DeliverOptions> & { create?: typeof createServer } = {},
): Promise<Delivering> {
  const done: (Delivered | Error)[] = []
  const transfers: DeliverOptions['transfer'][] = []
  const server = create(async (incoming, response) => {
    const transfer = { total: undefined, done: 0, ended: undefined, outcome: undefined }
    transfers.push(transfer)
    try {
      const found = typeof what === 'string' ? await safePath(what, incoming.url!) : undefined
      const resource = typeof what === 'string' ? await fileResource(found!.path, { stats: found!.stats }) : what
      done.push(await deliver(incoming, response, resource, { transfer, ...options }))
    } catch (error) {
      done.push(error as Error)
      response.writeHead(error instanceof ResourceChanged ? 503 : 404).end()
    }
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, port, done, transfers }
}

/** What became of the request that is over last, once it is. */
export async function lastOf({ done }: Delivering, count = done.length + 1): Promise<Delivered> {
  await expect.poll(() => done.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count)
  const last = done.at(-1)!
  if (last instanceof Error) throw last
  return last
}
