/**
 * Each way in which the packages `cap` and `raw-socket` are known to crash or to go wrong, with the bare package where that is
 * quick and certain, and with our guard: the child must end by itself, with code 0.
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capChild } from '../../src/link/cap-child.js'
import { type Lab, openLab } from '../lab/lab.js'
import { BACKENDS, bundleBackends, eventually, hideTcpdump, run, started } from './backends-lab.js'
import { results } from './in-lab.js'

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
  await bundleBackends(lab)
})
afterAll(() => lab?.close())

const ip = (...argv: string[]) => lab.exec('here', ['ip', ...argv])

/** Runs JavaScript that uses the bare package. */
async function bare(source: string) {
  const { status, signal, stdout, stderr } = await lab.exec('here', [process.execPath, '--expose-gc', '-e', source], {
    environment: { NODE_PATH: BACKENDS },
  })
  // A shell or setpriv in between would turn a signal into a code; here it stays one.
  return { status, signal, stdout, stderr }
}

const OPEN_CAP = `
  const { Cap } = require('cap')
  const cap = new Cap()
  globalThis.held = [cap, Buffer.alloc(65536)]
  const open = (filter = '') => cap.open('veth-here', filter, 1 << 20, held[1])
`

describe('cap', () => {
  test('bare: send before open and after close end the process', async () => {
    expect(await bare(`${OPEN_CAP}; cap.send(Buffer.alloc(60))`)).toMatchObject({ signal: 'SIGSEGV' })
    expect(await bare(`${OPEN_CAP}; open(); cap.close(); cap.send(Buffer.alloc(60))`)).toMatchObject({
      signal: 'SIGSEGV',
    })
  })

  test('guarded: a link sends at once, and after close() it gives an error', async () => {
    expect(await run(lab, ['send', 'veth-here', 'cap', '3'])).toEqual([{ taken: 3, sent: 3, backend: 'cap' }])
    const [, , , , , , closed] = await run(lab, ['mistakes', 'veth-here', 'cap'])
    expect(closed).toMatchObject({ code: 'CLOSED' })
  })

  test('bare: an object whose open() threw ends the process when it is touched or collected', async () => {
    const threw = `${OPEN_CAP}; try { open('not a filter') } catch {}`
    const crash = { signal: expect.stringMatching(/^SIG(SEGV|ABRT)$/) }
    expect(await bare(`${threw}; cap.close()`)).toMatchObject(crash)
    expect(await bare(`${threw}; try { open() } catch {}`)).toMatchObject(crash)
  })

  test('guarded: open() that throws gives an error, over and over', async () => {
    // Without koffi and tcpdump nobody looks at the filter before cap does.
    const surroundings = { packages: [BACKENDS], prefix: hideTcpdump(lab) }
    for (const filter of ['tcp adn udp', 'port 99999']) {
      const result = await run(lab, ['late', 'veth-here', 'cap', filter], surroundings)
      expect(result).toContainEqual({
        error: expect.objectContaining({ code: 'BAD_FILTER', message: expect.stringContaining(filter) }),
      })
      expect(result).toContainEqual({ ready: expect.objectContaining({ code: 'BAD_FILTER' }) })
    }
  })

  test('bare: an interface that goes down ends the process', async () => {
    await pair('bare0')
    const source = `${OPEN_CAP.replaceAll('veth-here', 'bare0')}; open()
      require('child_process').spawn('ip', ['link', 'set', 'bare0', 'down']); setTimeout(() => {}, 3000)`
    expect(await bare(source)).toMatchObject({ signal: 'SIGABRT' })
    await ip('link', 'del', 'bare0')
  })

  test('guarded: a link that sends lives through it, and says what may be lost', async () => {
    await pair('here0')
    const [down, again, lost, after, sixth] = await run(lab, ['sendOutage', 'here0', 'cap'])
    expect(down).toMatchObject({ code: 'INTERFACE_DOWN', errno: 'ENETDOWN' })
    expect(again).toBe(1)
    expect(lost).toMatchObject({
      code: 'SYSTEM',
      message: expect.stringContaining('a frame sent on here0 before may be lost'),
    })
    expect(after).toBe(1)
    expect(sixth).toBe(3)
    await ip('link', 'del', 'here0')
  })

  // Bare, memory that was collected is written to: what that breaks differs from run to run.
  test('guarded: the memory that it writes to is never collected', async () => {
    const file = join(lab.folder, 'collected.pcap')
    const task = {
      module: join(BACKENDS, 'cap'),
      mode: 'capture',
      interfaceName: 'veth-there',
      filter: 'ether proto 0x88b5',
      snaplen: 65535,
      bufferSize: 64 << 20,
    }
    const source = `(${capChild})(require, ${JSON.stringify(task)}); setInterval(() => { gc(); globalThis.filler = Array.from({ length: 20 }, () => Buffer.alloc(65536, 1)) }, 1)`
    const child = lab.spawn(
      'there',
      ['sh', '-c', 'exec "$0" "$@" >"$FILE"', process.execPath, '--expose-gc', '-e', source],
      {
        environment: { FILE: file },
      },
    )
    const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0
    expect(await eventually(() => size() >= 24)).toBe(true)
    for (let round = 0; round < 4; round++) await run(lab, ['send', 'veth-here', 'pcap', '500'])
    expect(await eventually(() => size() === 24 + 2000 * (16 + 60))).toBe(true)
    await child.stop()
    const bytes = readFileSync(file)
    const numbers = Array.from({ length: 2000 }, (_, i) => bytes.readUInt32BE(24 + i * 76 + 16 + 14))
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, i) => (i % 500) + 1))
  })

  // Bare, a worker that opens it mostly ends the process by SIGSEGV, but may hang it.
  test('guarded: it works in a worker', async () => {
    expect(await run(lab, ['worker', 'veth-here', 'cap'])).toEqual(['worker captures', 'main alive'])
  })

  test('nothing that cap writes to standard error is seen', async () => {
    await pair('mute0') // it has no address, of which cap warns
    const child = await started(lab, 'here', ['capture', 'mute0', 'cap', '{}', '1'])
    await run(lab, ['send', 'mute0', 'cap', '1'])
    await results(child)
    expect(child.stderr).toBe('')
    await ip('link', 'del', 'mute0')
  })

  test('sending on loopback, which cap can not, gives an error', async () => {
    const [, , , , send] = await run(lab, ['mistakes', 'lo', 'cap'])
    expect(send).toMatchObject({ code: 'CAPTURE_ONLY', message: expect.stringContaining('lo') })
  })

  /** A veth pair that is up. */
  async function pair(name: string): Promise<void> {
    await ip('link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', `${name}p`)
    await ip('link', 'set', name, 'up')
    await ip('link', 'set', `${name}p`, 'up')
  }
})

describe('raw-socket', () => {
  const PING = `require('child_process').spawnSync('ping', ['-c', '2', '-i', '0.2', '127.0.0.1'])`

  test('bare: a Socket that nobody refers to goes deaf; guarded: it hears', async () => {
    const source = `let count = 0
      require('raw-socket').createSocket({ protocol: 1 }).on('message', () => count++)
      setTimeout(() => { gc(); ${PING}; setTimeout(() => console.log(count), 100) }, 50)`
    expect((await bare(source)).stdout.trim()).toBe('0')
    const child = await started(lab, 'here', ['collected', 'lo', 'raw-socket'], { flags: ['--expose-gc'] })
    await lab.exec('here', ['ping', '-c', '1', '127.0.0.1'])
    expect(await results(child)).toEqual([{ seen: true }])
  })

  test('bare: messages share one memory; guarded: each is whole', async () => {
    const source = `const all = []
      require('raw-socket').createSocket({ protocol: 1 }).on('message', (m) => { all.push(m); if (all.length === 2) { console.log(all[0].buffer === all[1].buffer); process.exit() } })
      setTimeout(() => ${PING}, 50)`
    expect((await bare(source)).stdout.trim()).toBe('true')
    const [, , , result, stats] = await run(lab, ['echo', 'lo', 'raw-socket', '127.0.0.1'])
    expect(result).toEqual({ ids: [1, 2, 3], lengths: [28, 28, 28] })
    expect(stats).toMatchObject({ received: 3, sent: 3, backend: 'raw-socket', dropsUnknown: true })
  })

  test('bare: a long packet is cut; guarded: it is whole', async () => {
    const source = `require('raw-socket').createSocket({ protocol: 1 }).on('message', (m) => { console.log(m.length); process.exit() })
      setTimeout(() => require('child_process').spawnSync('ping', ['-c', '1', '-s', '9000', '127.0.0.1']), 50)`
    expect((await bare(source)).stdout.trim()).toBe('4096')
    const [, , , result] = await run(lab, ['echo', 'lo', 'raw-socket', '127.0.0.1', '9000'])
    expect(result).toEqual({ ids: [1, 2, 3], lengths: [9020, 9020, 9020] })
  })

  test('bare: send after close is never heard of again; guarded: it gives an error', async () => {
    const source = `const s = require('raw-socket').createSocket({ protocol: 1 }); s.close()
      s.send(Buffer.alloc(8), 0, 8, '127.0.0.1', () => console.log('called')); setTimeout(() => console.log('silence'), 200)`
    expect((await bare(source)).stdout.trim()).toBe('silence')
    expect((await run(lab, ['echo', 'lo', 'raw-socket', '127.0.0.1'])).at(-1)).toMatchObject({ code: 'CLOSED' })
  })

  test('bare: errors are words; guarded: they have a code, and say what to do', async () => {
    const [ethernet, short, long, ipv6] = await run(lab, ['rawMistakes', 'veth-here', 'raw-socket', lab.there.ipv4])
    expect(ethernet).toMatchObject({ code: 'BAD_FRAME', message: expect.stringContaining('without link header') })
    expect(short).toMatchObject({ code: 'BAD_FRAME', sent: 0 })
    expect(long).toMatchObject({ code: 'FRAME_TOO_LONG', errno: 'EMSGSIZE', sent: 1 })
    expect(ipv6).toBe(1)
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--bounding-set=-all']
    const [rights] = await run(lab, ['rights', 'veth-here', 'raw-socket'], { prefix: nobody })
    expect(rights).toEqual({ thrown: expect.objectContaining({ code: 'NOT_PERMITTED' }) })
  })

  test('in a worker it is refused', async () => {
    const [refused, main] = await run(lab, ['worker', 'veth-here', 'raw-socket'])
    expect(refused).toMatchObject({ code: 'SYSTEM', message: expect.stringContaining('main thread only') })
    expect(main).toBe('main alive')
  })

  test('it survives the interface going down and up', async () => {
    const child = await started(lab, 'here', ['outage', 'veth-here', 'raw-socket', 'icmp[0] = 8'])
    await ip('link', 'set', 'veth-here', 'down')
    await child.waitFor(/"warning"/)
    await ip('link', 'set', 'veth-here', 'up')
    await ip('address', 'replace', `${lab.here.ipv4}/24`, 'dev', 'veth-here')
    await lab.exec('there', ['ping', '-c', '3', '-i', '0.3', '-e', '7', lab.here.ipv4])
    const [warning, result] = await results(child)
    expect(warning).toEqual({ warning: expect.objectContaining({ code: 'INTERFACE_DOWN' }) })
    expect(result).toEqual({ seen: expect.arrayContaining([7]) })
  })

  test('an interface that is deleted ends the capture with an error', async () => {
    await ip('link', 'add', 'name', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1')
    await ip('link', 'set', 'gone0', 'up')
    const child = await started(lab, 'here', ['outage', 'gone0', 'raw-socket', 'icmp'])
    await ip('link', 'del', 'gone0')
    expect((await results(child)).at(-1)).toMatchObject({ error: { code: 'NO_SUCH_INTERFACE' }, stopped: true })
  })
})
