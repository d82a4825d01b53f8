import { describe, expect, it } from 'vitest'
import { onAbort, partOf, Task } from '../../src/exchange/index.js'

describe('onAbort', () => {
  it('hears what comes, what came before, and nothing after it is taken off', () => {
    const calls: string[] = []
    const first = new AbortController()
    onAbort(first.signal, () => calls.push('later'))
    first.abort()
    first.abort()
    onAbort(AbortSignal.abort(), () => calls.push('before'))
    const second = new AbortController()
    onAbort(second.signal, () => calls.push('never'))()
    second.abort()
    expect(calls).toEqual(['later', 'before'])
  })
})

describe('partOf', () => {
  const endless = (): Task<number> => Task.run<number>(() => new Promise(() => undefined), { name: 'endless' })

  it('gives the result of the task, or what it failed with', async () => {
    const { signal } = new AbortController()
    expect(
      await partOf(
        signal,
        Task.run(() => 5),
      ),
    ).toBe(5)
    const failing = Task.run<number>(() => {
      throw new Error('no')
    })
    await expect(partOf(signal, failing)).rejects.toThrow('no')
  })

  it.each(['before', 'meanwhile'])('gives it up with the signal that is aborted %s', async (when) => {
    const stop = new AbortController()
    const reason = new Error('enough')
    if (when === 'before') stop.abort(reason)
    const task = endless()
    const part = partOf(stop.signal, task)
    stop.abort(reason)
    await expect(part).rejects.toBe(reason)
    expect(task.settled).toBe(true)
  })
})
