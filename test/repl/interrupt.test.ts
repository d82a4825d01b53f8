/** Ctrl-C, without a terminal: presses come from timers. */
import { describe, expect, it } from 'vitest'
import { Interrupted } from '../../src/exchange/task.js'
import { Evaluator } from '../../src/repl/evaluate.js'
import { globals, operators } from './stand-ins.js'

const marks: string[] = []
const evaluator = new Evaluator({ ...globals, mark: (text: string) => void marks.push(text) }, operators)
let count = 0

function run(source: string): Promise<unknown> {
  marks.length = 0
  return evaluator.run(source, { file: `interrupt-${++count}`, prompt: true })
}

/** Presses Ctrl-C as soon as `ready` is true; then again for each further press. */
function press(times = 1, ready: () => boolean = () => true): void {
  const timer = setInterval(() => {
    if (!evaluator.running || !ready()) return
    evaluator.press()
    if (--times === 0) clearInterval(timer)
  }, 5)
}

const interrupted = expect.any(Interrupted)

async function errorOf(running: Promise<unknown>): Promise<unknown> {
  try {
    await running
  } catch (error) {
    return error
  }
  return undefined
}

describe('the first press', () => {
  it('assigns what was seen', async () => {
    press()
    await run('var seen = sniff()')
    expect(await run('seen')).toEqual(['a', 'b'])
  })

  it('lets synchronous code go on with partial results', async () => {
    press()
    expect(await run('let all = []; for (const x of sniff()) all.push(x + x); all')).toEqual(['aa', 'bb'])
  })

  it('ends the waiting for what only looks like a promise', async () => {
    press()
    expect(await errorOf(run('({then() {}})'))).toEqual(interrupted)
  })

  it('makes the next API call throw', async () => {
    press()
    expect(await errorOf(run('sniff(); mark("after"); sniff(); mark("never")'))).toEqual(interrupted)
    expect(marks).toEqual(['after'])
  })

  it('stops a loop that catches everything', async () => {
    press()
    expect(await errorOf(run('while (true) { try { sniff() } catch {} }'))).toEqual(interrupted)
  })

  it('stops a loop that catches with a pattern, in a function', async () => {
    press()
    const source = 'function loop() { for (;;) { try { sleep(9) } catch ({message}) { mark(message) } } } loop()'
    expect(await errorOf(run(source))).toEqual(interrupted)
    expect(marks).toEqual([])
  })

  it('runs finally blocks, and lets them wait', async () => {
    press()
    const source = 'try { sleep(9) } finally { sleep(0.01); mark("cleaned"); mark(sr1(IP()).ttl) }; mark("never")'
    expect(await errorOf(run(source))).toEqual(interrupted)
    expect(marks).toEqual(['cleaned', 64])
  })

  it('ends a plain promise that is awaited', async () => {
    press()
    expect(await errorOf(run('await new Promise(() => {})'))).toEqual(interrupted)
  })

  it('interrupts what runs side by side', async () => {
    press()
    expect(await run('Promise.all([sniff(), sniff()])')).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('ends a loop over a live stream', async () => {
    press(1, () => marks.length > 2)
    await errorOf(run('for (const x of stream(1e9)) mark(x)'))
    expect(marks.length).toBeGreaterThan(2)
    expect(evaluator.running).toBe(false)
  })

  it('breaks a busy loop after a wait', async () => {
    press(1, () => marks.includes('busy'))
    expect(await errorOf(run('sleep(0); mark("busy"); while (true) {}'))).toEqual(interrupted)
  })

  it('breaks a busy loop that never waited', async () => {
    press(1, () => marks.includes('busy'))
    expect(await errorOf(run('mark("busy"); for (;;);'))).toEqual(interrupted)
  })

  it('breaks a busy loop in a synchronous function by the flag, running its finally', async () => {
    const raise = 'raise'
    Object.assign(globalThis, {
      [raise]: () => {
        evaluator.runtime.flags[0] = 1
      },
    })
    const source =
      'function busy() { try { for (let i = 0; ; i++) if (i === 1000) raise() } finally { mark("f") } } busy()'
    expect(await errorOf(run(source))).toEqual(interrupted)
    expect(marks).toEqual(['f'])
  })
})

describe('the second press', () => {
  it('aborts what does not end by itself', async () => {
    press(2)
    const source = 'try { sleep(9) } finally { mark("in"); sleep(9); mark("never") }'
    expect(await errorOf(run(source))).toEqual(interrupted)
    expect(marks).toEqual(['in'])
  })
})

describe('afterwards', () => {
  it('the next evaluation runs as if nothing had been', async () => {
    press()
    await run('sniff()')
    expect(await run('sleep(0); let n = 0; for (let i = 0; i < 1000; i++) n++; n + sr1(IP()).ttl')).toBe(1064)
  })

  it('an interrupted function can be called again', async () => {
    await run('function again() { try { return sniff() } finally { mark("f") } }')
    press()
    expect(await run('again()')).toEqual(['a', 'b'])
    press()
    expect(await run('again()')).toEqual(['a', 'b'])
  })
})

describe('what nobody waits for', () => {
  it('is counted', async () => {
    expect(await run('"abc".replace(/b/, () => { sleep(0); return "x" })')).toBe('a[object Promise]c')
    expect(evaluator.forgotten).toBe(1)
    await run('[1].map(() => { sleep(0); return 1 })')
    expect(evaluator.forgotten).toBe(0)
  })
})
