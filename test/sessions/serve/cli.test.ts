/** `netshell serve`, driven by the programs that people download with. */
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { run, start } from '../../lab/process.js'
import { Program } from './program.js'

const program = new Program()
let big: string

beforeAll(async () => {
  await program.build()
  writeFileSync(join(program.folder, 'notes.txt'), 'some notes\n')
  big = join(program.folder, 'big.bin')
  // Its bytes differ from place to place: parts in a wrong order are seen.
  const bytes = Buffer.alloc(60_000_000)
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(at, at)
  writeFileSync(big, bytes)
}, 60_000)
afterEach(() => program.stopAll())
afterAll(() => program.remove())

const shell = (command: string, folder = program.folder) => run(['sh', '-c', command], { folder, timeout: 60_000 })
const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A folder of its own to download into. */
let downloads = 0
function into(): string {
  const folder = join(program.folder, `into-${++downloads}`)
  mkdirSync(folder)
  return folder
}

describe('one file', () => {
  it('is got whole and with its name by curl, wget, Python and aria2, and each of them counts', async () => {
    const { child, url } = await program.serve(['big.bin', '--count', '4'])
    const top = new URL('/', url).href
    const folder = into()
    expect((await shell(`curl -sLOJ '${url}'`, folder)).status).toBe(0)
    expect(hash(join(folder, 'big.bin'))).toBe(hash(big))
    // From the top it is led to the name.
    expect((await shell(`wget -q --content-disposition '${top}'`, into())).status).toBe(0)
    expect(hash(join(program.folder, `into-${downloads}`, 'big.bin'))).toBe(hash(big))
    const python =
      'import sys, urllib.request, hashlib; print(hashlib.sha256(urllib.request.urlopen(sys.argv[1]).read()).hexdigest())'
    expect((await run(['python3', '-c', python, top], { timeout: 60_000 })).stdout.trim()).toBe(hash(big))
    expect(child.running).toBe(true)
    // In parts, over several connections: one download.
    const parts = into()
    const aria = await shell(`aria2c -q -x 4 -s 4 -k 1M --file-allocation=none '${url}'`, parts)
    expect(aria.stdout + aria.stderr).not.toMatch(/ERR/)
    expect(hash(join(parts, 'big.bin'))).toBe(hash(big))
    expect(await child.exited).toEqual({ status: 0, signal: null })
    expect(child.stdout).toContain('4 downloads')
  }, 120_000)

  it('is served twice with --count 2, however many broke off in between', async () => {
    const { child, url } = await program.serve(['big.bin', '--count', '2'])
    expect((await shell(`curl -s '${url}' | sha256sum`)).stdout).toContain(hash(big))
    // The one at the other end of the pipe has enough, and curl breaks off.
    for (let i = 0; i < 2; i++) await shell(`curl -s '${url}' | head -c 100000 | wc -c`)
    await child.waitFor(/(?:did not get all of big\.bin[\s\S]*){2}/)
    expect(child.running).toBe(true)
    expect((await shell(`curl -s '${url}' | sha256sum`)).stdout).toContain(hash(big))
    expect(await child.exited).toEqual({ status: 0, signal: null })
    expect(child.stderr).toMatch(/127\.0\.0\.1 took big\.bin: 60 MB/)
    expect((await shell(`curl -s '${url}'`)).status).toBe(7)
  }, 120_000)

  it('is resumed by curl and wget where they were cut off, and counts once then', async () => {
    for (const resume of ['curl -sC - -O', 'wget -qc']) {
      const { child, url } = await program.serve(['big.bin', '--count', '1'])
      const folder = into()
      await shell(`curl -s '${url}' | head -c 20000000 > big.bin`, folder)
      expect((await shell(`${resume} '${url}'`, folder)).status).toBe(0)
      expect(hash(join(folder, 'big.bin'))).toBe(hash(big))
      // Both together are all of it: it was downloaded once, and that is the end.
      expect(await child.exited).toEqual({ status: 0, signal: null })
      expect(child.stdout).toContain('1 download,')
    }
  }, 120_000)
})

describe('what it ends with', () => {
  it('is exit code 0 when nobody asks for anything any more', async () => {
    const { child, url } = await program.serve(['notes.txt', '--timeout', '1'])
    expect((await shell(`curl -s '${url}'`)).stdout).toBe('some notes\n')
    expect(await child.exited).toEqual({ status: 0, signal: null })
    expect(child.stderr).toContain('it ends after 1 second without a request')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('is exit code 0 and what there was after %s', async (signal) => {
    const { child, url } = await program.serve(['notes.txt'])
    await shell(`curl -s '${url}'`)
    child.kill(signal)
    expect(await child.exited).toEqual({ status: 0, signal: null })
    expect(child.stdout).toMatch(/closed.*1 download, 11 bytes out/)
  })

  it('is a line of JSON when that is wanted', async () => {
    const child = program.start(['serve', 'notes.txt', '--host', '127.0.0.1', '--port', '0', '--count', '1', '--json'])
    const [, url] = await child.waitFor(/^ {2}(http\S+)/m)
    await shell(`curl -s '${url}'`)
    await child.exited
    expect(JSON.parse(child.stdout)).toMatchObject({ kind: 'serve', state: 'closed', subject: url })
  })
})

describe('what cannot be', () => {
  const failing = async (...words: string[]): Promise<[status: number | null, stderr: string]> => {
    const child = program.start(['serve', ...words])
    const { status } = await child.exited
    return [status, child.stderr]
  }

  it('is said in words, with what to do', async () => {
    expect(await failing('nothere.txt')).toEqual([2, "netshell serve: there is no file and no folder 'nothere.txt'\n"])
    const [, noPath] = await failing()
    expect(noPath).toMatch(/give a file or a folder/)
    const [status, password] = await failing('notes.txt', '--password', 'secret')
    expect(status).toBe(2)
    expect(password).toMatch(/add option --tls, or option --insecure-password/)
    expect(password).not.toMatch(/secret\b/)
    expect((await failing('notes.txt', '--password', '--tls'))[1]).toMatch(/'--tls' looks like another option/)
    const log = join(program.folder, 'no', 'folder.log')
    expect(await failing('notes.txt', '--log', log)).toEqual([
      2,
      `netshell serve: the log ${log} cannot be written: there is no such folder\n`,
    ])
    expect((await failing('notes.txt', '--archive', 'rar'))[1]).toMatch(/Allowed choices are tar, tar\.gz/)
    expect((await failing('notes.txt', '--count', '-1'))[1]).toMatch(/--count/)
  })

  it('is a port that somebody has; without one the next is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as AddressInfo
    const [status, told] = await failing('notes.txt', '--host', '127.0.0.1', '--port', String(port))
    expect(status).toBe(1)
    expect(told).toMatch(new RegExp(`port ${port} is in use by`))
    taken.close()
    const servers = await Promise.all(
      [1, 2].map(async () => {
        const child = program.start(['serve', 'notes.txt', '--host', '127.0.0.1'])
        return (await child.waitFor(/^http:\/\/127\.0\.0\.1:(80\d\d)\//m))[1]
      }),
    )
    expect(new Set(servers).size).toBe(2)
  })
})

describe('folders, lists and standard input', () => {
  it('are served: a page, an archive, several files, what comes out of a pipe', async () => {
    mkdirSync(join(program.folder, 'photos', 'été'), { recursive: true })
    writeFileSync(join(program.folder, 'photos', 'été', 'ä b.txt'), 'picture')
    writeFileSync(join(program.folder, 'photos', '.hidden'), 'no')
    const page = await program.serve(['photos'])
    const mirror = into()
    await shell(`wget -q -r -np -nH --restrict-file-names=nocontrol '${page.url}'`, mirror)
    expect(readFileSync(join(mirror, 'été', 'ä b.txt'), 'utf8')).toBe('picture')
    expect(readdirSync(mirror, { recursive: true }).join()).not.toContain('hidden')

    const archive = await program.serve(['photos', '--archive', 'tar.gz', '--count', '1'])
    const unpacked = into()
    expect(
      (await shell(`curl -sLOJ '${new URL('/', archive.url).href}' && tar xzf photos.tar.gz`, unpacked)).status,
    ).toBe(0)
    expect(readFileSync(join(unpacked, 'photos', 'été', 'ä b.txt'), 'utf8')).toBe('picture')
    expect((await archive.child.exited).status).toBe(0)

    const several = await program.serve(['notes.txt', 'photos'])
    expect((await shell(`curl -s '${several.url}notes.txt'`)).stdout).toBe('some notes\n')

    const piped = await shell(
      `(echo from the pipe | ${program.command.map((word) => `'${word}'`).join(' ')} serve - --name p.txt --host 127.0.0.1 --port 0 --count 1 > url.txt 2>/dev/null &
       for i in $(seq 100); do sleep 0.1; test -s url.txt && break; done; curl -s "$(head -1 url.txt)"; wait)`,
    )
    expect(piped.stdout).toBe('from the pipe\n')
  }, 60_000)
})

describe('who is let in', () => {
  it('is who knows the password, which is not on the command line', async () => {
    const { url, child } = await program.serve(['notes.txt', '--user', 'ann'], {
      environment: { NETSHELL_SERVE_PASSWORD: 'from outside' },
    })
    expect((await shell(`curl -s -o /dev/null -w '%{http_code}' '${url}'`)).stdout).toBe('401')
    expect((await shell(`curl -s -u 'ann:from outside' '${url}'`)).stdout).toBe('some notes\n')
    expect(child.stdout + child.stderr).not.toContain('from outside')
  })

  it('sees the certificate whose fingerprint was told', async () => {
    const { url, child } = await program.serve(['notes.txt', '--tls', '--make-password'])
    const { host } = new URL(url)
    const seen = await shell(
      `openssl s_client -connect ${host} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`,
    )
    const [, fingerprint] = /=([\dA-F:]{95})/.exec(seen.stdout)!
    expect(child.stderr.replace(/\s+/g, '')).toContain(fingerprint)
    const [, password] = /password: ([\w-]+), user: any/.exec(child.stderr)!
    expect((await shell(`curl -sk -u ':${password}' '${url}'`)).stdout).toBe('some notes\n')
    expect((await shell(`curl -sk -o /dev/null -w '%{http_code}' '${url}'`)).stdout).toBe('401')
  })

  it('with --open-once is who comes first with the link', async () => {
    const { url, child } = await program.serve(['big.bin', '--open-once'])
    const { origin } = new URL(url)
    expect(url).toMatch(/\/[\w-]{22}\/big\.bin$/)
    expect((await shell(`curl -s -o /dev/null -w '%{http_code}' '${origin}/big.bin'`)).stdout).toMatch(/^4/)
    await shell(`curl -s '${url}' | head -c 1000`)
    await child.waitFor(/did not get all/)
    expect((await shell(`curl -s '${url}' | sha256sum`)).stdout).toContain(hash(big))
    expect((await child.exited).status).toBe(0)
    expect(child.stderr).toContain('it ends when the file was downloaded once, or after 1 hour')
  })

  it('is told where the whole network can read it', async () => {
    const child = program.start(['serve', 'notes.txt', '--port', '0'])
    await child.waitFor(/warning: there is no password: anyone in the network can read it\n/)
    const local = await program.serve(['notes.txt'])
    expect(local.child.stderr).not.toContain('warning')
  })
})

describe('the log', () => {
  it('has what nginx writes of the same requests', async () => {
    const { url, child } = await program.serve(['notes.txt', '--log', 'access.log'], {
      environment: { NETSHELL_SERVE_PASSWORD: 'x' },
    })
    const nginx = await startNginx()
    const requests = [
      'GET /notes.txt HTTP/1.1',
      'HEAD /notes.txt HTTP/1.1',
      'GET /notes.txt?a=%22b" HTTP/1.1',
      'GET /notes.txt?\\x HTTP/1.0',
    ]
    const headers = 'Host: 127.0.0.1\r\nAuthorization: Basic YW5uOng=\r\nConnection: close'
    for (const request of requests)
      for (const port of [Number(new URL(url).port), nginx.port]) await ask(port, `${request}\r\n${headers}\r\n\r\n`)
    child.kill('SIGINT')
    await child.exited
    await nginx.stop()
    const [ours, theirs] = ['access.log', 'nginx/access.log'].map((file) =>
      readFileSync(join(program.folder, file), 'utf8').trim().split('\n'),
    )
    const withoutTime = (lines: string[]): string[] => lines.map((line) => line.replace(/\[.*?\]/, '[…]'))
    expect(withoutTime(ours!)).toEqual(withoutTime(theirs!))
    expect(ours![0]).toMatch(/^127\.0\.0\.1 - ann \[/)
    expect(ours).toHaveLength(requests.length)
    const minutes = (lines: string[]): string[] =>
      lines.map((line) => /\[(.*):\d\d( .*?)\]/.exec(line)!.slice(1).join(''))
    // A minute may have begun between the two.
    expect(new Set([...minutes(ours!), ...minutes(theirs!)]).size).toBeLessThanOrEqual(2)
    expect(minutes(ours!).some((minute) => minutes(theirs!).includes(minute))).toBe(true)
  }, 60_000)

  it('is printed as lines with -', async () => {
    const { url, child } = await program.serve(['notes.txt', '--log', '-'])
    await shell(`curl -s '${url}' '${url}/x' '${new URL('/', url).href}'`)
    await child.waitFor(/127\.0\.0\.1 GET \/notes\.txt 200 11 bytes in \d+ ms\n/)
    await child.waitFor(/127\.0\.0\.1 GET \/ 302 /)
    expect(child.stderr).not.toContain('took')
  })

  it('says that something broke off only where it did', async () => {
    writeFileSync(join(program.folder, 'large.bin'), Buffer.alloc(3_000_000))
    const { url, child } = await program.serve(['large.bin', '--log', '-'])
    const times = 8
    await shell(`for i in $(seq ${times}); do curl -s -o /dev/null '${url}'; done`)
    await child.waitFor(new RegExp(`(?:GET /large\\.bin 200 3\\.0 MB in [^\n]*\n[^]*){${times}}`))
    expect(child.stderr).not.toContain('broken off')
  })

  /** Sends a request, and waits until the server has closed the connection. */
  async function ask(port: number, text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')))
      socket.on('close', () => resolve()).on('error', reject)
      socket.resume()
    })
  }

  /** nginx, which serves the same file. */
  async function startNginx(): Promise<{ port: number; stop(): Promise<unknown> }> {
    const folder = join(program.folder, 'nginx')
    mkdirSync(folder)
    const port = await freePort()
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr; events {}
       http {
         log_format common '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent';
         access_log ${folder}/access.log common;
         ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
         server { listen 127.0.0.1:${port}; root ${program.folder}; }
       }`,
    )
    const nginx = start(['nginx', '-p', folder, '-c', join(folder, 'nginx.conf')])
    const answers = (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy().destroyed))
        socket.on('error', () => resolve(false))
      })
    await expect.poll(answers, { timeout: 10_000 }).toBe(true)
    return { port, stop: () => nginx.stop() }
  }

  async function freePort(): Promise<number> {
    const probe = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => probe.once('listening', resolve))
    const { port } = probe.address() as AddressInfo
    await new Promise((resolve) => probe.close(resolve))
    return port
  }
})

describe('the config file', () => {
  it('gives defaults, which the command line overrides, and says where it is wrong', async () => {
    const home = join(program.folder, 'home')
    const file = join(home, '.config', 'netshell', 'config.json')
    mkdirSync(join(home, '.config', 'netshell'), { recursive: true, mode: 0o700 })
    const environment = { HOME: home }
    writeFileSync(file, '{\n  // serving\n  "serve": { "count": 1, "name": "from-config.txt" }\n}\n', { mode: 0o600 })
    const wrong = program.start(['serve', 'notes.txt'], { environment })
    expect((await wrong.exited).status).toBe(2)
    expect(wrong.stderr).toMatch(/config\.json:3: serve has no option 'name'/)
    writeFileSync(file, '{\n  "serve": 1\n}\n')
    const odd = program.start(['serve', 'notes.txt', '--expires', '0.1'], { environment })
    await odd.exited
    expect(odd.stderr).toMatch(/^warning: .*config\.json:2: serve must be an object of options/)
    writeFileSync(file, '{\n  "timeout": 5,\n  "serve": {"count": 1, "user": "ann"}\n}\n')
    const { child, url } = await program.serve(['notes.txt'], { environment })
    await shell(`curl -s '${url}'`)
    expect((await child.exited).status).toBe(0)
    const other = await program.serve(['notes.txt', '--count', '0'], { environment })
    await shell(`curl -s '${other.url}'`)
    await other.child.waitFor(/took notes/)
    expect((await shell(`curl -s '${other.url}'`)).stdout).toBe('some notes\n')
  })

  it('is told of when others can read a password in it', async () => {
    const home = join(program.folder, 'readable')
    mkdirSync(join(home, '.config', 'netshell'), { recursive: true, mode: 0o700 })
    const file = join(home, '.config', 'netshell', 'config.json')
    writeFileSync(file, '{"serve": {"password": "open sesame"}}')
    for (const [mode, isTold] of [
      [0o644, true],
      [0o640, true],
      [0o600, false],
    ] as const) {
      chmodSync(file, mode)
      const { child, url } = await program.serve(['notes.txt', '--expires', '1'], { environment: { HOME: home } })
      expect((await shell(`curl -s -u ann:'open sesame' '${url}'`)).stdout).toBe('some notes\n')
      await child.exited
      expect(child.stderr).not.toContain('sesame')
      expect([mode, /others can read the password in .*config\.json: chmod 600 /.test(child.stderr)]).toEqual([
        mode,
        isTold,
      ])
    }
  })
})
