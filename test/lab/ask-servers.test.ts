/** Requests that a user writes at the prompt, and the answers of real servers: found, read as what they are, and no other one taken. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Lab, openLab } from './lab.js'
import { throughLiar } from './liar.js'
import {
  RADIUS_SECRET,
  startCoap,
  startDnsmasq,
  startNtpd,
  startRadius,
  startRadvd,
  startSnmpd,
  startTurn,
} from './servers.js'

vi.setConfig({ testTimeout: 60_000 })

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
  const { ipv4, ipv6, interfaceName } = lab.there
  const network = ipv4.replace(/\d+$/, '')
  const files = join(lab.folder, 'tftp')
  mkdirSync(files)
  writeFileSync(join(files, 'small'), 'hello over TFTP')
  await Promise.all([
    startDnsmasq(
      lab,
      ...['--host-record=www.lab.example,192.0.2.17,2001:db8::17', '--local=/lab.example/', '--bind-interfaces'],
      ...[`--listen-address=${ipv4},${ipv6}`, `--interface=${interfaceName}`, '--no-ping'],
      ...[`--dhcp-range=${network}100,${network}120,300`, `--dhcp-leasefile=${join(lab.folder, 'leases')}`],
      ...['--enable-tftp', `--tftp-root=${files}`],
    ),
    startNtpd(lab, 'interface ignore all', 'interface listen 127.0.0.1', `interface listen ${ipv4}`),
    startSnmpd(lab),
    startRadius(lab),
    startRadvd(lab),
    startTurn(lab),
    startCoap(lab),
  ])
}, 240_000)
afterAll(() => lab?.close())

/** What one expression gives, as JSON. */
async function ask(expression: string): Promise<unknown> {
  const { stdout, stderr, status } = await lab.netshell('here', ['--json', '-e', expression])
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Names of the layers of an answer, and what else is asked of it. */
const told = (request: string, ...parts: string[]) =>
  ask(`ans = ${request}; [ans.layers().map(p => p.layerName).join(' / '), ${parts.join(', ')}]`)

/** A port for each question that is led elsewhere: of one that was used, the kernel still knows where it was led. */
let lastPort = 42000

/** How many answers count, where the server's own follows one that has another byte at a place. */
const answersBesides = (port: number, at: number, request: string) =>
  throughLiar(lab, port, at, (address) =>
    ask(
      `sr(IP({dst: '${address}'})/UDP({sport: ${++lastPort}})/${request}, {multi: true, timeout: 0.7}).answered.length`,
    ),
  )

const udp = () => `IP({dst: '${lab.there.ipv4}'})/UDP()`
const udp6 = () => `IPv6({dst: '${lab.there.ipv6}'})/UDP({sport: 41001})`

describe('DNS', () => {
  test('dnsmasq, over both versions of IP', async () => {
    expect(await told(`sr1(${udp()}/DNS({id: 7, qd: 'www.lab.example'}))`, 'ans[DNS].id', 'ans.an[0].rdata')).toEqual([
      'IP / UDP / DNS',
      7,
      '192.0.2.17',
    ])
    const question = "DNS({qd: {qname: 'www.lab.example', qtype: 'AAAA'}})"
    expect(await told(`sr1(${udp6()}/${question})`, 'ans.an[0].rdata')).toEqual(['IPv6 / UDP / DNS', '2001:db8::17'])
  })

  test('an answer with another number is none', async () => {
    expect(await answersBesides(53, 1, "DNS({id: 7, qd: 'www.lab.example'})")).toBe(1)
    // A changed byte of the address makes it another answer, not a foreign one.
    expect(await answersBesides(53, -1, "DNS({id: 7, qd: 'www.lab.example'})")).toBe(2)
  })
})

describe('DHCP', () => {
  const discover = (xid: number) =>
    `Ether()/IP({src: '0.0.0.0', dst: '255.255.255.255'})/UDP()` +
    `/BOOTP({chaddr: '02:00:00:00:00:0${xid}', xid: ${xid}, flags: 'B'})` +
    `/DHCP({options: [['message-type', 'discover'], 'end']})`

  test('dnsmasq offers an address by broadcast', async () => {
    const [layers, xid, address, kind] = (await told(
      `srp1(${discover(7)})`,
      ...['ans.xid', 'ans.yiaddr', "ans[DHCP].options.find(([name]) => name === 'message-type')[1]"],
    )) as string[]
    expect([layers, xid, kind]).toEqual(['Ether / IP / UDP / BOOTP / DHCP', 7, 'offer'])
    expect(address).toContain(lab.there.ipv4.replace(/\d+$/, '1'))
  })

  test('each of two questions gets its own offer', async () => {
    const pairs = await ask(
      `srp([${discover(8)}, ${discover(9)}]).answered.map(({query, answer}) => [query.xid, answer.xid, answer.text('chaddr')])`,
    )
    expect(pairs).toEqual([
      [8, 8, '02:00:00:00:00:08'],
      [9, 9, '02:00:00:00:00:09'],
    ])
  })
})

describe('NTP', () => {
  test('ntpd tells the time, and its variables', async () => {
    const [layers, stratum, sent] = (await told(
      `sr1(${udp()}/NTPHeader({sent: 1700000000.5}))`,
      ...['ans.stratum', 'Number(ans.sent)'],
    )) as [string, number, number]
    expect([layers, stratum]).toEqual(['IP / UDP / NTPHeader', 4])
    expect(Math.abs(sent - Date.now() / 1000)).toBeLessThan(60)
    expect(
      await told(
        `sr1(${udp()}/NTPControl({sequence: 5}))`,
        'ans.sequence',
        "Buffer.from(ans.data).includes('stratum=4')",
      ),
    ).toEqual(['IP / UDP / NTPControl', 5, true])
  })

  test('an answer to a question of another time is none', async () => {
    expect(await answersBesides(123, 31, 'NTPHeader({sent: 1700000000.5})')).toBe(1)
  })
})

describe('SNMP', () => {
  const get = (version: string) =>
    `SNMP({version: '${version}', PDU: SNMPget({id: 77, varbindlist: [{oid: 'sysLocation.0'}]})})`

  test.each(['v1', 'v2c'])('snmpd in version %s', async (version) => {
    expect(await told(`sr1(${udp()}/${get(version)})`, 'ans.PDU[0].id', 'ans.PDU[0].varbindlist[0].value')).toEqual([
      'IP / UDP / SNMP',
      77,
      'Room 7',
    ])
  })

  test('a response with another number is none', async () => {
    // 30 xx, version, community 'public', a2 xx, 02 01: the number.
    expect(await answersBesides(161, 17, get('v2c'))).toBe(1)
  })
})

describe('ICMPv6', () => {
  test('each echo goes to its request', async () => {
    const echo = `IPv6({dst: '${lab.there.ipv6}'})/ICMPv6EchoRequest({id: 3, seq: [[1, 3]]})`
    expect(
      await ask(`sr(${echo}).answered.map(({query, answer}) => [query.seq, answer.layers()[1].layerName, answer.seq])`),
    ).toEqual([1, 2, 3].map((seq) => [seq, 'ICMPv6EchoReply', seq]))
  })

  test('a neighbour says its address', async () => {
    expect(await told(`sr1(IPv6()/ICMPv6ND_NS({tgt: '${lab.there.ipv6}'}))`, 'ans.tgt', 'ans.lladdr')).toEqual([
      'IPv6 / ICMPv6ND_NA / ICMPv6NDOptDstLLAddr',
      lab.there.ipv6,
      lab.there.mac,
    ])
  })

  test('radvd answers a solicitation of routers', async () => {
    const prefix = lab.there.ipv6.replace(/::\d+$/, '::')
    const [layers, found] = (await told('sr1(IPv6()/ICMPv6ND_RS())', 'ans[ICMPv6NDOptPrefixInfo].prefix')) as string[]
    expect(layers).toMatch(/^IPv6 \/ ICMPv6ND_RA \/ ICMPv6NDOptPrefixInfo/)
    expect(found).toBe(prefix)
  })

  test('the answer about one neighbour is none about another', async () => {
    const [one, none] = [lab.there.ipv6, lab.there.ipv6.replace(/\d+$/, '99')]
    expect(
      await ask(
        `sr([IPv6()/ICMPv6ND_NS({tgt: '${none}'}), IPv6()/ICMPv6ND_NS({tgt: '${one}'})], {timeout: 0.7}).answered.map(({query}) => query.tgt)`,
      ),
    ).toEqual([one])
  })
})

describe('TFTP, whose answers come from a new port', () => {
  const read = (name: string, sport: number, outer = `IP({dst: '${lab.there.ipv4}'})`) =>
    `${outer}/UDP({sport: ${sport}})/TFTP()/TFTP_RRQ({filename: '${name}'})`

  test('dnsmasq sends a file, over both versions of IP', async () => {
    expect(
      await told(`sr1(${read('small', 41002)})`, 'ans.block', 'ans.sport === 69', 'Buffer.from(ans.load).toString()'),
    ).toEqual(['IP / UDP / TFTP / TFTP_DATA / Raw', 1, false, 'hello over TFTP'])
    const over6 = read('small', 41003, `IPv6({dst: '${lab.there.ipv6}'})`)
    expect(await told(`sr1(${over6})`, 'ans.block')).toEqual(['IPv6 / UDP / TFTP / TFTP_DATA / Raw', 1])
  })

  test('it agrees to options, and says what it does not have', async () => {
    const options = "TFTP_Options({options: [{oname: 'tsize', value: '0'}]})"
    expect(await told(`sr1(${read('small', 41004)}/${options})`, 'ans[TFTP_Options].options[0].value')).toEqual([
      'IP / UDP / TFTP / TFTP_OACK / TFTP_Options',
      '15',
    ])
    expect(await told(`sr1(${read('none', 41005)})`, 'ans.errorcode')).toEqual(['IP / UDP / TFTP / TFTP_ERROR', 1])
  })

  test('what comes to the port of a request and is no answer to it is not taken', async () => {
    const pairs = await ask(
      `sr([${read('small', 41006)}, ${read('none', 41007)}]).answered.map(({query, answer}) => [query.sport, answer.op])`,
    )
    expect(pairs).toEqual([
      [41006, 3],
      [41007, 5],
    ])
    const stray = `IP({src: '${lab.there.ipv4}', dst: '${lab.here.ipv4}'})/UDP({sport: 50000, dport: 41008})/Raw('no block')`
    const data = `IP({src: '${lab.there.ipv4}', dst: '${lab.here.ipv4}'})/UDP({sport: 50000, dport: 41008})/Raw('\\0\\3\\0\\1x')`
    expect(
      await ask(
        `asked = ${read('x', 41008)}; asked.src; [${stray}, ${data}].map(p => dissect(IP, p.bytes()).answers(asked))`,
      ),
    ).toEqual([false, true])
  })
})

describe('RADIUS', () => {
  const request = (password: string, id: number) =>
    `secret = '${RADIUS_SECRET}'; authenticator = new Uint8Array(16).fill(9); ` +
    `ans = sr1(${udp()}/Radius({id: ${id}, authenticator, attributes: [['User-Name', 'bob'], ` +
    `['User-Password', radiusHidePassword('${password}', secret, authenticator)]]})); `

  test('freeradius lets in who knows the password, and its answer is authentic', async () => {
    const verify =
      "radiusVerify(ans[Radius], secret, authenticator), radiusVerify(ans[Radius], 'another', authenticator)"
    expect(await ask(`${request('hello', 5)}[ans.code, ans[Radius].id, ${verify}, ans.summary()]`)).toEqual([
      ...[2, 5, true, false],
      'IP / UDP / RADIUS Access-Accept 5 Come in',
    ])
    expect(await ask(`${request('wrong', 6)}[ans.code, ans[Radius].id]`)).toEqual([3, 6])
  })

  test('an answer with another number is none', async () => {
    expect(
      await answersBesides(
        1812,
        1,
        "Radius({id: 5, attributes: [['User-Name', 'bob'], ['User-Password', new Uint8Array(16)]]})",
      ),
    ).toBe(1)
  })
})

describe('STUN and CoAP', () => {
  test('turnserver says from where the question came', async () => {
    expect(await told(`sr1(${udp()}/STUN({transaction_id: new Uint8Array(12).fill(5)}))`, 'ans.summary()')).toEqual([
      'IP / UDP / STUN',
      `IP / UDP / STUN binding-success ${lab.here.ipv4}:53 id ${'05'.repeat(12)}`,
    ])
  })

  test('coap-server tells the time', async () => {
    expect(
      await told(`sr1(${udp()}/CoAP({msg_id: 9, options: [['Uri-Path', 'time']]}))`, 'ans.code', 'ans.msg_id'),
    ).toEqual(['IP / UDP / CoAP / Raw', 69, 9])
  })

  test('an answer with another number is none', async () => {
    expect(await answersBesides(3478, 19, 'STUN({transaction_id: new Uint8Array(12).fill(5)})')).toBe(1)
    expect(await answersBesides(5683, 3, "CoAP({msg_id: 9, options: [['Uri-Path', 'time']]})")).toBe(1)
  })
})
