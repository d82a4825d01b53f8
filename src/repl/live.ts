/** `for…of` over what comes in over time: a synchronous iterator whose items are waited for one by one. */
import { InterruptScope, Task } from '../exchange/task.js'

/** Marks the end of a live stream. */
export const END = Symbol('end')

/** The next item of a live stream, or {@link END}. Ctrl-C gives END. */
export class Pending extends Task<unknown> {}

/**
 * What a `for…of` loop goes over. Arrays and other iterables are given back as they are.
 * @param text source of the expression, for the error
 * @param each whether promises among the items are awaited (`for await`)
 */
export function live(iterable: unknown, text: string, each = false): Iterable<unknown> {
  const object = iterable as (Iterable<unknown> & AsyncIterable<unknown>) | null | undefined
  const synchronous = typeof object?.[Symbol.iterator] === 'function'
  if (synchronous && !each) return object as Iterable<unknown>
  if (typeof object?.[Symbol.asyncIterator] === 'function') {
    return overTime((object as AsyncIterable<unknown>)[Symbol.asyncIterator]())
  }
  if (synchronous) return awaited(object as Iterable<unknown>)
  throw new TypeError(`${text} is not iterable`)
}

function overTime(source: AsyncIterator<unknown>): Iterable<unknown> {
  let open = true
  const close = (): void => {
    if (!open) return
    open = false
    // The stream's own way of closing may fail after an interrupt; nobody waits for it any more.
    Promise.resolve(source.return?.()).catch(() => {})
  }
  const iterator = {
    next: () => ({ done: false as const, value: nextOf(source, close) }),
    return: () => {
      close()
      return { done: true as const, value: undefined }
    },
  }
  return { [Symbol.iterator]: () => iterator }
}

function nextOf(source: AsyncIterator<unknown>, close: () => void): Pending {
  let end: (value: unknown) => void = () => {}
  const step = Promise.resolve(source.next())
  const pending = new Pending(
    (resolve, reject) => {
      end = resolve
      step.then(({ done, value }) => resolve(done ? END : value), reject)
    },
    {
      name: 'next',
      interrupt: () => {
        close()
        end(END)
      },
      abort: close,
    },
  )
  // Ctrl-C reaches what has joined the evaluation.
  const scope = InterruptScope.current
  if (scope !== null) pending._join(scope)
  return pending
}

function* awaited(iterable: Iterable<unknown>): Iterable<unknown> {
  for (const item of iterable) {
    yield new Pending((resolve, reject) => Promise.resolve(item).then(resolve, reject), { name: 'next' })
  }
}
