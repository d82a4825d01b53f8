import { closeSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Recording } from '../../src/repl/recording.js'

describe.runIf(process.platform === 'linux')('a recording on a full disk', () => {
  it('ends by itself, and says why', () => {
    const full = openSync('/dev/full', 'w')
    let taps = 0
    const terminal = { columns: 80, rows: 24, tap: () => () => void taps++ }
    const recording = new Recording(full, terminal)
    expect(recording.open).toBe(false)
    expect(recording.error).toMatchObject({ code: 'ENOSPC' })
    expect(() => closeSync(full)).toThrow('EBADF')
    expect(taps).toBe(0)
  })
})
