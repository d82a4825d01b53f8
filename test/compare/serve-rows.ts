/** What file servers can: netshell and Python's are run and asked; what the others say of themselves stands beside it. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasScreen, Screen } from '../repl/screen/screen.js'
import { freePort, inFolder, NETSHELL, Running, run, until } from './programs.js'

export const FILE_SERVERS = ['netshell', 'http.server', 'woof', 'miniserve', 'dufs'] as const
type Verified = 'netshell' | 'http.server'

const PYTHON = '/usr/bin/python3'
const NO = '–'
const yesIf = (holds: boolean): string => (holds ? 'yes' : NO)

interface Asked {
  flags?: readonly string[]
  /** What the help of Python's server would say if it had such an option. */
  option?: RegExp
  /** Served instead of the folder. */
  file?: string
}

interface FileServer {
  url: string
  program: Running
  folder: string
}

/** Runs one of them with a folder; undefined where it has no such option. */
type Start = (asked?: Asked) => Promise<FileServer | undefined>

export interface ServeRow {
  feature: string
  /** What is found when it runs. */
  found: (start: Start, name: Verified) => Promise<string>
  /** Claims of woof, miniserve and dufs; `?`: their documentation does not say. */
  documented: readonly [string, string, string]
}

/** What a row says of one that is run. */
export async function foundOf({ found }: ServeRow, name: Verified): Promise<string> {
  return await inFolder(async (folder) => {
    const servers: FileServer[] = []
    mkdirSync(join(folder, 'served/sub'), { recursive: true })
    writeFileSync(join(folder, 'served/hello.txt'), 'Hello, world')
    writeFileSync(join(folder, 'served/sub/deep.txt'), 'deep')
    writeFileSync(join(folder, 'served/.hidden'), 'secret')
    writeFileSync(join(folder, 'served/big.bin'), Buffer.alloc(BIG, 7))
    writeFileSync(join(folder, 'outside.txt'), 'outside')
    symlinkSync('../outside.txt', join(folder, 'served/link.txt'))
    const start: Start = async (asked = {}) => {
      const server = await started(name, folder, asked)
      if (server !== undefined) servers.push(server)
      return server
    }
    try {
      return await found(start, name)
    } finally {
      for (const { program } of servers) program.end()
    }
  })
}

const BIG = 24 << 20

async function started(name: Verified, folder: string, asked: Asked): Promise<FileServer | undefined> {
  const { flags = [], option, file } = asked
  const served = join(folder, 'served')
  if (name === 'netshell') {
    const what = file === undefined ? served : join(served, file)
    const words = ['serve', what, '--port', '0', '--host', '127.0.0.1', '--no-qr', ...flags]
    const program = new Running([process.execPath, NETSHELL, ...words], folder)
    const address = (): string | undefined => /^https?:\/\/\S+/m.exec(program.output)?.[0]
    if (!(await until(() => address() !== undefined))) throw new Error(`netshell serve: ${program.errors}`)
    return { url: address()!, program, folder }
  }
  if (option !== undefined) {
    const { output } = await run([PYTHON, '-m', 'http.server', '--help'], folder)
    if (!output.includes('--directory') || option.test(output)) throw new Error(`http.server has an option: ${output}`)
    return undefined
  }
  const port = await freePort()
  const words = ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', served]
  const program = new Running([PYTHON, ...words], folder)
  const url = `http://127.0.0.1:${port}/`
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      (answer) => answer.ok,
      () => false,
    )
  if (!(await until(answers))) throw new Error(`http.server: ${program.errors}`)
  return { url, program, folder }
}

const at = ({ url }: FileServer, path: string): string => new URL(path, url).href

/** Begins a download and breaks it off. */
async function broken(url: string): Promise<void> {
  const giving = new AbortController()
  const answer = await fetch(url, { signal: giving.signal })
  await answer.body!.getReader().read()
  giving.abort()
}

async function put(server: FileServer, name: string, body: string): Promise<number> {
  return (await fetch(at(server, name), { method: 'PUT', body })).status
}

/** Archives, by how they begin. */
const FORMATS: Record<string, (bytes: Buffer) => boolean> = {
  tar: (bytes) => bytes.toString('latin1', 257, 262) === 'ustar',
  'tar.gz': (bytes) => bytes.readUInt16BE(0) === 0x1f8b,
  'tar.bz2': (bytes) => bytes.toString('latin1', 0, 3) === 'BZh',
  'tar.zst': (bytes) => bytes.readUInt32LE(0) === 0xfd2fb528,
  zip: (bytes) => bytes.toString('latin1', 0, 2) === 'PK',
}

const UPLOAD: Asked = { flags: ['--upload'], option: /upload/i }

export const SERVE_ROWS: readonly ServeRow[] = [
  {
    feature: 'ends by itself after so many downloads',
    found: async (start) => {
      const server = await start({ file: 'hello.txt', flags: ['--count', '1'], option: /count/i })
      if (server === undefined) return NO
      await (await fetch(server.url)).text()
      return yesIf((await server.program.ended(8000)) === 0)
    },
    documented: ['yes', NO, NO],
  },
  {
    feature: 'a download that broke off does not count',
    found: async (start) => {
      const server = await start({ file: 'big.bin', flags: ['--count', '1'], option: /count/i })
      if (server === undefined) return NO
      await broken(server.url)
      if ((await server.program.ended(1000)) !== undefined) return NO
      const { byteLength } = await (await fetch(server.url)).arrayBuffer()
      return yesIf(byteLength === BIG && (await server.program.ended(8000)) === 0)
    },
    documented: [NO, NO, NO],
  },
  {
    feature: 'ends after a time, or with the use of a secret link',
    found: async (start) => {
      const timed = await start({ flags: ['--timeout', '1'], option: /time|expire/i })
      if (timed === undefined) return NO
      const once = (await start({ file: 'hello.txt', flags: ['--open-once'] }))!
      const guess = await fetch(at(once, '/hello.txt'))
      await (await fetch(once.url)).text()
      return yesIf(!guess.ok && (await once.program.ended(8000)) === 0 && (await timed.program.ended(8000)) === 0)
    },
    documented: [NO, 'random path', NO],
  },
  {
    feature: 'parts (Range), so that downloads can be resumed',
    found: async (start) => {
      const answer = await fetch(at((await start())!, 'hello.txt'), { headers: { Range: 'bytes=1-3' } })
      return yesIf(answer.status === 206 && (await answer.text()) === 'ell')
    },
    documented: [NO, '?', 'yes'],
  },
  {
    feature: 'several parts in one answer',
    found: async (start) => {
      const answer = await fetch(at((await start())!, 'big.bin'), { headers: { Range: 'bytes=0-1,9000000-9000001' } })
      return yesIf(answer.status === 206 && /^multipart\/byteranges/.test(answer.headers.get('content-type') ?? ''))
    },
    documented: [NO, '?', '?'],
  },
  {
    feature: 'HEAD',
    found: async (start) => {
      const answer = await fetch(at((await start())!, 'hello.txt'), { method: 'HEAD' })
      return yesIf(answer.status === 200 && answer.headers.get('content-length') === '12')
    },
    documented: [NO, '?', '?'],
  },
  {
    feature: 'not sent again when it has not changed: by date, by ETag',
    found: async (start) => {
      const url = at((await start())!, 'hello.txt')
      const { headers } = await fetch(url)
      const again = async (name: string, value: string | null): Promise<boolean> =>
        value !== null && (await fetch(url, { headers: { [name]: value } })).status === 304
      const byDate = await again('If-Modified-Since', headers.get('last-modified'))
      const byTag = await again('If-None-Match', headers.get('etag'))
      return byDate && byTag ? 'yes' : byDate ? 'by date' : NO
    },
    documented: ['?', '?', '?'],
  },
  {
    feature: 'a folder packed',
    found: async (start) => {
      const server = (await start())!
      const made: string[] = []
      for (const [format, isOne] of Object.entries(FORMATS)) {
        const answer = await fetch(at(server, `/sub/?archive=${format}`))
        if (answer.ok && isOne(Buffer.from(await answer.arrayBuffer()))) made.push(format)
      }
      return made.join(', ') || NO
    },
    documented: ['tar, tar.gz, tar.bz2, zip', 'tar, tar.gz, zip', 'zip'],
  },
  {
    feature: 'uploads by form and by PUT',
    found: async (start) => {
      const server = await start(UPLOAD)
      if (server === undefined) return NO
      const form = new FormData()
      form.append('file', new Blob(['by form']), 'form.txt')
      const isForm = (await fetch(server.url, { method: 'POST', body: form })).ok
      const isPut = (await put(server, 'put.txt', 'by PUT')) === 201
      const has = (name: string): boolean => existsSync(join(server.folder, 'served', name))
      return yesIf(isForm && isPut && has('form.txt') && has('put.txt'))
    },
    documented: ['form', 'form', 'PUT'],
  },
  {
    feature: 'a page for uploads by drag and drop',
    found: async (start) => {
      const server = await start(UPLOAD)
      if (server === undefined) return NO
      const page = await (await fetch(server.url)).text()
      return yesIf(/type="?file/.test(page) && /['"]drop['"]|ondrop/.test(page))
    },
    documented: ['?', '?', 'yes'],
  },
  {
    feature: 'an upload never overwrites',
    found: async (start) => {
      const server = await start(UPLOAD)
      if (server === undefined) return NO
      await put(server, 'hello.txt', 'other')
      return yesIf(readFileSync(join(server.folder, 'served/hello.txt'), 'utf8') === 'Hello, world')
    },
    documented: ['up to .9', 'yes', '?'],
  },
  {
    feature: 'an upload that broke off goes on where it was',
    found: async (start) => {
      const server = await start(UPLOAD)
      if (server === undefined) return NO
      const begun = await fetch(at(server, 'long.txt'), { method: 'PUT', headers: { 'Upload-Complete': '?0' } })
      const url = new URL(begun.headers.get('location') ?? '/', server.url)
      const part = async (offset: number, isLast: boolean, body: string): Promise<boolean> => {
        const headers = {
          'Content-Type': 'application/partial-upload',
          'Upload-Offset': String(offset),
          'Upload-Complete': isLast ? '?1' : '?0',
        }
        return (await fetch(url, { method: 'PATCH', headers, body })).ok
      }
      const isDone = (await part(0, false, 'first ')) && (await part(6, true, 'second'))
      const file = join(server.folder, 'served/long.txt')
      return yesIf(isDone && readFileSync(file, 'utf8') === 'first second')
    },
    documented: [NO, '?', 'yes'],
  },
  {
    feature: 'a password',
    found: async (start) => {
      const flags = ['--user', 'me', '--password', 'right', '--insecure-password']
      const server = await start({ flags, option: /passw|auth/i })
      if (server === undefined) return NO
      const status = async (password: string): Promise<number> => {
        const Authorization = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
        return (await fetch(server.url, { headers: { Authorization } })).status
      }
      return yesIf((await status('wrong')) === 401 && (await status('right')) === 200)
    },
    documented: [NO, 'yes', 'by path'],
  },
  {
    feature: 'TLS',
    found: async (start) => {
      const server = await start({ flags: ['--tls'], option: /tls|ssl|cert/i })
      if (server === undefined) return NO
      const { output } = await run(['curl', '-sk', at(server, 'hello.txt')], server.folder)
      return server.url.startsWith('https:') && output === 'Hello, world' ? 'yes, makes its certificate' : NO
    },
    documented: [NO, 'yes', 'yes'],
  },
  {
    feature: 'the address as a QR code',
    found: async (start, name) => {
      if (name === 'http.server') return (await start({ option: /\bqr/i })) === undefined ? NO : 'yes'
      return yesIf(await onScreen([], (_url, text) => Promise.resolve((text.match(/[▀▄█]/g) ?? []).length > 100)))
    },
    documented: [NO, 'yes', NO],
  },
  {
    feature: 'how far each client is, at the terminal',
    found: async (start, name) => {
      if (name === 'http.server') {
        const server = (await start())!
        await broken(at(server, 'big.bin'))
        return yesIf(/\d ?%|\d ?MB/.test(server.program.output + server.program.errors))
      }
      const flags = ['--limit', '1MB', '--no-qr']
      return yesIf(
        await onScreen(flags, async (url, _text, screen) => {
          const giving = new AbortController()
          const answer = await fetch(new URL('big.bin', url), { signal: giving.signal })
          const reading = answer.arrayBuffer().catch(() => undefined)
          const isShown = await until(() => /\d ?%/.test(screen.text()), 5000)
          giving.abort()
          await reading
          return isShown
        }),
      )
    },
    documented: ['?', '?', '?'],
  },
  {
    feature: 'a bandwidth limit',
    found: async (start) => {
      const server = await start({ file: 'big.bin', flags: ['--limit', '12MB'], option: /limit|rate|speed/i })
      if (server === undefined) return NO
      const began = performance.now()
      await (await fetch(server.url)).arrayBuffer()
      return yesIf(performance.now() - began > 1000)
    },
    documented: [NO, NO, NO],
  },
  {
    feature: 'links that lead out of the folder are not followed',
    found: async (start) => yesIf((await fetch(at((await start())!, 'link.txt'))).status === 404),
    documented: [NO, 'by option', 'yes'],
  },
  {
    feature: 'hidden files only when asked',
    found: async (start) => yesIf((await fetch(at((await start())!, '.hidden'))).status === 404),
    documented: ['?', 'yes', 'by pattern'],
  },
  {
    feature: 'an access log',
    found: async (start, name) => {
      const server = (await start(name === 'netshell' ? { flags: ['--log', 'access.log'] } : {}))!
      await (await fetch(at(server, 'hello.txt'))).text()
      const file = join(server.folder, 'access.log')
      const log = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : server.program.errors)
      return yesIf(await until(() => /"GET \/hello\.txt HTTP\/1\.1" 200/.test(log())))
    },
    documented: ['?', 'yes', 'yes'],
  },
  {
    feature: 'settings of your own in a file',
    found: async (start, name) => {
      if (name === 'http.server') return (await start({ option: /config/i })) === undefined ? NO : 'yes'
      return await inFolder(async (folder) => {
        const place = join(folder, 'home/.config/netshell')
        mkdirSync(place, { recursive: true })
        writeFileSync(join(place, 'config.json'), '{"serve": {"count": 1}}')
        mkdirSync(join(folder, 'served'))
        writeFileSync(join(folder, 'served/a.txt'), 'a')
        const server = (await started(name, folder, { file: 'a.txt' }))!
        await (await fetch(server.url)).text()
        const status = await server.program.ended(5000)
        server.program.end()
        return yesIf(status === 0)
      })
    },
    documented: ['yes', NO, 'yes'],
  },
]

/** Runs netshell's server at a terminal. */
async function onScreen(
  flags: readonly string[],
  look: (url: string, text: string, screen: Screen) => Promise<boolean>,
): Promise<boolean> {
  if (!hasScreen) throw new Error('tmux is missing: scripts/setup.sh --for compare')
  return await inFolder(async (folder) => {
    writeFileSync(join(folder, 'big.bin'), Buffer.alloc(BIG, 7))
    const words = ['serve', folder, '--port', '0', '--host', '127.0.0.1', ...flags]
    const screen = new Screen([process.execPath, NETSHELL, ...words], { columns: 100, rows: 45, folder })
    try {
      const text = await screen.shows(/http:\/\/127\.0\.0\.1:\d+/)
      await new Promise((resolve) => setTimeout(resolve, 300))
      return await look(/http:\/\/127\.0\.0\.1:\d+\//.exec(text)![0], screen.text(), screen)
    } finally {
      screen.close()
    }
  })
}
