/** bg(…) as code that is typed uses it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bg, Job, jobs, setReporter, sleep, stopJobs, Task } from '../../src/exchange/index.js'
import { Evaluator } from '../../src/repl/evaluate.js'

let evaluator: Evaluator
const log: string[] = []
const told: string[] = []

beforeEach(() => {
  log.length = 0
  told.length = 0
  setReporter((text) => void told.push(text))
  /** Waits until it is interrupted, and then gives what it has. */
  const listen = (name = 'x'): Task<string> =>
    Task.run<string>(
      (control) =>
        new Promise((resolve) => {
          log.push(`listening ${name}`)
          control.onInterrupt(() => {
            log.push(`stopped ${name}`)
            resolve(`heard ${name}`)
          })
        }),
      { name: 'listen' },
    )
  evaluator = new Evaluator({ bg, jobs, sleep, listen, log: (text: string) => void log.push(text) })
})
afterEach(async () => {
  await stopJobs(0.1)
  setReporter(() => undefined)
})

const evaluate = (source: string): Promise<unknown> => evaluator.run(source, { file: 'prompt-1', prompt: true })
const until = (text: string) => expect.poll(() => log).toContain(text)

async function job(source: string): Promise<Job<unknown>> {
  const made = await evaluate(source)
  expect(made).toBeInstanceOf(Job)
  return made as Job<unknown>
}

describe('does not wait for what is given to it', () => {
  test.each([
    ['at the prompt', 'bg(listen())'],
    ['in a function', 'function f() { return bg(listen()) } f()'],
    ['in a callback', '[1].map(() => bg(listen()))[0]'],
    ['by a condition', 'bg(1 ? listen() : listen("y"))'],
    ['of a function of the user', 'function g() { return listen() } bg(g())'],
    ['of an arrow function', 'const h = () => listen(); bg(h())'],
  ])('%s', async (_, source) => {
    const made = await job(source)
    expect(made.state).toBe('running')
    expect(await made.stop()).toBe('heard x')
    expect(log).toEqual(['listening x', 'stopped x'])
  })

  test('stop() is waited for', async () => {
    expect(await evaluate('const j = bg(listen()); j.stop() + "!"')).toBe('heard x!')
  })
})

test('what does not wait is refused', async () => {
  await expect(evaluate('bg(3)')).rejects.toThrow('takes the call of something that waits')
  await expect(evaluate('function quick() { return 1 } bg(quick())')).rejects.toThrow('not number')
  await expect(evaluate('bg(sleep)')).rejects.toThrow('not a function: call it')
})

describe('Ctrl-C in the foreground does not reach it', () => {
  test.each([
    ['a call', 'bg(listen("far"))'],
    ['a function', 'function work() { const x = listen("far"); log("after " + x); sleep(30) } bg(work())'],
    [
      'a function in a function',
      'function inner() { listen("far"); sleep(30) } function outer() { inner() } bg(outer())',
    ],
    ['several', 'bg(Promise.all([listen("far"), listen("too")]))'],
  ])('%s', async (_, source) => {
    const running = evaluate(`${source}; listen("near")`)
    await until('listening near')
    evaluator.press()
    expect(await running).toBe('heard near')
    expect(log).not.toContain('stopped far')
    const made = jobs().at(-1)!
    expect(made.state).toBe('running')
    void made.stop().catch(() => undefined)
    await until('stopped far')
  })

  test('nor what it does later', async () => {
    const running = evaluate('function work() { sleep(0.05); listen("far") } bg(work()); listen("near")')
    await until('listening near')
    evaluator.press()
    await running
    await until('listening far')
    expect(log).not.toContain('stopped far')
  })
})

describe('stop()', () => {
  test('ends a loop, not only the wait that it is in', async () => {
    const made = await job(
      'function forever() { try { for (;;) listen() } finally { log("tidied up") } } bg(forever())',
    )
    await made.stop()
    expect(made.state).toBe('stopped')
    expect(log).toEqual(['listening x', 'stopped x', 'tidied up'])
    expect(told).toEqual([])
  })

  test('of several stops all of them', async () => {
    const made = await job('bg(Promise.all([listen("a"), listen("b")]))')
    expect(await made.stop()).toEqual(['heard a', 'heard b'])
  })
})

test('an error in the background is told once, and nothing else', async () => {
  await evaluate('function broken() { sleep(0.01); throw new Error("oops") } bg(broken())')
  await expect.poll(() => told).toEqual([expect.stringMatching(/^\[\d+\] function failed: oops$/)])
  expect(evaluator.forgotten).toBe(0)
})
