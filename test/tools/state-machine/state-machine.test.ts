import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ICMP, IP } from '../../../src/layers/index.js'
import { memoryLinkPair } from '../../../src/link/index.js'
import { stack } from '../../../src/packet/index.js'
import { type MachineState, type PracticeNetwork, practiceNetwork, stateMachine } from '../../../src/tools/index.js'
import { type Lab, openLab } from '../../lab/lab.js'

let net: PracticeNetwork
beforeAll(() => {
  net = practiceNetwork()
})
afterAll(() => net.close())

const echo = (dst: string) => stack(IP({ dst }), ICMP({ id: 1, seq: 1 }))
const replies = 'icmp[icmptype] == icmp-echoreply'

describe('stateMachine', () => {
  test('enters, receives, changes state, ends with a value', async () => {
    const result = await stateMachine(
      {
        ask: {
          enter: (m) => void m.send(echo('10.0.0.2')),
          receive: () => 'again',
        },
        again: {
          enter: async (m) => void (await m.send(echo('10.0.0.2'))),
          receive: (packet, m) => m.end(packet.get(ICMP)!.type),
        },
      },
      { link: net.link, filter: replies, timeout: 5 },
    )
    expect(result.value).toBe(0)
    expect(result.state).toBe('again')
    expect(result.received).toHaveLength(2)
    expect(result.steps.map(({ state }) => state)).toEqual(['ask', 'ask', 'again', 'again', 'again'])
    expect(String(result)).toMatch(/^ +0\.\d{3} {2}ask {4}starts\n/)
  })

  test('silence: onTimeout, again and again until it changes the state', async () => {
    let times = 0
    const result = await stateMachine(
      { wait: { timeout: 0.01, onTimeout: (m) => (++times < 3 ? undefined : m.end('enough')) } },
      { link: net.link, filter: 'port 1' },
    )
    expect([result.value, times]).toEqual(['enough', 3])
  })

  test('the time of the whole, and an interrupt: what there is so far', async () => {
    const [link] = memoryLinkPair()
    expect((await stateMachine({ idle: {} }, { link, timeout: 0.02 })).value).toBe(undefined)
    const running = stateMachine({ idle: { enter: () => undefined } }, { link })
    setTimeout(() => running.interrupt(), 20)
    expect((await running).state).toBe('idle')
  })

  const wrong: [Record<string, MachineState>, object, string][] = [
    [{}, {}, 'give states'],
    [{ a: { entr: () => undefined } as never }, {}, "state 'a' has 'entr'; did you mean 'enter'?"],
    [{ abc: {} }, { start: 'abd' }, "there is no state 'abd'; did you mean 'abc'?"],
    [{ a: { enter: () => 'b' } }, {}, "there is no state 'b'"],
    [{ a: { enter: () => 'b' }, b: { enter: () => 'a' } }, {}, 'more than 1000 changes of state'],
    [{ a: { timeout: 0.01 } }, {}, 'nothing came for 0.01 s in state'],
    [
      {
        a: {
          enter: () => {
            throw new Error('mine')
          },
        },
      },
      {},
      'mine',
    ],
    [{ a: {} }, { filtre: 'x' }, "did you mean 'filter'?"],
  ]
  test.each(wrong)('%o %o: %s', async (states, options, message) => {
    const [link] = memoryLinkPair()
    await expect(stateMachine(states, { link, ...options })).rejects.toThrow(message)
  })
})

describe('the TCP client of crafted packets', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await openLab()
  })
  afterAll(() => lab?.close())

  test('gets a page from a real kernel, which sees a connection that is closed as it should be', async () => {
    const server = lab.spawn('there', [
      process.execPath,
      '-e',
      `require('http').createServer((q, s) => s.end('hello from the kernel')).listen(8080, '${lab.there.ipv4}', () => console.log('ready'))`,
    ])
    try {
      await server.waitFor(/ready/)
      const { stdout, stderr, status } = await lab.netshell('here', [
        'run',
        'scripts/tcp-client.nsh',
        '--host',
        lab.there.ipv4,
        '--port',
        '8080',
      ])
      expect(stderr).toBe('')
      expect(stdout).toContain('hello from the kernel')
      expect(stdout).toMatch(/\nclosed by the server\n/)
      expect(status).toBe(0)
      const refused = await lab.netshell('here', [
        'run',
        'scripts/tcp-client.nsh',
        '--host',
        lab.there.ipv4,
        '--port',
        '81',
      ])
      expect(refused.stderr).toBe('')
      expect(refused.stdout).toMatch(/\nrefused\n$/)
      expect(refused.status).toBe(1)
    } finally {
      await server.stop()
    }
  }, 60_000)
})
