/**
 * No command of the wire needs root or a network on the practice network: a process of nobody, in a network namespace
 * without interfaces, uses each of them.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle, MODULES } from '../lab/bundle.js'
import { run } from '../lab/process.js'

const PROGRAM = new URL('./without-root-program.ts', import.meta.url)
/** The user that owns nothing. */
const NOBODY = '65534'

let folder: string
// biome-ignore lint/suspicious/noExplicitAny: what commands gave as JSON
let found: Record<string, any>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netshell-without-root-'))
  chmodSync(folder, 0o755)
  const outfile = await bundle(folder, PROGRAM)
  // The one place where nobody may write.
  const writable = join(folder, 'writable')
  mkdirSync(writable)
  chmodSync(writable, 0o777)
  const isRoot = process.getuid?.() === 0
  const program = [process.execPath, outfile, writable]
  const argv = isRoot ? ['unshare', '--net', '--setgid', NOBODY, '--setuid', NOBODY, ...program] : program
  const result = await run(argv, { environment: { NODE_PATH: MODULES, HOME: writable }, timeout: 60_000 })
  expect({ status: result.status, stderr: result.stderr }).toEqual({ status: 0, stderr: '' })
  const lines = result.stdout
    .trim()
    .split('\n')
    // Some commands print as they go.
    .filter((line) => line.startsWith('{"name":'))
    .map((line) => JSON.parse(line) as { name: string; found?: unknown; failed?: string })
  found = Object.fromEntries(
    lines.map((line) => [line.name, line.failed === undefined ? line.found : `failed: ${line.failed}`]),
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the process has no rights and no network', () => {
  expect(found['rights'].uid).not.toBe(0)
  if (process.getuid?.() === 0) expect(found['rights']).toEqual({ uid: Number(NOBODY), interfaces: {} })
})

test('send and sendp', () => {
  expect([found['send'], found['sendp']]).toEqual([1, 1])
})

test('sr1 and srp1', () => {
  expect(found['sr1']).toBe('IP / ICMP 10.0.0.2 > 10.0.0.1 echo-reply 0')
  expect(found['srp1']).toBe('Ether / ARP is at 02:00:0a:00:00:02 says 10.0.0.2')
})

test('sr and srp', () => {
  expect(found['sr']).toEqual(['SA', 'RA'])
  expect(found['srp']).toBeGreaterThan(2)
})

test('sniff', () => {
  expect(found['sniff']).toEqual([
    'Ether / IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0',
    'Ether / IP / ICMP 10.0.0.2 > 10.0.0.1 echo-reply 0',
  ])
})

test('bg and srloop', () => {
  expect([found['bg'], found['srloop']]).toEqual([2, 3])
})

test('fragment', () => {
  expect(found['fragments'][0]).toBe(3)
})

test('ping', () => {
  expect(found['ping']).toMatchObject({ sent: 6, received: 6, loss: 0 })
})

test('traceroute', () => {
  expect(found['traceroute']).toMatchObject({ reached: true, distance: 5 })
  const addresses = found['traceroute'].hops.map((hop: { addresses: string[] }) => hop.addresses)
  expect(addresses).toEqual([['10.0.0.254'], ['10.0.1.1'], [], ['10.0.3.1'], ['10.1.0.10']])
})

test('mtu', () => {
  expect(found['mtu']).toMatchObject({ mtu: 1400, limit: { by: 'router', address: '10.0.4.1' } })
})

test('arping', () => {
  const stations = found['arping'].stations as { address: string; mac: string }[]
  expect(stations.map(({ address, mac }) => [address, mac])).toEqual(
    [2, 3, 4, 5, 6].map((last) => [`10.0.0.${last}`, `02:00:0a:00:00:0${last}`]),
  )
})

test('scan', () => {
  const states = (scan: { hosts: { ports: { port: number; state: string }[] }[] }) =>
    scan.hosts[0]!.ports.map(({ port, state }) => `${port} ${state}`)
  expect(states(found['scan'])).toEqual([
    '7 open',
    '9 open',
    '22 open',
    '25 filtered',
    '53 open',
    '80 open',
    '135 filtered',
  ])
  expect(states(found['scan of UDP'])).toEqual(['7 open', '8 closed', '53 open'])
})

test('dns', () => {
  const [{ answers }] = found['dns'].responses as [{ answers: { data: string }[] }]
  expect(answers.map(({ data }) => data)).toEqual(['server.example.', '10.0.0.2'])
})

test('dhcp discover', () => {
  expect(found['dhcp discover'].offers[0]).toMatchObject({
    server: '10.0.0.254',
    address: '10.0.0.100',
    leaseTime: 3600,
  })
})

test('openvpn probe', () => {
  expect(found['openvpn probe'].findings[0]).toMatchObject({ state: 'openvpn', mode: 'plain', echoed: true })
})

test('replay', () => {
  expect(found['replay']).toMatchObject({ packets: 1, answers: 1 })
})
