/** Tasks in the background. */
import { afterEach, describe, expect, test } from 'vitest'
import { bg, InterruptScope, jobs, setReporter, sleep, sniff, stopJobs, Task } from '../../src/exchange/index.js'
import { Ether, IP, UDP } from '../../src/layers/index.js'
import { type MemoryLink, memoryLinkPair } from '../../src/link/index.js'
import { type AnyPacket, stack } from '../../src/packet/index.js'

const links: MemoryLink[] = []

afterEach(async () => {
  await stopJobs()
  for (const link of links.splice(0)) link.close()
  setReporter(() => undefined)
})

function wire(): [MemoryLink, MemoryLink] {
  const pair = memoryLinkPair()
  links.push(...pair)
  return pair
}

const frame = (sport = 1000): Uint8Array =>
  stack(
    Ether({ src: '02:00:00:00:00:01', dst: '02:00:00:00:00:02' }),
    IP({ src: '10.0.0.1', dst: '10.0.0.2' }),
    UDP({ sport, dport: 9 }),
  ).bytes()

describe('a job', () => {
  test('shows its results so far, and keeps them when it is stopped', async () => {
    const [left, right] = wire()
    const job = bg(sniff({ link: right, quiet: true }))
    expect([job.state, job.results?.length]).toEqual(['running', 0])
    left.send([frame(1), frame(2)])
    await expect.poll(() => job.results?.length).toBe(2)
    expect(String(job)).toMatch(/^\[\d+\] sniff on right: running \d+ s, 2 packets, 0 lost$/)
    const early = job.results
    left.send([frame(3)])
    const list = await job.stop()
    expect(list?.map((packet) => (packet as AnyPacket).sport)).toEqual([1, 2, 3])
    expect(early?.length).toBe(2)
    expect([job.state, job.result?.length]).toEqual(['stopped', 3])
    expect(String(job)).toMatch(/: stopped after \d+ s, 3 packets, 0 lost$/)
    expect((await job.stop())?.length).toBe(3)
  })

  test('is done by itself', async () => {
    const [left, right] = wire()
    const job = bg(sniff({ link: right, count: 1 }))
    left.send([frame()])
    expect((await job.wait())?.length).toBe(1)
    expect(job.state).toBe('done')
    expect(jobs()).toContain(job)
    expect(String(jobs())).toContain(String(job))
  })

  test('that fails says so once, and keeps what there was', async () => {
    const [left, right] = wire()
    const told: string[] = []
    setReporter((text) => void told.push(text))
    const job = bg(
      sniff({
        link: right,
        prn: (packet) => {
          if (packet.sport === 2) throw new Error('oops')
        },
      }),
    )
    left.send([frame(1), frame(2)])
    await expect.poll(() => job.state).toBe('failed')
    expect(told).toEqual([`[${job.number}] sniff on right failed: oops`])
    expect(job.result?.length).toBe(2)
    await expect(job.stop()).rejects.toThrow('oops')
    await expect(job.wait()).rejects.toThrow('oops')
    expect(told.length).toBe(1)
  })

  test('is out of reach of Ctrl-C, where it was started and later', async () => {
    const [, right] = wire()
    const scope = new InterruptScope()
    const job = scope.run(() => bg(sniff({ link: right })))
    scope.press()
    scope.press()
    await sleep(0.05)
    expect([job.state, scope.waiting]).toEqual(['running', 0])
    await job.stop()
  })

  test('a pause that was stopped does not go on counting', async () => {
    const job = bg(sleep(100))
    await job.stop()
    const { done } = job.task.state
    await sleep(0.02)
    expect(done).toBeLessThan(100)
    expect(job.task.state.done).toBe(done)
  })

  test('without a partial result gives undefined when it is stopped', async () => {
    const told: string[] = []
    setReporter((text) => void told.push(text))
    const job = bg(sleep(100))
    expect(await job.stop()).toBeUndefined()
    expect([job.state, told]).toEqual(['stopped', []])
  })

  test('waiting for it may be interrupted: it goes on', async () => {
    const job = bg(sleep(100))
    const waiting = job.wait()
    setTimeout(() => waiting.interrupt(), 10)
    await expect(waiting).rejects.toThrow('interrupted')
    expect(job.state).toBe('running')
    await job.stop()
  })
})

test('what is no Task is refused in clear words', () => {
  expect(() => bg(3 as never)).toThrow(
    'bg: takes the call of something that waits, such as bg(sniff({count: 10})), or a function, such as bg(() => { … }), not number',
  )
  expect(() => bg(undefined as never)).toThrow('not undefined')
})

test('a function is called in the background; what it waits for can be stopped', async () => {
  const quick = bg(() => 5)
  expect(quick.state).toBe('running')
  expect(await quick.wait()).toBe(5)
  const slow = bg(async function slow() {
    await sleep(100)
  })
  expect(slow.name).toBe('slow')
  await sleep(0.01)
  expect(await slow.stop()).toBeUndefined()
  expect(slow.state).toBe('stopped')
})

test('the same task is one job', async () => {
  const task = sleep(100)
  const job = bg(task)
  expect(bg(task)).toBe(job)
  await job.stop()
})

test('stopJobs ends all and waits for it, and no longer than it may', async () => {
  let closed = false
  const job = bg(
    Task.run<void>(async (control) => {
      await new Promise<void>((resolve) => control.onInterrupt(resolve))
      await new Promise((resolve) => setTimeout(resolve, 50))
      closed = true
    }),
  )
  const deaf = bg(
    Task.run<void>((control) => {
      control.onInterrupt(() => undefined)
      return new Promise(() => undefined)
    }),
  )
  await stopJobs(0.3)
  expect([closed, job.state]).toEqual([true, 'stopped'])
  await expect.poll(() => deaf.state).not.toBe('running')
})

test('what is over stays in the list, but not without end', async () => {
  for (let i = 0; i < 25; i++) await bg(Task.run(() => i)).wait()
  const over = jobs().filter(({ state }) => state !== 'running')
  expect(over.length).toBeLessThanOrEqual(20)
  expect(over.at(-1)?.result).toBe(24)
})
