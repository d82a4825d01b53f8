import { describe, expect, it } from 'vitest'
import { Interrupted, InterruptScope, sleep, Task } from '../../src/exchange/task.js'

/** A task that ends only by an interrupt, with what it has seen. */
function collecting(): { task: Task<number[]>; see(value: number): void } {
  const seen: number[] = []
  const task = Task.run<number[]>(
    ({ onInterrupt, finish }) => {
      onInterrupt(() => finish(seen))
      return new Promise(() => {})
    },
    { name: 'collecting' },
  )
  return { task, see: (value) => void seen.push(value) }
}

describe('Task', () => {
  it('is a promise of what its work gives, and gives ordinary promises', async () => {
    const task = Task.run(() => 5)
    expect(task).toBeInstanceOf(Promise)
    expect(task.then(() => 1)).not.toBeInstanceOf(Task)
    expect(await task).toBe(5)
    expect(task.settled).toBe(true)
  })

  it('rejects with what its work throws, at once or later', async () => {
    await expect(
      Task.run(() => {
        throw new Error('now')
      }),
    ).rejects.toThrow('now')
    await expect(
      Task.run(async () => {
        throw new Error('later')
      }),
    ).rejects.toThrow('later')
  })

  it('keeps partial results when interrupted', async () => {
    const { task, see } = collecting()
    see(1)
    task.interrupt()
    see(2)
    expect(await task).toEqual([1, 2])
  })

  it('calls its interrupt handler once, and not after the end', async () => {
    let calls = 0
    const task = Task.run<number>(({ onInterrupt, finish }) => {
      onInterrupt(() => calls++)
      return new Promise<number>(() => setTimeout(() => finish(1), 5))
    })
    task.interrupt()
    task.interrupt()
    expect(await task).toBe(1)
    task.interrupt()
    expect(calls).toBe(1)
  })

  it('without a handler, an interrupt rejects it and aborts its signal', async () => {
    let aborted = false
    const task = Task.run(({ signal }) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise(() => {})
    })
    task.interrupt()
    await expect(task).rejects.toBeInstanceOf(Interrupted)
    expect(aborted).toBe(true)
  })

  it('aborts with a reason', async () => {
    const { task } = collecting()
    task.abort(new Error('enough'))
    await expect(task).rejects.toThrow('enough')
  })

  it('reports progress until a listener leaves', async () => {
    const states: unknown[] = []
    let tell: (done: number) => void = () => {}
    let end: () => void = () => {}
    const task = Task.run<void>(({ progress }) => {
      tell = (done) => progress({ done, total: 3 })
      return new Promise((resolve) => {
        end = resolve
      })
    })
    const leave = task.onProgress((state) => states.push(state))
    tell(1)
    leave()
    tell(2)
    end()
    await task
    expect(states).toEqual([{ done: 1, total: 3 }])
  })
})

describe('InterruptScope', () => {
  it('interrupts all that waits at the first press, refuses new calls, aborts at the second', async () => {
    const scope = new InterruptScope()
    const [one, two] = scope.run(() => [collecting(), collecting()])
    const stubborn = scope.run(() =>
      Task.run(({ onInterrupt }) => {
        onInterrupt(() => {})
        return new Promise(() => {})
      }),
    )
    expect(scope.waiting).toBe(3)
    expect(scope.press()).toBe('interrupted')
    expect(await one.task).toEqual([])
    expect(await two.task).toEqual([])
    expect(() => scope.run(() => sleep(0))).toThrow(Interrupted)
    expect(scope.mustStop).toBe(false)
    expect(scope.press()).toBe('aborted')
    await expect(stubborn).rejects.toBeInstanceOf(Interrupted)
    expect(scope.waiting).toBe(0)
  })

  it('stops loops when nothing waited', () => {
    const scope = new InterruptScope()
    scope.press()
    expect(scope.mustStop).toBe(true)
  })

  it('lets a finally block wait after the first press, not after the second', () => {
    const scope = new InterruptScope()
    scope.press()
    const shield = scope.shield()
    expect(() => scope.check()).not.toThrow()
    scope.press()
    expect(() => scope.check()).toThrow(Interrupted)
    scope.unshield(shield)
  })

  it('reaches only what the user called, not what that called in turn', async () => {
    const scope = new InterruptScope()
    const outer = scope.run(() =>
      Task.run<string>(async ({ onInterrupt, finish }) => {
        onInterrupt(() => finish('partial'))
        await sleep(60)
        return 'whole'
      }),
    )
    expect(scope.waiting).toBe(1)
    scope.press()
    expect(await outer).toBe('partial')
  })

  it('forgets settled and detached tasks', async () => {
    const scope = new InterruptScope()
    await scope.run(() => Task.run(() => 1))
    const { task } = scope.run(() => collecting())
    task.detach()
    expect(scope.waiting).toBe(0)
    task.abort()
    await expect(task).rejects.toThrow('collecting was aborted')
  })
})

describe('sleep', () => {
  it('waits, and refuses what is no time', async () => {
    const start = performance.now()
    await sleep(0.02)
    expect(performance.now() - start).toBeGreaterThan(15)
    expect(() => sleep(-1)).toThrow('give the seconds to wait')
    expect(() => sleep('1' as never)).toThrow(RangeError)
  })
})
