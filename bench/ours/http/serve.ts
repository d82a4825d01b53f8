/** A server of Node's own, as bare as it can be. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What each request gets. */
export const ANSWER = JSON.stringify({
  id: 1234,
  name: 'a small answer',
  tags: ['of', 'about', '80', 'bytes'],
  ok: true,
})

/**
 * Prints its port, and answers until it is ended: at once, but `/held` not before somebody asks for `/release`.
 */
export function serve(): void {
  let held: ServerResponse[] = []
  let isReleased = false
  const answer = (response: ServerResponse): void => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length })
    response.end(ANSWER)
  }
  const server = createServer((request, response) => {
    if (request.url === '/held' && !isReleased) held.push(response)
    else answer(response)
    if (request.url !== '/release') return
    isReleased = true
    for (const one of held) answer(one)
    held = []
  })
  // A client that measures another one meanwhile has its connection still.
  server.keepAliveTimeout = 300_000
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
    console.log(`listens on ${(server.address() as AddressInfo).port}`),
  )
}
