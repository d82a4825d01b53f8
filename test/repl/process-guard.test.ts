import { describe, expect, it } from 'vitest'
import { survive } from '../../src/repl/process-guard.js'

/** What node does with an error that nobody has caught: without a listener the process would end. */
function uncaught(error: unknown): boolean {
  return process.emit('uncaughtException', error as Error)
}

/** Runs with only the listeners that it makes itself. */
function alone(work: (shown: unknown[]) => void): void {
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const shown: unknown[] = []
  const stop = survive((error) => void shown.push(error))
  try {
    work(shown)
  } finally {
    stop()
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
  }
}

describe('an uncaught error', () => {
  it('is shown though all listeners were removed', () =>
    alone((shown) => {
      expect(uncaught('late')).toBe(true)
      expect(shown).toEqual(['late'])
    }))

  it('reaches listeners of the user; one that throws is shown too', () =>
    alone((shown) => {
      const heard: unknown[] = []
      const broken = new Error('the listener')
      process.on('uncaughtException', (error) => void heard.push(error))
      process.on('uncaughtException', () => {
        throw broken
      })
      expect(uncaught('the error')).toBe(true)
      expect(heard).toEqual(['the error'])
      expect(shown).toEqual([broken, 'the error'])
    }))

  it('is node’s own affair again afterwards', () => {
    const emit = process.emit
    const stop = survive(() => undefined)
    expect(process.emit).not.toBe(emit)
    stop()
    expect(process.emit).toBe(emit)
  })
})
