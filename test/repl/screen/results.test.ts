/** Results on a real terminal: labels, tables at 80 and 200 columns, colours, the pager. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundledProgram } from './program.js'
import { hasScreen, Screen, type ScreenOptions } from './screen.js'

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
})
afterAll(() => program.remove())

let screen: Screen
afterEach(() => screen.close())

async function open(options: ScreenOptions = {}): Promise<Screen> {
  screen = new Screen([process.execPath, program.file], options)
  await screen.prompt()
  return screen
}

const LIST =
  "list = Array.from({length: 50}, (_, i) => IP({src: '10.0.0.1', dst: '10.0.0.2', id: i})/TCP({sport: 1000 + i, dport: 80, seq: i}))"

describe.skipIf(!hasScreen)('results', () => {
  it('are labelled, found again by their names, and not labelled when that is turned off', async () => {
    await open()
    screen.enter('6 * 7')
    await screen.shows('_1 = 42')
    screen.enter('undefined')
    screen.enter('_1 + 1')
    await screen.shows('_2 = 43')
    screen.enter('[_1, _2, _]')
    await screen.shows('_3 = [ 42, 43, 43 ]')
    screen.enter('conf.numbers = false')
    await screen.prompt()
    screen.enter('_3[0] * 1000')
    await screen.shows(/^42000$/m)
  })

  it('lists of packets are tables that fit 80 columns', async () => {
    await open({ rows: 40 })
    screen.enter(LIST)
    const text = await screen.shows('_1[n] one')
    expect(text).toMatch(/^_1 =$/m)
    expect(text).toMatch(/^ # {2}Source +Destination +Proto +Bytes +Info$/m)
    expect(text).toMatch(/^ 0 {2}10\.0\.0\.1:1000 {2}10\.0\.0\.2:80 {2}TCP +40 {2}S, seq 0$/m)
    expect(text).toContain('20 of 50 packets · _1.slice(20) shows the next, _1[n] one')
    expect(text).not.toMatch(/^20 {2}/m)
    screen.enter('_1.slice(40)')
    expect(await screen.shows('10 packets')).toMatch(/10\.0\.0\.1:1049 .* S, seq 49/)
    for (const row of screen.rows()) expect(row.length).toBeLessThanOrEqual(80)
  })

  it('have no more rows than fit on the screen', async () => {
    await open()
    screen.enter(LIST)
    const text = await screen.shows('_1[n] one')
    expect(text).toContain('19 of 50 packets · _1.slice(19) shows the next')
    await screen.prompt()
    expect(screen.text()).toMatch(/^ # {2}Source/m)
  })

  it('and use 200 columns where there are so many', async () => {
    await open({ columns: 200, rows: 40 })
    screen.enter(
      '[1, 2].map(id => IPv6({src: "2001:db8:1111:2222:3333:4444:5555:6666"})/UDP({sport: id})/DNS({qd: [DNSQR({qname: "a-rather-long-name-of-a-host.example.org"})]}))',
    )
    expect(await screen.shows('2 packets')).toMatch(
      /\[2001:db8:1111:2222:3333:4444:5555:6666\]:1 .*a-rather-long-name-of-a-host\.example\.org/,
    )
  })

  it('objects of one kind are tables', async () => {
    await open()
    screen.enter("[{host: 'alpha', ms: 1.5, note: 'x'.repeat(100)}, {host: 'beta', ms: 22, note: ''}]")
    const text = await screen.shows(/^1 {2}beta/m)
    expect(text).toMatch(/^# {2}host {4}ms {2}note$/m)
    expect(text).toMatch(/^0 {2}alpha {2}1\.5 {2}x+…$/m)
    expect(text).toMatch(/^1 {2}beta {4}22$/m)
  })

  it('colours: by layer in show(), none with NO_COLOR, as the setting says', async () => {
    await open({ rows: 60, environment: { NO_COLOR: '', TERM: 'xterm-256color' } })
    screen.enter('(IP()/TCP()).show()')
    const coloured = await screen.shows('urgptr', { colours: true })
    const [ip, tcp] = ['IP', 'TCP'].map(
      (name) => coloured.split('\n').find((row) => row.includes(`###[ ${name} ]###`))!,
    )
    expect(ip).toContain('\x1b[')
    expect(ip!.split('###')[0]).not.toBe(tcp!.split('###')[0])
    screen.enter("conf.color = 'never'; console.clear(); (IP()/UDP()).show()")
    await screen.shows('###[ UDP ]###')
    await screen.prompt()
    const row = screen.rows({ colours: true }).find((each) => each.includes('###[ UDP ]###'))
    expect(row).toBe('###[ UDP ]###')
  })

  it('a field is marked in the dump', async () => {
    await open()
    screen.enter("hexdump(IP()/TCP({flags: 'SA'}), 'TCP.flags')")
    expect(await screen.shows('bits 7–15 of bytes 32–33')).toMatch(/^ {6}\^\^ \^\^\n/m)
  })

  it('what differs between two packets', async () => {
    await open()
    screen.enter('diff(IP({ttl: 64}), IP({ttl: 63}))')
    expect(await screen.shows('+   chksum')).toContain('-   ttl       = 64  byte 8\n+   ttl       = 63')
    screen.enter('diff(IP(), IP())')
    await screen.shows('_2 = no difference')
  })

  it('how far it is, while something runs', async () => {
    await open()
    screen.enter('sleep(600)')
    await screen.shows(/^sleep: ─+ 0 %, \d+ of 600 s$/m)
    screen.press('C-c')
    await screen.prompt()
    expect(screen.text()).not.toContain('of 600 s')
    screen.enter('Promise.all([sleep(600), sleep(700), sleep(700)])')
    await screen.shows(/^3 × sleep$/m)
    screen.press('C-c')
    await screen.prompt()
  })

  it('hostile values harm nothing', async () => {
    await open({ rows: 50 })
    screen.enter('({ get a() { console.log("RUN") } })')
    await screen.shows('a: [Getter]')
    screen.enter('[{ get a() { console.log("RUN") }, b: 1 }, { get a() { console.log("RUN") }, b: 1 }]')
    await screen.shows('b: 1 }')
    screen.enter('({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("mine") } })')
    await screen.shows('that cannot be shown: mine')
    screen.enter('[new Proxy({ a: 1 }, { ownKeys() { console.log("RUN") } }), { a: 1 }]')
    await screen.shows('{ a: 1 }, { a: 1 } ]')
    screen.enter('x = { y: 1 }; x.x = x')
    await screen.shows('[Circular *1]')
    expect(screen.text()).not.toMatch(/^RUN/m)
  })
})

/** A program that stands in for a pager: tells how it was started, and shows the text. */
function pagerIn(folder: string): string {
  const file = join(folder, 'my-pager')
  writeFileSync(
    file,
    '#!/bin/sh\necho "PAGER $# $1 $LESSSECURE [$LESSOPEN]"\nhead -n 2\necho END\nread answer </dev/tty\n',
  )
  chmodSync(file, 0o755)
  return file
}

describe.skipIf(!hasScreen)('the pager', () => {
  it('shows what is longer than the screen; the rest of the session waits for its end', async () => {
    await open({ environment: { PAGER: 'less' } })
    screen.enter('Array.from({length: 90}, (_, i) => `line ${i}`).join("\\n")')
    await screen.shows(/line 20\n(?:line.*\n)*lines 1-23 .*Space: next page.*q: leave$/)
    screen.press('Space')
    await screen.shows(/^lines 24-46 /m)
    screen.press('C-c')
    // less forgets the keys that come with an interrupt.
    while (!screen.text().includes('line 60')) {
      screen.press('Space')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await screen.shows(/^lines .*leave$/m)
    screen.press('q')
    await screen.prompt()
    screen.enter('6 * 7')
    await screen.shows('_2 = 42')
    expect(screen.text({ history: true })).not.toContain('interrupted')
  })

  it('shows what commands print as well', async () => {
    await open({ environment: { PAGER: 'less' } })
    screen.enter('(Ether()/IP()/TCP()/IP()/TCP()/IP()/UDP()).show(); after = 1')
    await screen.shows(/###\[ Ether \]###\n(?:.*\n)*lines 1-23 .*$/)
    expect(screen.text()).not.toContain('UDP')
    screen.press('q')
    await screen.shows('_1 = 1')
  })

  it('is not asked for a result of less than two screens: what is typed next is for the prompt', async () => {
    await open({ environment: { PAGER: 'less' } })
    screen.enter('(Ether()/IP()/TCP()).show()')
    await screen.prompt()
    screen.enter('6 * 7')
    await screen.shows('_1 = 42')
  })

  it('is the command of the setting, started without a shell', async () => {
    await open({ environment: { PAGER: '', LESSOPEN: '|touch /tmp/never' } })
    const pager = pagerIn(screen.home)
    screen.enter(`conf.pager = '${pager} "a b;c"'`)
    await screen.prompt()
    screen.enter('"\\n".repeat(100)')
    await screen.shows('PAGER 1 a b;c 1 []')
    await screen.shows('END')
    screen.press('Enter')
    await screen.prompt()
    screen.enter('6 * 7')
    await screen.shows('= 42')
  })

  it('is our own where there is none', async () => {
    await open({ environment: { PAGER: '', PATH: '/nonexistent' } })
    screen.enter('conf.pager = "/no/such/pager"')
    await screen.prompt()
    screen.enter('Array.from({length: 90}, (_, i) => `line ${i}`).join("\\n")')
    await screen.shows('lines 23 of 91')
    screen.press('Enter')
    await screen.shows('lines 24 of 91')
    screen.press('Space')
    await screen.shows('lines 46 of 91')
    screen.press('q')
    await screen.shows("the pager '/no/such/pager' is not there")
    await screen.prompt()
    screen.enter('6 * 7')
    await screen.shows('= 42')
  })

  it('never, when asked for; not for what fits', async () => {
    await open({ environment: { PAGER: '/no/such/pager' } })
    screen.enter('Array.from({length: 15}, (_, i) => `line ${i}`).join("\\n")')
    await screen.shows('line 14')
    screen.enter('conf.pager = "never"')
    await screen.prompt()
    screen.enter('Array.from({length: 90}, (_, i) => `line ${i}`).join("\\n")')
    await screen.shows(/line 89\n+netshell/)
    expect(screen.text({ history: true })).not.toContain("pager '")
  })
})
