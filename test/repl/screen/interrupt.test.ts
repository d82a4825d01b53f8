/** Ctrl-C at a real terminal, and everything that must not end the shell. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { bundledProgram } from './program.js'
import { hasScreen, Screen } from './screen.js'

describe.skipIf(!hasScreen)('at a terminal', () => {
  let program: Awaited<ReturnType<typeof bundledProgram>>
  let screen: Screen
  beforeAll(async () => {
    program = await bundledProgram()
    writeFileSync(
      join(program.folder, 'library.cjs'),
      "exports.loop = () => { for (;;); }\nexports.print = () => { for (;;) process.stdout.write('.') }\n",
    )
  })
  afterAll(() => program.remove())
  beforeEach(async () => {
    screen = new Screen([process.execPath, program.file], { folder: program.folder })
    onTestFinished(() => screen.close())
    await screen.prompt()
  })

  /** The shell answers, also after waits and timers. */
  async function alive(): Promise<void> {
    await screen.prompt()
    screen.press('C-l')
    screen.enter("sleep(0.01); await new Promise(done => setTimeout(done, 5)); 'ali' + 've'")
    await screen.shows(/alive/)
    await screen.prompt()
  }

  const blocked: [name: string, source: string][] = [
    ['a busy loop', 'for (;;) {}'],
    ['a loop of a library', "require('./library.cjs').loop()"],
    ['a library that prints without end', "require('./library.cjs').print()"],
    ['a regular expression', "/^(a+)+$/.test('a'.repeat(40) + 'b')"],
    ['a wait for another thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'],
    ['a program', "require('node:child_process').execSync('sleep 100')"],
    ['a plain promise', 'await new Promise(() => {})'],
  ]
  for (const [name, source] of blocked) {
    it(`one press ends ${name}, at once and after a wait`, async () => {
      for (const before of ['', 'sleep(0.01); ']) {
        screen.enter(`${before}console.log('bu' + 'sy'); ${source}`)
        await screen.shows(/busy|\.{80}/)
        screen.press('C-c')
        await screen.shows(/interrupted/)
        await alive()
      }
    })
  }

  it('a press right behind Enter is not lost', { timeout: 60_000 }, async () => {
    for (let wait = 0; wait <= 40; wait += 4) {
      for (const source of ['sleep(1000)', 'for (;;) {}', 'await new Promise(() => {})']) {
        // Something new to parse each time, so that there is a while before it runs.
        screen.enter(`/* ${wait} */ ${source}`)
        await new Promise((resolve) => setTimeout(resolve, wait))
        screen.press('C-c')
        await screen.shows(/interrupted\nnetshell[^\n]*[>#]$/)
        screen.press('C-l')
        await screen.shows(/^netshell[^\n]*[>#]$/)
      }
    }
    await alive()
  })

  it('a press of before is not kept for the next line', async () => {
    screen.enter("process.kill(process.pid, 'SIGINT'); 'no' + 'thing'")
    await screen.prompt()
    await alive()
  })

  it('presses in quick succession do not end the shell', async () => {
    screen.enter("console.log('bu' + 'sy'); require('./library.cjs').loop()")
    await screen.shows(/busy/)
    for (let press = 0; press < 12; press++) screen.press('C-c')
    await screen.shows(/interrupted/)
    await alive()
  })

  it('nothing that is typed ends the shell', async () => {
    const lines = [
      'throw null',
      'throw new Proxy({}, {get() { throw 1 }, getPrototypeOf() { throw 2 }})',
      'new Array(2**32)',
      'function deep() { deep() }; deep()',
      'setTimeout(() => { throw null }, 1); sleep(0.05)',
      'setTimeout(() => { throw new Proxy({}, {get() { throw 1 }}) }, 1); sleep(0.05)',
      'setImmediate(() => { nosuch }); sleep(0.05)',
      'process.nextTick(() => { throw undefined }); sleep(0.05)',
      'queueMicrotask(() => { throw 5 }); sleep(0.05)',
      'Promise.reject(new Error("nobody")); sleep(0.05)',
      'void Promise.reject(null); sleep(0.05)',
      '(async () => { throw {toString() { throw 1 }} })(); sleep(0.05)',
      "new (require('node:events'))().emit('error', new Error('unheard'))",
      "require('node:net').connect(1, '127.0.0.1'); sleep(0.05)",
      "new (require('node:worker_threads').Worker)('throw new Error(1)', {eval: true}); sleep(0.3)",
      'bg(() => { throw null }); sleep(0.05)',
      "process.emit('SIGINT')",
      "process.on('SIGINT', () => {}).removeAllListeners('SIGINT'); sleep(0.05)",
      'process.abort()',
      "process.kill(process.pid, 'SIGINT'); sleep(0.05)",
    ]
    for (const line of lines) {
      screen.press('C-l')
      screen.enter(line)
      await alive()
    }
  })

  it('process.exit() leaves, with its code', async () => {
    screen.enter('process.exit(7)')
    expect(await screen.ended()).toBe(7)
  })
})
