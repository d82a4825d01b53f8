/** Our file server, as one types it. */
import { serve } from '../../../src/sessions/serve/index.js'

/** Serves a file or a folder on a free port of this machine, and says which. */
export async function serveFile(file: string): Promise<void> {
  const server = await serve(file, { port: 0, host: '127.0.0.1', qr: false })
  console.log(`listens on ${server.port}`)
}
