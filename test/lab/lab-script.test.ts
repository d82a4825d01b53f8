import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './process.js'

const SCRIPT = fileURLToPath(new URL('../../scripts/lab/lab.sh', import.meta.url))
const lab = (...words: string[]) => run([SCRIPT, ...words], { timeout: 30_000 })
const inA = (...argv: string[]) => run(['ip', 'netns', 'exec', 'netshell-a', ...argv])

describe('scripts/lab/lab.sh', () => {
  // Its names are fixed: a lab that somebody uses on this machine must survive the test.
  let wasUp = false

  beforeAll(async () => {
    wasUp = (await lab('status')).status === 0
  })
  afterAll(async () => {
    if (!wasUp) await lab('down')
  }, 30_000)

  it('goes up, also when it is up already', async () => {
    const first = await lab('up')
    expect(first.stderr).toBe('')
    expect(first.status).toBe(0)
    expect(first.stdout).toContain('sudo ip netns exec netshell-a ./netshell')
    expect(await lab('up')).toMatchObject({ status: 0, stderr: '' })
    expect((await lab('status')).stdout).toMatch(/echo servers .* running/)
  }, 60_000)

  it('has a peer that answers, ports that are open, closed and prohibited', async () => {
    expect((await inA('ping', '-c', '1', '-W', '2', '10.86.0.2')).status).toBe(0)
    expect((await inA('ping', '-c', '1', '-W', '2', 'fd00:86::2')).status).toBe(0)
    const connect = async (port: string) => (await inA('nc', '-z', '-v', '-w', '2', '10.86.0.2', port)).stderr
    expect(await connect('22')).toContain('succeeded')
    expect(await connect('8080')).toContain('succeeded')
    expect(await connect('80')).toContain('refused')
    expect(await connect('23')).toContain('No route to host')
    const echo = await inA('nc', '-N', '-w', '2', '10.86.0.2', '8080')
    expect(echo.status).toBe(0)
  }, 30_000)

  it('goes down without a trace, also when it is down already', async () => {
    if (wasUp) return
    expect(await lab('down')).toMatchObject({ status: 0, stderr: '' })
    expect(await lab('down')).toMatchObject({ status: 0, stderr: '' })
    expect((await lab('status')).status).toBe(3)
    expect((await run(['ip', 'netns', 'list'])).stdout).not.toMatch(/netshell-[ab]\b/)
  }, 30_000)

  it('explains itself', async () => {
    expect(await lab('--help')).toMatchObject({ status: 0 })
    const wrong = await lab('sideways')
    expect(wrong.status).toBe(2)
    expect(wrong.stdout).toContain('up | down | status | shell')
  })
})
