/** Work that several wait for. */
import { expect, it } from 'vitest'
import { hookOf, SharedWork } from '../../../src/sessions/http/oauth/shared-work.js'

/** Work that is finished by hand. */
function byHand() {
  const begun: { signal: AbortSignal; done(value: string): void; failed(error: Error): void }[] = []
  const work = new SharedWork<string>((signal) => new Promise((done, failed) => begun.push({ signal, done, failed })))
  const join = (signal = new AbortController().signal): Promise<string> => work.join(hookOf(signal))
  return { begun, join }
}

it('is done once for all who ask meanwhile, and anew for who asks later', async () => {
  const { begun, join } = byHand()
  const first = [join(), join(), join()]
  begun[0]!.done('one')
  expect(await Promise.all(first)).toEqual(['one', 'one', 'one'])
  const second = join()
  begun[1]!.done('two')
  expect(await second).toBe('two')
  expect(begun).toHaveLength(2)
})

it('fails for all, and is tried again for the next', async () => {
  const { begun, join } = byHand()
  const first = [join(), join()]
  begun[0]!.failed(new Error('no'))
  for (const each of first) await expect(each).rejects.toThrow('no')
  const next = join()
  begun[1]!.done('yes')
  expect(await next).toBe('yes')
})

it('goes on for the others when one gives up, and is given up with the last', async () => {
  const { begun, join } = byHand()
  const [one, two] = [new AbortController(), new AbortController()]
  const asked = [join(one.signal), join(two.signal)]
  one.abort(new Error('enough'))
  await expect(asked[0]).rejects.toThrow('enough')
  expect(begun[0]!.signal.aborted).toBe(false)
  two.abort(new Error('enough, too'))
  await expect(asked[1]).rejects.toThrow('enough, too')
  expect(begun[0]!.signal.aborted).toBe(true)
})

it('is never done twice at a time: who asks when it was given up has what it still comes to', async () => {
  const { begun, join } = byHand()
  const one = new AbortController()
  const first = join(one.signal)
  one.abort(new Error('enough'))
  await expect(first).rejects.toThrow('enough')
  const second = join()
  expect(begun).toHaveLength(1)
  begun[0]!.done('all the same')
  expect(await second).toBe('all the same')
  const two = new AbortController()
  const third = join(two.signal)
  two.abort(new Error('enough'))
  await expect(third).rejects.toThrow('enough')
  const fourth = join()
  begun[1]!.failed(new Error('given up'))
  await expect.poll(() => begun.length).toBe(3)
  begun[2]!.done('anew')
  expect(await fourth).toBe('anew')
})

it('does not wait for who has given up before', async () => {
  const { join } = byHand()
  await expect(join(AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
})
