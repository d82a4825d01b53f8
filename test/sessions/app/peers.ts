/** The Python programs that speak the protocol of the application, and sockets to look at it byte by byte. */
import { connect } from 'node:net'
import path from 'node:path'
import { type Child, must, start } from '../../lab/process.js'

/** The interfaces and handlers that the script serves. */
export const IHM = path.resolve(import.meta.dirname, '../../../scripts/gui-hello')

/** A server in Python on a free port, or on this one. */
export async function pythonServer(version: number, port = 0): Promise<{ child: Child; port: number }> {
  const program = path.join(import.meta.dirname, 'article-server.py')
  const child = start(['/usr/bin/python3', program, String(version), '--port', String(port), '--folder', IHM])
  const [, taken] = await child.waitFor(/listening on (\d+)/)
  return { child, port: Number(taken) }
}

/** What the client in Python prints. */
export function pythonClient(...words: (string | number)[]): Promise<string> {
  return must(['/usr/bin/python3', path.join(import.meta.dirname, 'article-client.py'), ...words.map(String)])
}

/** Sends these bytes and gives all that comes until the other end closes. */
export function exchange(port: number, bytes: string | Uint8Array, { end = false } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(8000, () => socket.destroy(new Error('nobody closed the connection')))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    if (end) socket.end(bytes)
    else socket.write(bytes)
  })
}
