/** What a person sees of serving, on a real terminal. */
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Child, run, start } from '../../lab/process.js'
import { hasScreen, Screen } from '../../repl/screen/screen.js'
import { Program } from './program.js'
import { decoded, hasDecoder } from './qr-decoder.js'

const program = new Program()
let screen: Screen
let clients: Child[] = []

beforeAll(async () => {
  await program.build()
  const file = join(program.folder, 'a file.bin')
  writeFileSync(file, '')
  truncateSync(file, 50_000_000)
  writeFileSync(join(program.folder, 'notes.txt'), 'some notes\n')
}, 60_000)
afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()))
  clients = []
  screen.close()
})
afterAll(() => program.remove())

function open(words: readonly string[], options: object = {}): Screen {
  screen = new Screen([...program.command, ...words], {
    columns: 90,
    rows: 40,
    folder: program.folder,
    environment: { TERM: 'tmux-256color' },
    ...options,
  })
  return screen
}

/** Clients that take a file, slowly, since the server is slow. */
function begin(url: string, count: number): void {
  for (let i = 0; i < count; i++) clients.push(start(['curl', '-s', '-o', '/dev/null', url]))
}

const BAR = /^127\.0\.0\.1 ↓ a file\.bin: ━*─+ \d+ %, [\d.]+ [kM]B\/s, .* left$/

describe.skipIf(!hasScreen)('netshell serve', () => {
  it('shows a bar for each client, five at most, and a line when one is over', async () => {
    open(['serve', 'a file.bin', '--host', '127.0.0.1', '--port', '0', '--limit', '2MB', '--no-qr'])
    const [url] = /http:\S+/.exec(await screen.shows(/http:\S+a%20file\.bin/))!
    begin(url, 2)
    await screen.shows(/(?:127\.0\.0\.1 .*─ \d+ %, .* left\n?){2}$/)
    const bars = screen
      .text()
      .split('\n')
      .filter((row) => row.includes('─'))
    expect(bars).toHaveLength(2)
    for (const bar of bars) expect(bar).toMatch(BAR)
    begin(url, 5)
    await screen.shows(/(?:127\.0\.0\.1 ↓ a file\.bin: .*\n){5}… and 2 more, [\d.]+ [kM]B\/s$/)
    await clients[6]!.stop()
    const text = await screen.shows(/127\.0\.0\.1 did not get all of a file\.bin: .* of 50 MB\n/)
    // The line stands above the bars, of which one is gone.
    expect(text.split('\n').findIndex((row) => row.includes('did not'))).toBeLessThan(
      text.split('\n').findIndex((row) => row.includes('─')),
    )
    screen.press('C-c')
    expect(await screen.ended()).toBe(0)
    // No bar is left behind.
    expect(screen.text()).not.toContain('─')
    expect(screen.text()).toMatch(/serve http.*closed, a file\.bin, 0 downloads/)
  }, 60_000)

  it('keeps its bars within a narrow terminal', async () => {
    open(['serve', 'a file.bin', '--host', '127.0.0.1', '--port', '0', '--limit', '1MB'], { columns: 40 })
    const [url] = /http:\S+/.exec((await screen.shows(/a%20file/)).replaceAll('\n', ''))!
    begin(url.replace(/(\.bin).*/, '$1'), 2)
    await screen.shows(/127\.0\.0\.1 .*\d+ %.*\n127\.0\.0\.1 .*\d+ %.*$/)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    // Rows that were broken would leave their beginnings behind, again and again.
    expect(screen.text().match(/ %/g)).toHaveLength(2)
  }, 60_000)

  it('shows the address as a QR code that a decoder reads', async () => {
    if (!hasDecoder) return
    open(['serve', 'notes.txt', '--host', '127.0.0.1', '--port', '0'])
    const [url] = /http:\S+/.exec(await screen.shows(/http:[\s\S]*█▀▀▀▀▀█/))!
    const text = screen.text({ colours: true })
    expect(decoded(text.slice(text.indexOf('\x1b[38;5;16')), 0)).toBe(url)
    screen.press('C-c')
    expect(await screen.ended()).toBe(0)
  }, 30_000)

  it('asks for a password without showing it', async () => {
    open(['serve', 'notes.txt', '--host', '127.0.0.1', '--port', '0', '--no-qr', '--password', '-'])
    await screen.shows('Password that clients will be asked for:')
    screen.enter('hidden words')
    const text = await screen.shows(/http:\S+/)
    expect(text).not.toContain('hidden words')
    const [url] = /http:\S+/.exec(text)!
    expect((await run(['curl', '-s', '-u', ':hidden words', url])).stdout).toBe('some notes\n')
    expect((await run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', url])).stdout).toBe('401')
  }, 30_000)
})

describe.skipIf(!hasScreen)('serve() at the prompt', () => {
  it('keeps the bars above the line that is typed, and leaves none behind', async () => {
    open([])
    await screen.prompt()
    screen.enter("server = serve('a file.bin', {host: '127.0.0.1', port: 0, qr: false, limit: '2 MB'})")
    const [url] = /http:\S+bin/.exec(await screen.shows(/= serve http:\S+/))!
    begin(url, 2)
    screen.type('40 + ')
    const typing = await screen.shows(/─ \d+ %.*\n.*─ \d+ %.*\nnetshell[^\n]*[>#] 40 \+$/)
    expect(typing.split('\n').filter((row) => BAR.test(row))).toHaveLength(2)
    const { row } = screen.cursor()
    expect(typing.split('\n')[row]).toContain('40 +')
    screen.type('2')
    screen.press('Enter')
    // What was typed and what came of it stand together, without a bar between them.
    await screen.shows(/[>#] 40 \+ 2\n_\d+ = 42\n(?:127\.0\.0\.1 ↓.*\n){2}netshell[^\n]*[>#]$/)
    screen.enter('sleep(2)')
    await screen.shows(/[>#] sleep\(2\)\n(?:127\.0\.0\.1 ↓ .*\n?){2}/)
    await screen.prompt()
    screen.enter('server.close()')
    const text = await screen.shows(/[>#] server\.close\(\)\n(?:[^\n]+\n)*netshell[^\n]*[>#]$/)
    expect(text).not.toContain('─')
  }, 60_000)
})
