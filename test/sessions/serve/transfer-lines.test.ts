/** Bars and lines of transfers: as wide as they may be, and as many. */
import { afterEach, describe, expect, it } from 'vitest'
import { setLivePlace, showLive } from '../../../src/exchange/live-lines.js'
import { setReporter } from '../../../src/exchange/report.js'
import { textWidth } from '../../../src/exchange/text-width.js'
import type { Transfer } from '../../../src/sessions/serve/resource.js'
import { endLine, TransferLines } from '../../../src/sessions/serve/transfer-lines.js'

const BEGAN = new Date('2026-01-01T00:00:00Z')
const at = (seconds: number): number => BEGAN.getTime() + seconds * 1000

function transfer(parts: Partial<Transfer> = {}): Transfer {
  return {
    direction: 'down',
    client: '::ffff:192.0.2.7',
    name: 'a.iso',
    total: 1_000_000,
    done: 0,
    began: BEGAN,
    ended: undefined,
    outcome: undefined,
    ...parts,
  }
}

/** Made by the test that runs. */
let made: TransferLines[] = []
function opened(isTold: boolean): TransferLines {
  const lines = new TransferLines(isTold)
  made.push(lines)
  return lines
}

afterEach(() => {
  for (const lines of made) lines.end()
  made = []
  setLivePlace(undefined)
  setReporter(() => undefined)
})

describe('a bar', () => {
  it('tells who takes what, how far, how fast, and how long it still takes', () => {
    const lines = opened(true)
    const one = transfer()
    lines.began(one)
    expect(lines.lines(80, at(0.4))).toEqual([])
    one.done = 250_000
    expect(lines.lines(80, at(1))).toEqual([
      `192.0.2.7 ↓ a.iso: ${'━'.repeat(6)}${'─'.repeat(18)} 25 %, 250 kB/s, 3.0 s left`,
    ])
    // The speed is that of the last seconds: at first it was fast.
    for (let second = 2; second <= 20; second++) {
      one.done += 10_000
      lines.lines(80, at(second))
    }
    expect(lines.lines(80, at(20))[0]).toMatch(/44 %, 10 kB\/s, 56 s left$/)
  })

  it('says how much where nobody knows how much there will be', () => {
    const lines = opened(true)
    lines.began(transfer({ total: undefined, done: 5_000_000, direction: 'up', name: 'b.tar' }))
    expect(lines.lines(80, at(1))).toEqual(['192.0.2.7 ↑ b.tar: 5.0 MB, 5.0 MB/s'])
  })

  it('is never wider than the screen, whatever the name is, and nothing in it is obeyed', () => {
    const lines = opened(true)
    const names = ['x'.repeat(300), '写真'.repeat(60), '\x1b[2J\x1b]0;title\x07.txt', 'a\nb', 'e\u0301'.repeat(90), '']
    for (const name of names)
      lines.began(transfer({ name, done: 500_000, client: '2001:db8:1111:2222:3333:4444:5555:6666' }))
    for (let columns = 10; columns < 120; columns++)
      for (const line of lines.lines(columns, at(3))) {
        expect(textWidth(line), line).toBeLessThanOrEqual(columns)
        expect(line).not.toMatch(/[\x00-\x1f]/)
      }
  })

  it('is one of five at most; of the rest their number and their speed are told', () => {
    const lines = opened(true)
    for (let i = 0; i < 1000; i++) lines.began(transfer({ done: 1000 }))
    const shown = lines.lines(80, at(1))
    expect(shown).toHaveLength(6)
    expect(shown[5]).toBe('… and 995 more, 995 kB/s')
    lines.end()
    expect(lines.lines(80, at(1))).toEqual([])
  })
})

describe('a line at the end', () => {
  it('tells what became of it', () => {
    const ended = new Date(at(10))
    expect(endLine(transfer({ done: 1_000_000, ended, outcome: 'complete' }))).toBe(
      '192.0.2.7 took a.iso: 1.0 MB in 10 s, 100 kB/s',
    )
    expect(endLine(transfer({ done: 400_000, ended, outcome: 'broken' }))).toBe(
      '192.0.2.7 did not get all of a.iso: 400 kB of 1.0 MB',
    )
    expect(
      endLine(transfer({ done: 7, total: 7, ended: new Date(at(0.01)), outcome: 'complete', direction: 'up' })),
    ).toBe('192.0.2.7 sent a.iso: 7 bytes')
  })

  it('is printed for each that was one, unless it is not wanted', () => {
    const told: string[] = []
    setReporter((text) => told.push(text))
    for (const isTold of [true, false]) {
      const lines = opened(isTold)
      const [one, none] = [transfer({ outcome: 'complete', ended: BEGAN }), transfer()]
      lines.began(one)
      lines.began(none)
      lines.dropped(none)
      lines.ended(one)
      lines.ended(one)
    }
    expect(told).toEqual(['192.0.2.7 took a.iso: 0 bytes'])
  })
})

describe('the place for lines that change', () => {
  it('has those of all, ten at most, and none when all are over', () => {
    const shown: (readonly string[])[] = []
    setLivePlace({ columns: 40, show: (lines) => shown.push(lines) })
    const ends = [1, 2].map((number) =>
      showLive((columns) => Array.from({ length: 6 }, (_, i) => `${number}.${i} ${columns}`)),
    )
    expect(shown.at(-1)).toHaveLength(10)
    expect(shown.at(-1)![0]).toBe('1.0 40')
    for (const end of ends) end()
    expect(shown.at(-1)).toEqual([])
  })
})
