import { describe, expect, test } from 'vitest'
import { ProgressWatch, progressLine } from '../../src/commands/progress.js'
import { ProgressMeter, progressParts, Task, type TaskProgress } from '../../src/exchange/index.js'

describe('progressParts', () => {
  test('nothing before something was told', () => {
    expect(progressParts('sniff', {})).toBeUndefined()
  })

  test('share, packets, rate and what is left of a file', () => {
    const state = { subject: 'big.pcap', done: 38_000, total: 100_000, packets: 1_204_000 }
    expect(progressParts('rdpcap', state, { done: 10_333, packets: 310_456 })).toEqual({
      subject: 'rdpcap big.pcap',
      share: 0.38,
      parts: ['38 %', '1 204 000 packets', '310 000/s', '6 s left'],
    })
  })

  test('counts, with their unit', () => {
    expect(progressParts('send', { done: 1200, total: 10_000, unit: 'packets' }, { done: 55 })?.parts).toEqual([
      '12 %',
      '1 200 of 10 000 packets',
      '55/s',
      '2 min 40 s left',
    ])
    expect(progressParts('send', { done: 1, unit: 'packets' })?.parts).toEqual(['1 packet'])
    expect(progressParts('x', { done: 5, total: Number.POSITIVE_INFINITY })?.parts).toEqual(['5'])
  })

  test('a text of the task itself; whose count has no name has no rate', () => {
    expect(progressParts('scan', { done: 10, total: 20, text: '2 open' }, { done: 5 })?.parts).toEqual([
      '50 %',
      '2 open',
      '2 s left',
    ])
  })

  test('of a beginning nothing is concluded', () => {
    expect(progressParts('x', { done: 1, total: 100 }, { done: 10 })?.parts).not.toContain('10 s left')
  })
})

describe('the pace', () => {
  test('is that of the last seconds', () => {
    const meter = new ProgressMeter(0)
    const look = (at: number, done: number): string[] => meter.parts('x', { done, total: 100_000 }, at)!.parts
    expect(look(100, 50)).toEqual(['0 %', '50 of 100 000'])
    expect(look(2000, 2000)).toContain('1 000/s')
    for (let at = 3000; at <= 10_000; at += 1000) look(at, 2000 + (at - 2000) * 5)
    expect(look(11_000, 47_000)).toEqual(['47 %', '47 000 of 100 000', '5 000/s', '11 s left'])
  })

  test('is unknown where the count went back', () => {
    const meter = new ProgressMeter(0)
    meter.parts('x', { done: 100, total: 100 }, 1000)
    expect(meter.parts('x', { done: 0, total: 100 }, 9000)!.parts).toEqual(['0 %', '0 of 100'])
  })
})

describe('the line', () => {
  const parts = progressParts('rdpcap', { subject: 'big.pcap', done: 50, total: 100, packets: 7 })!

  test('has a bar where there is room, and never more than the columns', () => {
    expect(progressLine(parts, 80)).toBe('rdpcap big.pcap: ━━━━━━━━━━━━──────────── 50 %, 7 packets')
    expect(progressLine(parts, 44)).toBe('rdpcap big.pcap: ━━━━━━───── 50 %, 7 packets')
    expect(progressLine(parts, 36)).toBe('rdpcap big.pcap: 50 %, 7 packets')
    for (let columns = 10; columns < 100; columns++)
      expect(progressLine(parts, columns).length).toBeLessThanOrEqual(columns)
  })

  test('tells of several at once', () => {
    const tasks: Task<void>[] = []
    const start = (name: string, state: TaskProgress): void => {
      tasks.push(
        Task.run<void>(
          (control) => {
            control.onInterrupt(() => control.finish())
            control.progress(state)
            return new Promise(() => {})
          },
          { name },
        ),
      )
    }
    const watch = new ProgressWatch()
    expect(watch.line(tasks, 80)).toBeUndefined()
    start('rdpcap', { subject: 'a.pcap', done: 1, total: 2, packets: 1000 })
    start('rdpcap', { subject: 'b.pcap', done: 1, total: 4, packets: 3 })
    expect(watch.line(tasks, 80)).toBe('rdpcap a.pcap 50 %, 1 000 packets · rdpcap b.pcap 25 %, 3 packets')
    expect(watch.line(tasks, 60)).toBe('rdpcap a.pcap 50 %, 1 000 packets · 1 more')
    for (let i = 0; i < 5; i++) start('sr1', { done: 1, total: 1 })
    expect(watch.line(tasks.slice(2), 80)).toBe('5 × sr1')
    for (const task of tasks) task.interrupt()
  })
})
