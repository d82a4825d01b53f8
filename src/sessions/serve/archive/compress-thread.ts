/**
 * The thread that compresses with WebAssembly, as the text of a worker: `workerData` names the library's file and says which one it is. It is sent pieces,
 * and sends each back compressed, as a stream of its own: what is put together from such streams is one too, for bzip2 and for Zstandard.
 */
export const COMPRESS_THREAD = `
const { parentPort, workerData: { kind, file } } = require('node:worker_threads')

const LOADERS = {
  async bzip2() {
    const { default: BZip2 } = await import(file)
    const library = new BZip2()
    await library.init()
    // Without room for what can not be compressed it fails, and it takes a smaller block than there is if it is not told.
    return (bytes) => library.compress(bytes, 9, Math.ceil(bytes.length * 1.02) + 1024)
  },
  async zstd() {
    const { default: library } = await import(file)
    await library.init()
    return (bytes) => library.compress(bytes, 3)
  },
}

const loaded = LOADERS[kind]()
parentPort.on('message', async (bytes) => {
  const compress = await loaded
  const result = compress(bytes)
  parentPort.postMessage(result, [result.buffer])
})
`
