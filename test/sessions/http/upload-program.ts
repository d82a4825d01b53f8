/** Sends a large file, as it is and in a form, and fetches it; prints how much memory that took. Its server counts bytes in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { http } from '../../../src/sessions/http/index.js'

const [file = '', folder = ''] = process.argv.slice(2)
const SERVER = `
const http = require('node:http'), fs = require('node:fs')
const server = http.createServer((request, response) => {
  if (request.method === 'GET') return void fs.createReadStream(process.argv[1]).pipe(response)
  let count = 0
  request.on('data', piece => { count += piece.length })
  request.on('end', () => response.end(String(count)))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`
const server = spawn(process.execPath, ['-e', SERVER, file], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  const url = `http://127.0.0.1:${String(port).trim()}/`
  // What all of it needs is loaded.
  await http.post(url, { files: { a: { data: 'x' } } })
  const before = process.resourceUsage().maxRSS
  const options = { timeout: 100 }
  const received = {
    file: Number((await http.post(url, { ...options, file })).text()),
    files: Number((await http.post(url, { ...options, files: { file } })).text()),
  }
  const { bytes: fetched } = await http.download(url, path.join(folder, 'fetched'), { ...options })
  const after = process.resourceUsage().maxRSS
  process.stdout.write(JSON.stringify({ before, after, received, fetched }))
} finally {
  server.kill('SIGKILL')
}
process.exit()
