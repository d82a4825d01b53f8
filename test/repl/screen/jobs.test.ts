/** Jobs at a real terminal: their ends and what they print come above the line that is typed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { bundledProgram } from './program.js'
import { hasScreen, Screen } from './screen.js'

describe.skipIf(!hasScreen)('jobs', () => {
  let program: Awaited<ReturnType<typeof bundledProgram>>
  let screen: Screen
  beforeAll(async () => {
    program = await bundledProgram()
  })
  afterAll(() => program.remove())
  beforeEach(async () => {
    screen = new Screen([process.execPath, program.file])
    onTestFinished(() => screen.close())
    await screen.prompt()
  })

  it('print above the typed line, and tell their end', async () => {
    screen.enter("var go = false; bg(() => { while (!go) sleep(0.01); console.log('from the job') }); 1")
    await screen.prompt()
    screen.enter('setTimeout(() => { go = true }, 500); 2')
    await screen.prompt()
    screen.type('typed.so.far')
    const text = await screen.shows(/from the job\n.*\[1\] .*: done after .*\n(?:.*\n)?netshell.*typed\.so\.far$/)
    expect(text.split('\n').filter((row) => row.includes('typed.so.far'))).toHaveLength(1)
    expect(text.match(/\[1\] .*: done after/g)).toHaveLength(1)
    expect(text.split('\n').at(-1)).not.toContain('1 job')
    screen.type('.x')
    await screen.shows(/typed\.so\.far\.x$/)
  })

  it('that fail tell why, and where', async () => {
    screen.enter('function broken() { sleep(0.3); nosuchname }')
    await screen.prompt()
    screen.enter('bg(broken()); 1')
    await screen.shows(/\[1\] broken\(\) failed\n +ReferenceError: nosuchname is not defined\n[^\n]*nosuchname/)
    await screen.prompt()
  })

  it('come to the foreground, and Ctrl-C gives what they have', async () => {
    screen.enter('link = practiceNetwork().link; bg(sniff({link})); 1')
    await screen.prompt()
    screen.enter("console.log('wait' + 'ing'); got = fg(1); 'got ' + got.length")
    await screen.shows(/^waiting$/m)
    screen.press('C-c')
    await screen.shows(/got \d+/)
    await screen.prompt()
    screen.enter('jobs()')
    await screen.shows(/\[1\] sniff.*: stopped after/)
  })

  it('are killed by number; a wrong number lists what there is', async () => {
    screen.enter('bg(sleep(99)); bg(sleep(98)); 1')
    await screen.prompt()
    screen.enter('kill(7)')
    await screen.shows('kill: there is no job 7; there is [1] sleep (running), [2] sleep')
    screen.enter('kill(2)')
    await screen.shows(/\[2\] sleep: stopped after/)
    await screen.prompt()
    screen.enter("kill('all')")
    await screen.shows(/\[1\] sleep: stopped after/)
  })

  it('end with the shell', async () => {
    screen.enter("bg(() => { try { sleep(99) } finally { console.log('tid' + 'ied') } }); 1")
    await screen.prompt()
    screen.press('C-d')
    expect(await screen.ended()).toBe(0)
    expect(screen.text()).toContain('tidied')
  })
})
