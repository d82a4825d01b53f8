/** The limit on how fast transfers are: all of them together, each with its turn, and never faster. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Limiter } from '../../../src/sessions/serve/limiter.js'
import { type Child, run, start } from '../../lab/process.js'
import { delivering, lastOf } from './delivering.js'

const root = mkdtempSync(path.join(tmpdir(), 'netshell-limit-'))
writeFileSync(path.join(root, 'file.bin'), Buffer.alloc(1_000_000, 'bytes'))

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('a limit', () => {
  it('lets pieces leave at its rate, whoever asks', async () => {
    const limiter = new Limiter(1_000_000)
    // 50 ms of the rate.
    expect(limiter.piece).toBe(50_000)
    const began = performance.now()
    const times = await Promise.all(
      Array.from({ length: 21 }, async () => {
        await limiter.share().take(50_000)
        return performance.now() - began
      }),
    )
    // What was not used for 100 ms may leave at once; then each waits for those before it.
    for (const [i, time] of times.entries()) expect(time).toBeGreaterThan(i * 50 - 101)
    expect(times[20]).toBeLessThan(2000)
    expect(new Limiter(1).piece).toBe(1)
  })

  it('gives all the same, those who take small pieces and those who take large ones', async () => {
    const limiter = new Limiter(2_000_000)
    const until = performance.now() + 2000
    const taken = await Promise.all(
      [100_000, 16_384, 1000, 65_536, 16_384].map(async (piece) => {
        const share = limiter.share()
        let bytes = 0
        for (; performance.now() < until; bytes += piece) await share.take(piece)
        return bytes
      }),
    )
    expect(Math.max(...taken) / Math.min(...taken)).toBeLessThan(1.5)
    // Two seconds, what may leave at once, and a piece of each on its way.
    expect(taken.reduce((sum, bytes) => sum + bytes)).toBeLessThan(4_500_000)
  })

  it('is not used up by one who has left, and a latecomer is not ahead of the others for what they have had', async () => {
    const limiter = new Limiter(1_000_000)
    const [early, gone] = [limiter.share(), limiter.share()]
    for (let i = 0; i < 20; i++) await early.take(10_000)
    void gone.take(900_000)
    gone.leave()
    const late = limiter.share()
    const began = performance.now()
    let [ofEarly, ofLate] = [0, 0]
    const until = began + 800
    await Promise.all([
      (async () => {
        for (; performance.now() < until; ofEarly += 10_000) await early.take(10_000)
      })(),
      (async () => {
        for (; performance.now() < until; ofLate += 10_000) await late.take(10_000)
      })(),
    ])
    expect(ofEarly + ofLate).toBeGreaterThan(400_000)
    expect(ofLate / ofEarly).toBeLessThan(1.5)
  })

  it('is shared fairly by many downloads that began one after the other', async () => {
    const large = path.join(root, 'large.bin')
    writeFileSync(large, Buffer.alloc(30_000_000, 'bytes'))
    const server = await delivering(root, { limiter: new Limiter(2_000_000) })
    const clients: Child[] = []
    for (let i = 0; i < 7; i++) {
      clients.push(start(['curl', '-sS', '-m', '30', '-o', '/dev/null', `${server.url}large.bin`]))
      await expect.poll(() => server.transfers.length, { timeout: 10_000, interval: 5 }).toBe(i + 1)
    }
    const before = server.transfers.map(({ done }) => done)
    await new Promise((resolve) => setTimeout(resolve, 4000))
    const taken = server.transfers.map(({ done }, i) => done - before[i]!)
    for (const client of clients) client.kill('SIGKILL')
    expect(Math.min(...taken)).toBeGreaterThan(0)
    expect(Math.max(...taken) / Math.min(...taken)).toBeLessThan(1.5)
  })

  it('holds for several downloads together, which share it', async () => {
    const server = await delivering(root, { limiter: new Limiter(1_500_000) })
    const began = performance.now()
    const ends = await Promise.all(
      [1, 2, 3].map(async () => {
        const { status } = await run(['curl', '-sS', '-o', '/dev/null', `${server.url}file.bin`])
        return [status, performance.now() - began] as const
      }),
    )
    expect(ends.map(([status]) => status)).toEqual([0, 0, 0])
    // Three million bytes less what may leave at once.
    const times = ends.map(([, time]) => time).sort((a, b) => a - b)
    expect(times[2]).toBeGreaterThan(1850)
    // None was served before the others.
    expect(times[0]).toBeGreaterThan(1200)
    expect(server.transfers.map(({ done }) => done)).toEqual([1_000_000, 1_000_000, 1_000_000])
  })

  it('tells how far a download is, and lets go of a client that leaves while it waits', async () => {
    const server = await delivering(root, { limiter: new Limiter(100_000) })
    const asking = run(['curl', '-sS', '-m', '1', '-o', '/dev/null', `${server.url}file.bin`])
    const seen = new Set<number>()
    await expect
      .poll(() => seen.add(server.transfers[0]?.done ?? 0).size, { timeout: 5000, interval: 20 })
      .toBeGreaterThan(5)
    expect((await asking).status).toBe(28)
    const { bytes, isWhole } = await lastOf(server, 1)
    expect(isWhole).toBe(false)
    expect(bytes).toBeLessThan(250_000)
  })
})
