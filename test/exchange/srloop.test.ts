import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setReporter } from '../../src/exchange/index.js'
import { srloop, srploop } from '../../src/exchange/srloop.js'
import { Ether, ICMP, IP } from '../../src/layers/index.js'
import { type AnyPacket, type Packet, setPrinter, stack } from '../../src/packet/index.js'
import { FarEnd, NEAR, printedLines, type Reply } from '../tools/far-end.js'

const HOST = '10.0.0.2'
let ends: FarEnd[] = []
let messages: string[] = []

beforeEach(() => {
  printedLines()
  messages = []
  setReporter((text) => messages.push(text))
})

afterEach(() => {
  for (const end of ends) end.close()
  ends = []
  setReporter(() => undefined)
  setPrinter((text) => console.log(text))
})

function farEnd(reply: Reply): FarEnd {
  const end = new FarEnd(reply)
  ends.push(end)
  return end
}

function echo(packet: AnyPacket): Packet {
  const { id, seq, payload } = packet.get(ICMP)!
  return stack(IP({ src: HOST, dst: NEAR }), ICMP({ type: 0, id, seq }), payload ?? '')
}

const request = (seq: number | number[] = 1) => stack(IP({ dst: HOST }), ICMP({ id: 7, seq }))

describe('srloop', () => {
  test('sends again and again, prints each answer, and gives what sr gives', async () => {
    const end = farEnd(echo)
    const { answered, unanswered, sent } = await srloop(request(), {
      link: end.link,
      count: 3,
      inter: 0.01,
      timeout: 20,
    })
    expect([answered.length, unanswered.length, sent, end.seen.length]).toEqual([3, 0, 3, 3])
    const lines = printedLines()
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^answer: IP \/ ICMP 10\.0\.0\.2 > 10\.0\.0\.1 echo-reply 0 {2}\(\d/)
    expect(messages).toEqual(['sent 3 packets, 3 answered, 0 without an answer, 100 % answered'])
    expect(answered[0]!.rtt).toBeGreaterThanOrEqual(0)
    expect(end.captures).toBe(0)
  })

  test('prints what is not answered', async () => {
    const { link } = farEnd((packet) => (packet.get(ICMP)!.seq === 1 ? echo(packet) : undefined))
    const result = await srloop(request([1, 2]), { link, count: 2, inter: 0.01, timeout: 0.3 })
    expect([result.answered.length, result.unanswered.length]).toEqual([2, 2])
    const lines = printedLines()
    expect(lines.filter((line) => line.startsWith('answer: '))).toHaveLength(2)
    expect(
      lines.filter((line) => line.startsWith('no answer: IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request')),
    ).toHaveLength(2)
    expect(messages).toEqual(['sent 4 packets, 2 answered, 2 without an answer, 50 % answered'])
  })

  test('prn and prnFail say what is printed; store: false keeps nothing', async () => {
    const { link } = farEnd((packet) => (packet.get(ICMP)!.seq === 1 ? echo(packet) : undefined))
    const result = await srloop(request([1, 2]), {
      link,
      count: 1,
      timeout: 0.3,
      store: false,
      prn: ({ answer }) => `from ${answer.src}\x1b[2J`,
      prnFail: (packet) => `lost ${packet.get(ICMP)!.seq}`,
    })
    expect(printedLines()).toEqual(['from 10.0.0.2\\x1b[2J', 'lost 2'])
    expect([result.answered.length, result.unanswered.length, result.sent]).toEqual([0, 0, 2])
  })

  test('goes on until Ctrl-C, and keeps what came', async () => {
    const end = farEnd((packet) => {
      if (end.seen.length === 4) setTimeout(() => task.interrupt(), 0)
      return echo(packet)
    })
    const task = srloop(request(), { link: end.link, inter: 0.01, timeout: 60 })
    const { answered } = await task
    expect(answered.length).toBeGreaterThanOrEqual(3)
    expect(end.captures).toBe(0)
  })

  test('Ctrl-C between two sendings', async () => {
    const { link } = farEnd(echo)
    const task = srloop(request(), {
      link,
      inter: 3600,
      timeout: 60,
      prn: () => setTimeout(() => task.interrupt(), 20) && 'x',
    })
    expect((await task).answered).toHaveLength(1)
  })

  test('srploop takes whole frames', async () => {
    const { link } = farEnd(echo)
    const frame = stack(Ether({ dst: '02:00:00:00:00:fe' }), IP({ src: NEAR, dst: HOST }), ICMP({ id: 7 }))
    const { answered } = await srploop(frame, { link, count: 2, inter: 0.01, timeout: 20, quiet: true })
    expect(answered).toHaveLength(2)
    expect(answered[0]!.answer.layerName).toBe('Ether')
    expect([printedLines(), messages]).toEqual([[], []])
  })

  test.each<[object, string]>([
    [{ count: 1.5 }, 'srloop: option count must be a whole number, 0 or more, not 1.5'],
    [{ retry: 1 }, "srloop has no option 'retry'"],
  ])('a mistake is told (%#)', async (options, message) => {
    await expect(srloop(request(), options)).rejects.toThrow(message)
  })

  test('too many packets', async () => {
    await expect(srloop(stack(IP({ dst: '10.0.0.0/16' }), ICMP()))).rejects.toThrow(
      'srloop: these are more than 10000 packets: take sr for so many',
    )
    await expect(srloop([])).rejects.toThrow('srloop: there is no packet to send')
  })
})
