/** The parts of the face: pauses between attempts, history, streams of events, handlers, failures told once. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backoff } from '../../../src/sessions/face/backoff.js'
import { EventStream } from '../../../src/sessions/face/event-stream.js'
import { tellFailure, tellFailuresWith } from '../../../src/sessions/face/failures.js'
import { Handlers } from '../../../src/sessions/face/handlers.js'
import { History } from '../../../src/sessions/face/history.js'
import { reasonOf, SessionError, sessionError } from '../../../src/sessions/face/session-error.js'
import { STOP } from '../../../src/sessions/index.js'

describe('Backoff', () => {
  test('doubles until the longest, and is never the same for all', () => {
    const most = new Backoff({ first: 1, longest: 5 }, () => 1)
    expect([1, 2, 3, 4, 5, 6].map(() => most.next())).toEqual([1, 2, 4, 5, 5, 5])
    const least = new Backoff({ first: 1, longest: 5 }, () => 0)
    expect([1, 2, 3, 4].map(() => least.next())).toEqual([0.5, 1, 2, 2.5])
    most.reset()
    expect(most.next()).toBe(1)
  })

  test('gives up after so many attempts, and begins anew when it was open', () => {
    const backoff = new Backoff({ tries: 2 })
    expect([backoff.next(), backoff.next()].every((seconds) => seconds! > 0)).toBe(true)
    expect(backoff.next()).toBeUndefined()
    backoff.reset()
    expect(backoff.next()).toBeGreaterThan(0)
  })

  test('is never 0, negative or beyond the longest, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 10, noNaN: true }),
        fc.double({ min: 0.001, max: 100, noNaN: true }),
        (first, longest) => {
          const backoff = new Backoff({ first, longest })
          for (let i = 0; i < 100; i++) {
            const seconds = backoff.next()!
            expect(seconds).toBeGreaterThan(0)
            expect(seconds).toBeLessThanOrEqual(longest)
          }
        },
      ),
    )
  })
})

describe('History', () => {
  test('keeps the latest, as many as were asked for, and counts the others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 100 }), (most, count) => {
        const history = new History(most)
        for (let i = 0; i < count; i++) history._add('in', `${i}`, 1)
        const expected = Array.from({ length: count }, (_, i) => `${i}`).slice(-most)
        expect([...history].map(({ data }) => data)).toEqual(expected)
        expect(history.length).toBe(expected.length)
        expect(history.at(-1)?.data).toBe(expected.at(-1))
        expect(JSON.parse(JSON.stringify(history))).toHaveLength(expected.length)
      }),
    )
  })

  test('keeps nothing when nothing is asked for', () => {
    const history = new History(0)
    history._add('in', 'x', 1)
    expect([history.length, history.isKept, [...history]]).toEqual([0, false, []])
    expect(String(history)).toBe('nothing was exchanged')
  })

  test('has a line for each, without control characters, and long ones cut', () => {
    const history = new History()
    history._add('out', 'a\u001b[2J\n', 7)
    history._add('in', new Uint8Array(5000).fill(255), 5000, '127.0.0.1:9')
    history._add('in', '\u009b31m\u2028\u202e', 9)
    const lines = String(history).split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toMatch(/^[^\p{Cc}\u2028\u202e]{10,200}$/u)
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} → 7 B /)
    expect(lines[1]).toMatch(/← 127\.0\.0\.1:9 5000 B ffff/)
  })

  test('copies what it keeps: the buffer may be written again', () => {
    const history = new History()
    const bytes = Uint8Array.of(1, 2, 3)
    history._add('in', bytes, 3)
    bytes.fill(9)
    expect(history.at(0)!.data).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('EventStream', () => {
  test('gives what came before and after it is asked, to many who ask', async () => {
    const stream = new EventStream(['a'], () => {})
    stream._put('a', [1])
    stream._put('b', [2])
    const [first, second, third] = [stream.next(), stream.next(), stream.next()]
    stream._put('a', [3, 'x'])
    stream._end()
    expect((await first).value).toMatchObject({ event: 'a', value: 1, values: [1] })
    expect((await second).value).toMatchObject({ value: 3, values: [3, 'x'] })
    expect(await third).toEqual({ done: true, value: undefined })
    expect(stream._takes('a')).toBe(false)
  })

  test('what waits is still given after the end', async () => {
    let ends = 0
    const stream = new EventStream([], () => ends++)
    stream._put('a', [])
    stream._end()
    stream._end()
    expect((await stream.next()).value.event).toBe('a')
    expect((await stream.next()).done).toBe(true)
    expect(ends).toBe(1)
  })

  test('drops the oldest when nobody takes them, and counts', async () => {
    const stream = new EventStream([], () => {})
    for (let i = 0; i < 10_005; i++) stream._put('a', [i])
    expect(stream.dropped).toBe(5)
    expect((await stream.next()).value.value).toBe(5)
  })
})

describe('Handlers', () => {
  test('come in the order of priority, whatever the order in which they were added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 12 }), (priorities) => {
        const handlers = new Handlers(() => {})
        const seen: [number, number][] = []
        priorities.forEach((priority, i) => handlers.add('x', () => void seen.push([priority, i]), { priority }))
        handlers.call('x', [])
        const expected = priorities
          .map((priority, i) => [priority, i] as [number, number])
          .sort((a, b) => a[0] - b[0] || a[1] - b[1])
        expect(seen).toEqual(expected)
      }),
    )
  })

  test('may add and remove others while they run: this round goes on as it began', () => {
    const handlers = new Handlers(() => {})
    const seen: string[] = []
    const second = (): void => void seen.push('second')
    handlers.add(
      'x',
      () => {
        seen.push('first')
        handlers.remove('x', second)
        handlers.add('x', () => void seen.push('new'), {})
      },
      { once: true },
    )
    handlers.add('x', second, {})
    handlers.call('x', [])
    expect(seen).toEqual(['first', 'second'])
    handlers.call('x', [])
    expect(seen).toEqual(['first', 'second', 'new'])
  })

  test('that wait hold up those behind them, and STOP works for both kinds', async () => {
    const handlers = new Handlers(() => {})
    const seen: string[] = []
    handlers.add(
      'x',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        seen.push('slow')
        return 'value'
      },
      {},
    )
    handlers.add(
      'x',
      () => {
        seen.push('then')
        return STOP
      },
      {},
    )
    handlers.add('x', () => void seen.push('never'), {})
    const values: unknown[] = []
    await handlers.call('x', [], (value) => values.push(value))
    expect([seen, values]).toEqual([['slow', 'then'], ['value']])
  })

  test('a promise that rejects, a throw, and a thing that is no error are all told', async () => {
    const told: unknown[] = []
    const handlers = new Handlers((_event, error) => told.push(error))
    handlers.add('x', () => Promise.reject(new Error('a')), {})
    handlers.add(
      'x',
      () => {
        throw new Error('b')
      },
      {},
    )
    handlers.add('x', () => Promise.reject('c'), {})
    await handlers.call('x', [])
    expect(told.map(String)).toEqual(['Error: a', 'Error: b', 'c'])
  })
})

test('the same failure is told once, and another one again', () => {
  const told: string[] = []
  tellFailuresWith((where, error) => told.push(`${where}: ${error}`))
  const id = String(Math.random())
  for (let i = 0; i < 1000; i++) tellFailure(`tcp client ${i}`, 'message', id)
  tellFailure('tcp client 5', 'message', `other ${id}`)
  tellFailure('tcp client 5', 'connection', id)
  expect(told).toHaveLength(3)
})

test('errors of the system become words, and keep their code', () => {
  const error = sessionError('tcp x:1', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
  expect(error).toBeInstanceOf(SessionError)
  expect(error.message).toBe('tcp x:1: the connection was refused: nothing listens there')
  expect(error.code).toBe('ECONNREFUSED')
  expect(sessionError('y', error)).toBe(error)
  expect(reasonOf(error)).toBe(reasonOf(error, 'tcp x:1'))
  expect(reasonOf(error)).toMatch(/^the connection was refused/)
  expect(reasonOf(error, 'y')).toBe(error.message)
  const several = new AggregateError([Object.assign(new Error('one'), { code: 'EHOSTUNREACH' })], 'all')
  expect(sessionError('x', several)).toMatchObject({ code: 'EHOSTUNREACH' })
  expect(sessionError('x', 'odd').message).toContain('odd')
  expect(sessionError('x', undefined).message).toContain('x: ')
})
