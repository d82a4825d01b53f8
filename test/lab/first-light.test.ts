/** The main job on a real wire: the program as users run it, against the kernel's own stack in another namespace. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, openLab } from './lab.js'

const SCRIPTS = new URL('../../scripts/', import.meta.url).pathname
const TIMEOUT = 60_000

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
}, 240_000)
afterAll(() => lab.close())

const json = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe('at the prompt', () => {
  test(
    'ping by hand: no await typed, the answer shown, both packets sniffed',
    async () => {
      const sniffer = await lab.spawnNetshell('there')
      await sniffer.waitFor(/netshell[^\n]*[>#]/)
      sniffer.write(
        `pkts = sniff({iface: '${lab.there.interfaceName}', filter: 'icmp', count: 2, timeout: 20, started: () => console.log('listening' + '!')})\r`,
      )
      await sniffer.waitFor(/listening!/)
      const shell = await lab.spawnNetshell('here')
      await shell.waitFor(/netshell[^\n]*[>#]/)
      shell.write(`ans = sr1(IP({dst: '${lab.there.ipv4}'})/ICMP()/Raw('x'.repeat(56)))\r`)
      await shell.waitFor(/IP \/ ICMP .* echo-reply 0 \/ Raw/)
      shell.write('ans.show()\r')
      await shell.waitFor(/type {6}= echo-reply/)
      await shell.waitFor(/load {6}= 'x{56}'/)
      shell.write('ans.tll\r')
      await shell.waitFor(/did you mean 'ttl'/)
      await sniffer.waitFor(/echo-reply/)
      sniffer.write('pkts.summary()\r')
      await sniffer.waitFor(
        /0000 Ether \/ IP \/ ICMP .* echo-request 0 \/ Raw[\s\S]*0001 Ether \/ IP \/ ICMP .* echo-reply 0 \/ Raw/,
      )
      await Promise.all([sniffer.stop(), shell.stop()])
    },
    TIMEOUT,
  )

  test(
    'Ctrl-C keeps what was sniffed',
    async () => {
      const shell = await lab.spawnNetshell('here')
      await shell.waitFor(/netshell[^\n]*[>#]/)
      shell.write(`pkts = sniff({iface: '${lab.here.interfaceName}', filter: 'icmp', prn: p => 'seen ' + p.seq})\r`)
      await lab.exec('there', ['ping', '-c', '1', '-W', '5', lab.here.ipv4])
      await expect
        .poll(
          async () => {
            await lab.exec('there', ['ping', '-c', '1', '-W', '5', lab.here.ipv4])
            return shell.stdout.includes('seen 1')
          },
          { timeout: 20_000 },
        )
        .toBe(true)
      shell.write('\x03')
      await shell.waitFor(/\d+ packets? \(/)
      shell.write('"kept " + (pkts.length > 1)\r')
      await shell.waitFor(/kept true/)
      await shell.stop()
    },
    TIMEOUT,
  )
})

describe('one-shot', () => {
  const evaluate = (expression: string, ...more: string[]) => lab.netshell('here', [...more, '-e', expression])

  test(
    'an answer as JSON',
    async () => {
      const result = await evaluate(`sr1(IP({dst: '${lab.there.ipv4}'})/ICMP({id: 3, seq: 9}))`, '--json')
      expect(json(result.stdout)).toMatchObject([
        {
          layers: [
            { name: 'IP', fields: { src: lab.there.ipv4, dst: lab.here.ipv4 } },
            { name: 'ICMP', fields: { type: 0, id: 3, seq: 9 } },
          ],
        },
      ])
    },
    TIMEOUT,
  )

  test(
    'IPv6, with neighbour discovery by the kernel or by us',
    async () => {
      await lab.exec('here', ['ip', 'neigh', 'flush', 'all'])
      const result = await evaluate(
        `sr1(IPv6({dst: '${lab.there.ipv6}'})/ICMPv6EchoRequest({id: 3, seq: 9})).summary()`,
      )
      expect(result.stdout).toMatch(/ICMPv6/)
      expect(result.status).toBe(0)
    },
    TIMEOUT,
  )

  test(
    'the neighbour is asked by ARP when the kernel does not know it',
    async () => {
      // The other side, too: it would ask for us where it has to make sure of an old entry, and we learn from that.
      for (const side of ['there', 'here'] as const) await lab.exec(side, ['ip', 'neigh', 'flush', 'all'])
      const capture = await lab.capture('there', 'arp or icmp')
      const result = await evaluate(`sr1(IP({dst: '${lab.there.ipv4}'})/ICMP()).summary()`)
      expect(result.stdout).toContain('echo-reply')
      const file = await capture.stop()
      const read = await lab.netshell('there', ['read', file])
      expect(read.stdout).toContain(`ARP who has ${lab.there.ipv4} says ${lab.here.ipv4}`)
    },
    TIMEOUT,
  )

  test(
    'a silent neighbour gives null, and a word about it',
    async () => {
      const address = lab.here.ipv4.replace(/\d+$/, '77')
      const result = await evaluate(`sr1(IP({dst: '${address}'})/ICMP(), {timeout: 0.1}) === null`)
      expect(result.stdout).toBe('true\n')
      expect(result.stderr).toContain(`nobody answers for ${address} on ${lab.here.interfaceName}`)
    },
    TIMEOUT,
  )

  test(
    'no route: an error that says so',
    async () => {
      const result = await evaluate(`sr1(IP({dst: '192.0.2.1'})/ICMP())`)
      expect(result.status).toBe(1)
      expect(result.stderr).toContain('no route to 192.0.2.1 (unreachable)')
      expect(result.stderr).not.toContain('node:')
    },
    TIMEOUT,
  )

  test(
    'loopback answers',
    async () => {
      const result = await evaluate(
        `[sr1(IP({dst: '127.0.0.1'})/ICMP()).summary(), sr1(IPv6({dst: '::1'})/ICMPv6EchoRequest()).summary()]`,
        '--json',
      )
      expect(result.stdout).toContain('IP / ICMP 127.0.0.1 > 127.0.0.1 echo-reply 0')
      expect(result.stdout).toContain('::1')
    },
    TIMEOUT,
  )

  // Linux holds its first "host unreachable" to a new peer back for a second (ip_error), hence the retries.
  test(
    'time exceeded, unreachable: ICMP errors answer what caused them',
    async () => {
      const result = await evaluate(
        `[sr1(IP({dst: '${lab.beyond.distant}', ttl: 1})/UDP({dport: 33434})).summary(), sr1(IP({dst: '${lab.beyond.unreachable}'})/TCP(), {timeout: 1, retry: 4}).summary()]`,
        '--json',
      )
      const [[exceeded, unreachable]] = json(result.stdout) as [[string, string]]
      expect(exceeded).toContain('time-exceeded')
      expect(unreachable).toContain('dest-unreach')
    },
    TIMEOUT,
  )

  test(
    'without rights, the wire says what to do and the rest works',
    async () => {
      const crafted = await lab.exec('here', [
        'setpriv',
        '--reuid=65534',
        '--clear-groups',
        '--inh-caps=-all',
        '--bounding-set=-all',
        process.execPath,
        join(SCRIPTS, '../dist/cli.cjs'),
        '-e',
        "IP({src: '1.2.3.4', dst: '1.2.3.5'})/UDP()",
      ])
      expect(crafted.stdout).toBe('IP / UDP 1.2.3.4:domain > 1.2.3.5:domain\n')
      const sent = await lab.exec('here', [
        'setpriv',
        '--reuid=65534',
        '--clear-groups',
        '--inh-caps=-all',
        '--bounding-set=-all',
        process.execPath,
        join(SCRIPTS, '../dist/cli.cjs'),
        '-e',
        `sr1(IP({dst: '${lab.there.ipv4}'})/ICMP())`,
      ])
      expect(sent.status).toBe(1)
      expect(sent.stderr).toContain('sudo netshell')
      expect(sent.stderr).toContain('sudo setcap cap_net_raw,cap_net_admin+eip ')
    },
    TIMEOUT,
  )
})

describe('the article’s scripts', () => {
  test(
    'basics: headers, the packet to the bit, an answer, both packets sniffed',
    async () => {
      const { stdout, status } = await lab.netshell('here', [
        'run',
        join(SCRIPTS, 'scapy-basics.nsh'),
        '--host',
        lab.there.ipv4,
      ])
      expect(status).toBe(0)
      expect(stdout).toContain('4500001c000100004001f887c0a8000ac0a800fe0800f7ff00000000')
      expect(stdout).toMatch(/chksum {4}= 0xf887[\s\S]*chksum {4}= 0xf7ff/)
      expect(stdout).toContain('type      = echo-reply')
      expect(stdout).toMatch(/0000 .*echo-request 0 \/ Raw\n0001 .*echo-reply 0 \/ Raw\n$/)
    },
    TIMEOUT,
  )

  test(
    'the TCP scan tells open, closed, unreachable',
    async () => {
      const open = await lab.tcpListener()
      await lab.filterPort('tcp', 25, 'drop')
      await lab.filterPort('tcp', 23, 'reject')
      const { stdout } = await lab.netshell('here', [
        'run',
        join(SCRIPTS, 'tcp-scan.nsh'),
        '--host',
        lab.there.ipv4,
        '--ports',
        `23,25,80,${open.port}`,
        '--timeout',
        '0.5',
      ])
      expect(stdout.split('\n')).toEqual([
        `${lab.there.ipv4} 23/tcp unreachable (dest-unreach communication-prohibited)`,
        `${lab.there.ipv4} 25/tcp unreachable (no answer)`,
        `${lab.there.ipv4} 80/tcp closed`,
        `${lab.there.ipv4} ${open.port}/tcp open`,
        '',
      ])
    },
    TIMEOUT,
  )

  test(
    'the OpenVPN scan finds a real server, and none on a closed port',
    async () => {
      const server = await lab.openvpn({ port: 1194 })
      const { stdout } = await lab.netshell('here', [
        'run',
        join(SCRIPTS, 'openvpn-scan.nsh'),
        '--host',
        lab.there.ipv4,
      ])
      expect(stdout).toBe(
        `${lab.there.ipv4} 1194/udp OK (HARD_RESET_SERVER_V2)\n${lab.there.ipv4} 1195/udp not OK (dest-unreach port-unreachable)\n`,
      )
      await server.stop()
    },
    TIMEOUT,
  )
})

describe('files and hexadecimal text', () => {
  test(
    'read: JSON, summary, show, filter, count, of a file that tcpdump wrote',
    async () => {
      const capture = await lab.capture('here', 'icmp')
      await lab.exec('here', ['ping', '-c', '3', '-i', '0.2', lab.there.ipv4])
      await capture.waitForPackets(6)
      const file = await capture.stop()
      const packets = json((await lab.netshell('here', ['read', file, '--json'])).stdout) as {
        time: number
        length: number
        layers: { name: string; fields: Record<string, unknown> }[]
      }[]
      expect(packets).toHaveLength(6)
      expect(packets[0]).toMatchObject({
        length: 98,
        layers: [
          { name: 'Ether', fields: { src: lab.here.mac, dst: lab.there.mac, type: 2048 } },
          { name: 'IP', fields: { version: 4, len: 84, flags: 'DF' } },
          { name: 'ICMP', fields: { type: 8, seq: 1 } },
          { name: 'Raw' },
        ],
      })
      expect(packets[0]!.time).toBeGreaterThan(1.7e9)
      const replies = await lab.netshell('here', ['read', file, '--summary', '--filter', 'icmp[0] == 0', '-c', '2'])
      expect(replies.stdout.match(/echo-reply/g)).toHaveLength(2)
      expect((await lab.netshell('here', ['read', file, '--show', '-c', '1'])).stdout).toContain('###[ ICMP ]###')

      const whole = readFileSync(file)
      const short = join(lab.folder, 'short.pcap')
      writeFileSync(short, whole.subarray(0, whole.length - 10))
      const cut = await lab.netshell('here', ['read', short, '--json'])
      expect(json(cut.stdout)).toHaveLength(5)
      expect(cut.stderr).toMatch(
        /short\.pcap: damaged at packet 6, byte \d+: expected .*; 5 packets before it are intact/,
      )
      expect(cut.status).toBe(1)
    },
    TIMEOUT,
  )

  test(
    'mistakes: no such file, no capture, a wrong filter',
    async () => {
      const missing = await lab.netshell('here', ['read', '/nonexistent.pcap'])
      expect([missing.status, missing.stderr]).toEqual([1, 'netshell: /nonexistent.pcap: there is no such file\n'])
      const text = join(lab.folder, 'text.pcap')
      writeFileSync(text, 'this is no capture, whatever its name says')
      expect((await lab.netshell('here', ['read', text])).status).toBe(1)
      const filter = await lab.netshell('here', ['read', text, '--filter', 'tpc'])
      expect(filter.status).toBe(1)
      expect(filter.stderr).toMatch(/tpc/)
      expect((await lab.netshell('here', ['read', text, '-c', 'x'])).status).toBe(2)
    },
    TIMEOUT,
  )

  test(
    'dissect: lines of hexadecimal text in, a JSON object a line out, errors in their place',
    async () => {
      const input =
        '# a comment\nIP: 4500001c000100004001f887c0a8000ac0a800fe0800f7ff00000000\n\nzz\n0800 f7ff 0000 0000\nNope: 00\n'
      const { stdout, status } = await lab.netshell('here', ['dissect', '--from', 'ICMP', '--json'], { input })
      const [ip, wrong, icmp, nope] = json(stdout) as { error?: string; layers?: { name: string }[] }[]
      expect(ip!.layers!.map((layer) => layer.name)).toEqual(['IP', 'ICMP'])
      expect(wrong!.error).toBe("line 4: 'z' at character 1 is no hexadecimal digit")
      expect(icmp!.layers!.map((layer) => layer.name)).toEqual(['ICMP'])
      expect(nope!.error).toContain("there is no layer 'Nope'")
      expect(status).toBe(1)
      const direct = await lab.netshell('here', [
        'dissect',
        '--from',
        'ip',
        '--summary',
        '45000014000100004000f899c0a8000ac0a800fe',
      ])
      expect(direct.stdout).toBe('IP 192.168.0.10 > 192.168.0.254 hopopt\n')
      expect((await lab.netshell('here', ['dissect', '--from', 'TPC', '00'])).status).toBe(2)
    },
    TIMEOUT,
  )
})
