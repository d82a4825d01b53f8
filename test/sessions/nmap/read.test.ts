/** nmap's XML: what real runs write, what ndiff reads in it, and what a hostile machine could send. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NmapResult, nmap } from '../../../src/sessions/nmap/index.js'
import { allPortsOf } from '../../../src/sessions/nmap/not-shown.js'
import { scan } from '../../../src/tools/scan/index.js'
import { must } from '../../lab/process.js'
import { Sshd } from '../ssh/sshd.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-nmap-'))
let sshd: Sshd
let web: Server
let webPort: number
/** A run with versions, scripts and guesses of the system. */
let file: string
let xml: string

beforeAll(async () => {
  sshd = await Sshd.start()
  web = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () =>
      socket.end('HTTP/1.0 200 OK\r\nServer: Own "<&>" ☃\r\n\r\n<title>One &amp; two</title>\n'),
    )
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  webPort = (web.address() as { port: number }).port
  file = join(folder, 'full.xml')
  const ports = `${sshd.port},${webPort},1-40`
  const words = ['-sT', '-A', '-p', ports, '-oX', file, '-oG', join(folder, 'full.gnmap'), 'localhost', '127.0.0.2']
  await must(['nmap', '-T5', ...words], { timeout: 110_000 })
  xml = readFileSync(file, 'utf8')
}, 120_000)
afterAll(async () => {
  web?.close()
  await sshd?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A result in the form of ndiff-reading.py. */
function asNdiff(result: NmapResult): unknown {
  return {
    args: result.facts.args,
    version: result.facts.version,
    hosts: result.hosts.map((host) => ({
      state: host.state,
      addresses: host.addresses,
      names: host.names,
      ports: host.ports
        .toSorted((a, b) => a.port - b.port)
        .map(({ port, protocol, state, service = null, product = null, version = null, scripts = [] }) => [
          port,
          protocol,
          state,
          service,
          product,
          version,
          scripts.map(({ id, output }) => [id, output]),
        ]),
      extraports: host.notShown.map(({ state, count }) => [state, count]),
      os: host.os.map(({ name }) => name),
    })),
  }
}

describe('what nmap has written', () => {
  test('means the same to ndiff', async () => {
    const result = await nmap.read(file)
    const theirs = JSON.parse(
      execFileSync('/usr/bin/python3', [join(import.meta.dirname, 'ndiff-reading.py'), file], { encoding: 'utf8' }),
    )
    expect(asNdiff(result)).toEqual(theirs)
    expect(result.facts.problem).toBeUndefined()
    const ssh = result.ports.find(({ port }) => port === sshd.port)!
    expect(ssh).toMatchObject({ service: 'ssh', product: 'OpenSSH', probed: true, state: 'open' })
    expect(ssh.cpe).toContain(`cpe:/a:openbsd:openssh:${ssh.version!.split(' ')[0]}`)
  })

  test('is told in tables that fit', async () => {
    const result = await nmap.read(file)
    const text = String(result)
    expect(text).toMatch(/^localhost \(127\.0\.0\.1\): up, .*\nNot shown: 40 closed tcp ports/)
    expect(text).toMatch(new RegExp(`^${sshd.port}/tcp +open +ssh +OpenSSH `, 'm'))
    expect(text).toMatch(/^ {2}\d+\/tcp ssh-hostkey:\n {4}/m)
    expect(text).toMatch(/^System, guessed: /m)
    expect(text).toMatch(/\ndone: 2 addresses, 2 hosts up in \d+\.\d\d s \(nmap 7\.\d+\)$/)
    const inspected = (result as never as Record<symbol, (depth: number, options: object) => string>)[
      Symbol.for('nodejs.util.inspect.custom')
    ]!(2, { depth: 2, breakLength: 58 })
    for (const line of inspected.split('\n').filter((each) => /^\d+\/tcp +open|^PORT/.test(each)))
      expect(line.length, line).toBeLessThanOrEqual(60)
  })

  test('which ports are only counted is known, also where an older nmap does not say', async () => {
    const [host] = (await nmap.parse(xml)).hosts
    expect(host!.notShown).toMatchObject([{ protocol: 'tcp', state: 'closed', count: 40 }])
    expect(allPortsOf(host!.notShown[0]!.ports)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    const old = xml.replace(/ proto="tcp" ports="[^"]*"/g, '')
    expect(old).not.toBe(xml)
    expect((await nmap.parse(old)).hosts[0]!.notShown).toEqual(host!.notShown)
  })

  test('of our own scan is what the scan has found', async () => {
    const found = await scan('127.0.0.1', { ports: `${webPort},${sshd.port},100-300`, quiet: true })
    const result = await nmap.parse(found.xml())
    expect(result.facts.scanner).toBe('netshell scan')
    expect(result.open.map(({ port }) => port)).toEqual(found.open.map(({ port }) => port))
    expect(result.open.map(({ port }) => port)).toContain(webPort)
    expect(result.hosts[0]!.notShown).toEqual(found.hosts[0]!.notShown)
  })

  test('is a loop over its ports, and saved byte for byte', async () => {
    const result = await nmap.read(xml)
    expect([...result]).toEqual(result.ports)
    const copy = join(folder, 'copy.xml')
    expect((await nmap.read(result.save(copy) && copy)).xml()).toBe(xml)
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ scanner: 'nmap', hosts: [{ address: '127.0.0.1' }, {}] })
  })
})

describe('what is cut off or broken', () => {
  test('gives the hosts that are complete, and says so', async () => {
    const whole = await nmap.parse(xml)
    const ends = [...xml.matchAll(/<\/host>/g)].map(({ index }) => index + '</host>'.length)
    expect(ends).toHaveLength(2)
    const begin = xml.indexOf('<nmaprun ')
    const runs = xml.indexOf('<scaninfo')
    for (let end = runs; end < xml.length - 30; end += 173) {
      const result = await nmap.parse(xml.slice(0, end))
      const complete = ends.filter((each) => each <= end).length
      expect(result.hosts, String(end)).toEqual(whole.hosts.slice(0, complete))
      if (end < xml.indexOf('<finished')) expect(result.facts.problem, String(end)).toMatch(/ends too early$/)
    }
    await expect(nmap.parse(xml.slice(0, begin))).rejects.toThrow('this is no XML of nmap')
  })

  test('gives what came before the error', async () => {
    const second = xml.indexOf('<host ', xml.indexOf('</host>'))
    const result = await nmap.parse(`${xml.slice(0, second)}<<${xml.slice(second)}`)
    expect(result.hosts).toHaveLength(1)
    expect(result.facts.problem).toMatch(/the XML is broken: \d+:\d+: /)
    expect(String(result)).toContain('not complete: ')
  })

  test('never does harm, whatever byte is changed', async () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % below
    }
    for (let round = 0; round < 400; round++) {
      const at = random(xml.length)
      const changed = `${xml.slice(0, at)}${['<', '>', '"', '&', '/', '\0', '9', ']]>', '<!--'][random(9)]}${xml.slice(at + random(4))}`
      const result = await nmap.parse(changed).catch((error: Error) => error)
      if (result instanceof Error) expect(result.message).toMatch(/this is no XML of nmap/)
      else expect(result.hosts.length).toBeLessThanOrEqual(2)
    }
  })

  test('what is no XML of nmap is named', async () => {
    await expect(nmap.parse('')).rejects.toThrow('nmap.parse: this is no XML of nmap: it is empty')
    await expect(nmap.read('<html><body>no</body></html>')).rejects.toThrow('it begins with "<html><body>no')
    await expect(nmap.read('/no/such/file.xml')).rejects.toThrow('/no/such/file.xml: there is no such file')
    await expect(nmap.read(folder)).rejects.toThrow('it is a folder')
    await expect(nmap.read('/dev/zero')).rejects.toThrow('/dev/zero: it is no file')
    await expect(nmap.read(undefined as never)).rejects.toThrow('give the name of a file')
  })

  test('a shell may greet first', async () => {
    expect((await nmap.parse(`Welcome! <3\n${xml}`)).hosts).toHaveLength(2)
  })
})

describe('hostile XML', () => {
  const host = (inner: string): string =>
    `<nmaprun><host><status state="up"/><address addr="10.0.0.1" addrtype="ipv4"/>${inner}</host>`

  test('entities are not expanded, and no file is read', async () => {
    const levels = Array.from({ length: 20 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')
    const laughs = `<!DOCTYPE nmaprun [<!ENTITY l0 "ha">${levels}]><nmaprun args="&l20;"></nmaprun>`
    const bomb = await nmap.parse(laughs).catch((error: Error) => error)
    if (!(bomb instanceof Error)) expect(bomb.facts.args.length).toBeLessThan(100)
    const outside = `<!DOCTYPE nmaprun [<!ENTITY x SYSTEM "file:///etc/passwd">]>${host('<hostnames><hostname name="&x;"/></hostnames>')}</nmaprun>`
    const result = await nmap.parse(outside)
    expect(JSON.stringify(result)).not.toContain('root:')
  })

  test('what is nested without end, or too much, is stopped', async () => {
    const deep = await nmap.parse(host('<a>'.repeat(1_000_000)))
    expect(deep.facts.problem).toContain('nested more than 100 deep')
    const many = '<port protocol="tcp" portid="1"><state state="open"/></port>'.repeat(900_000)
    const ports = await nmap.parse(host(many))
    expect(ports.hosts[0]!.ports.length).toBe(4 * 65536)
    await expect(nmap.parse(`<nmaprun>${' '.repeat(65 * 2 ** 20)}`)).rejects.toThrow('more than 64 MiB of XML')
    const wide = await nmap.parse(
      `<nmaprun ${Array.from({ length: 200_000 }, (_, i) => `a${i}="1"`).join(' ')}></nmaprun>`,
    )
    expect(wide.hosts).toEqual([])
  }, 60_000)

  test('what a terminal would obey is written out', async () => {
    const evil = 'a&#x9b;2J&#x202e;b&#10;c'
    const result = await nmap.parse(
      `${host(
        `<hostnames><hostname name="${evil}"/></hostnames><ports><extraports state="closed" count="3"><extrareasons reason="${evil}" count="3" proto="${evil}"/></extraports>` +
          `<port protocol="${evil}" portid="1"><state state="${evil}" reason="${evil}"/><service name="${evil}" product="${evil}" version="${evil}"/><script id="${evil}" output="${evil}"/></port></ports>` +
          `<os><osmatch name="${evil}" accuracy="${evil}"/></os><trace><hop ttl="1" ipaddr="${evil}"/></trace>`,
      )}<runstats><finished exit="error" errormsg="${evil}"/></runstats></nmaprun>`,
    )
    expect(result.hosts[0]!.name).toContain('\x9b')
    expect(String(result)).toContain('a\\x9b2J\\u202eb')
    expect(String(result)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
  })

  test('numbers that are none, and keys of prototypes, are left out', async () => {
    const result = await nmap.parse(
      `${host(
        '<ports><port protocol="tcp" portid="70000"><state state="open"/></port><port protocol="tcp" portid="-1"/><port protocol="tcp" portid="1e3"/>' +
          '<extraports state="closed" count="x"><extrareasons reason="__proto__" count="5" proto="tcp" ports="5-1,x,99999,3"/></extraports></ports><times srtt="NaN"/>',
      )}</nmaprun>`,
    )
    expect(result.ports).toEqual([])
    expect(result.hosts[0]!.rtt).toBeUndefined()
    expect(Object.keys(result.hosts[0]!.notShown[0]!.reasons)).toEqual([])
    expect(allPortsOf('5-1,x,99999,3,7-8')).toEqual([3, 7, 8])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
