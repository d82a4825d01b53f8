/** Very many downloads at the same time. */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'

/**
 * Downloads a file by so many connections at once: none takes a byte of the body before all have their answer. Prints `{whole, seconds}`: how many
 * got just what is in the file.
 */
export async function crowd(port: number, file: string, clients: number): Promise<void> {
  const { size } = statSync(file)
  const expected = createHash('sha1')
  for await (const piece of createReadStream(file)) expected.update(piece)
  const digest = expected.digest('hex')
  let [answered, began] = [0, 0]
  let go = (): void => {}
  const all = new Promise<void>((resolve) => {
    go = resolve
  })
  const download = (i: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET /${path.basename(file)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      )
      let [length, head] = [0, '']
      // To look at all bytes of all of them would measure us.
      const hash = i % 50 === 0 ? createHash('sha1') : undefined
      const take = (bytes: Uint8Array): void => {
        length += bytes.length
        hash?.update(bytes)
      }
      socket.on('data', (piece: Buffer) => {
        if (head.endsWith('\r\n\r\n')) return take(piece)
        const text = head + piece.toString('latin1')
        const end = text.indexOf('\r\n\r\n') + 4
        if (end < 4) {
          head = text
          return
        }
        take(piece.subarray(end - head.length))
        head = text.slice(0, end)
        socket.pause()
        answered++
        if (answered === clients) {
          began = performance.now()
          go()
        }
        void all.then(() => socket.resume())
      })
      const done = (): void =>
        resolve(
          head.startsWith('HTTP/1.1 200 ') && length === size && (hash === undefined || hash.digest('hex') === digest),
        )
      socket.on('end', done).on('error', () => resolve(false))
    })
  const results = await Promise.all(Array.from({ length: clients }, (_, i) => download(i)))
  console.log(JSON.stringify({ whole: results.filter(Boolean).length, seconds: (performance.now() - began) / 1000 }))
}
