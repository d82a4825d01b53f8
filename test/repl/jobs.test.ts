/** bg(…) as code that is typed uses it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bg, fg, Job, jobs, kill, onJobEnd, setReporter, sleep, stopJobs, Task } from '../../src/exchange/index.js'
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
  evaluator = new Evaluator({ bg, fg, jobs, kill, sleep, listen, log: (text: string) => void log.push(text) })
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
  await expect(evaluate('fg(99)')).rejects.toThrow('fg: there is no job 99; there ')
  await expect(evaluate('kill()')).rejects.toThrow('say which job')
  await expect(evaluate('kill("x")')).rejects.toThrow('kill: takes the number of a job')
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
  await expect.poll(() => told).toEqual([expect.stringMatching(/^\[\d+\] broken\(\) failed: oops$/)])
  expect(evaluator.forgotten).toBe(0)
})

describe('a function', () => {
  test('runs side by side with what is typed, and lets others run', async () => {
    const made = await job('var rounds = 0; bg(() => { for (;;) rounds++ })')
    expect(made.state).toBe('running')
    expect(await evaluate('sleep(0.05); rounds > 0')).toBe(true)
    await made.stop()
    expect(made.state).toBe('stopped')
    const rounds = await evaluate('rounds')
    expect(await evaluate('sleep(0.05); rounds')).toBe(rounds)
  })

  test('gives what it returns, also what it waits for', async () => {
    expect(await evaluate('const a = bg(() => 42); fg(a)')).toBe(42)
    expect(await evaluate('const b = bg(() => { sleep(0); return 43 }); fg(b.number)')).toBe(43)
    expect(await evaluate('const c = bg(async () => 44); c.wait()')).toBe(44)
    const made = await job('bg(() => listen())')
    await until('listening x')
    expect(await made.stop()).toBe('heard x')
  })

  test('runs its finally blocks when it is stopped', async () => {
    const made = await job('bg(() => { try { listen(); sleep(30) } finally { log("tidied") } })')
    await until('listening x')
    await made.stop()
    expect(log).toEqual(['listening x', 'stopped x', 'tidied'])
  })

  test('that fails tells why', async () => {
    const made = await job('bg(() => { nosuchname })')
    await expect.poll(() => told).toEqual([`[${made.number}] ${made.name} failed: nosuchname is not defined`])
    expect(made.toString()).toContain('failed after 0 s, nosuchname is not defined')
  })
})

test('is named by its function, its call, or its text', async () => {
  const cases = [
    ['function scan(x) { sleep(9) } bg(scan(7))', 'scan(7)'],
    ['function scan(x) { sleep(9) } bg(scan)', 'scan'],
    ['bg(() => { sleep(9) })', '() => { sleep(9) }'],
    ['bg(listen("far"))', 'listen'],
    ['const f = () => { sleep(9) }; f.extra = 1; bg(f)', 'f'],
    ['bg(() => { sleep(9); sleep(9); sleep(9); sleep(9); sleep(9) })', '() => { sleep(9); sleep(9); sleep(9); s…'],
  ]
  for (const [source, name] of cases) expect((await job(source!)).name).toBe(name)
})

describe('fg', () => {
  test('without a number takes the newest that runs; Ctrl-C stops it and gives what it has', async () => {
    await evaluate('bg(listen("first")); bg(3 > 2 ? sleep(0) : 0); sleep(0.01)')
    const running = evaluate('const got = fg(); got + "!"')
    await expect.poll(() => evaluator.running && [...evaluator.waits()].length).toBe(1)
    evaluator.press()
    expect(await running).toBe('heard first!')
  })

  test('shows its progress as its own', async () => {
    await evaluate('bg(counting())'.replace('counting()', 'listen()'))
    const running = evaluate('fg()')
    await expect.poll(() => [...evaluator.waits()].map((each) => (each as Task<unknown>).name)).toEqual(['listen'])
    evaluator.press()
    await running
  })

  test('throws what it failed with, which nobody else tells', async () => {
    await expect(evaluate('fg(bg(() => { sleep(0.01); throw new Error("gone") }))')).rejects.toThrow('gone')
    expect(told).toEqual([])
  })

  test('of one that is over gives its result again', async () => {
    expect(await evaluate('const over = bg(() => 5); fg(over); fg(over)')).toBe(5)
  })
})

describe('kill', () => {
  test('stops several, or all, and gives their lines', async () => {
    const list = await evaluate('const x = bg(listen("x")), y = bg(listen("y")); kill(x.number, y)')
    expect(String(list)).toMatch(/^\[\d+\] listen: stopped after 0 s\n\[\d+\] listen: stopped after 0 s$/)
    expect(await evaluate('[x.result, y.result]')).toEqual(['heard x', 'heard y'])
    await evaluate('bg(listen("z")); kill("all")')
    expect(jobs().every(({ state }) => state !== 'running')).toBe(true)
  })

  test('says so when one is over', async () => {
    const made = await job('const done = bg(() => 1); fg(done); done')
    await evaluate('kill(done)')
    expect(told).toEqual([`kill: job ${made.number} is over: ${made}`])
  })
})

test('ends are told to who listens, but not those that somebody waits for', async () => {
  const ends: string[] = []
  const silence = onJobEnd(({ name, state }) => void ends.push(`${name} ${state}`))
  try {
    await evaluate(
      'function quick() { sleep(0.01); return 1 } bg(quick()); fg(bg(() => 2)); bg(() => { throw new Error("no") })',
    )
    await expect.poll(() => ends).toHaveLength(2)
    expect(ends.sort()).toEqual(['() => { throw new Error("no") } failed', 'quick() done'])
    expect(told).toEqual([])
  } finally {
    silence()
  }
})
