/** The shell as a program: scripts, expressions, and the prompt on a terminal made by script(1). */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../lab/bundle.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-shell-'))
let program: string

beforeAll(async () => {
  program = await bundle(folder, path.join(import.meta.dirname, 'shell-entry.ts'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function shell(args: string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8', cwd: folder })
}

function script(name: string, source: string): string {
  writeFileSync(path.join(folder, name), source)
  return name
}

describe('netshell -e', () => {
  it('prints a value, a text without quotes, nothing for undefined', () => {
    expect(shell(['-e', 'sr1(IP()).ttl / 2'])).toMatchObject({ status: 0, stdout: '32\n', stderr: '' })
    expect(shell(['-e', '"a" + 1'])).toMatchObject({ status: 0, stdout: 'a1\n' })
    expect(shell(['-e', 'undefined'])).toMatchObject({ status: 0, stdout: '' })
  })

  it('prints JSON', () => {
    const { stdout } = shell(['-e', '({a: new Uint8Array([1, 255]), b: 5n, c: Buffer.from("x")})', '--json'])
    expect(JSON.parse(stdout)).toEqual({ a: '01ff', b: 5, c: '78' })
  })

  it('shows an error with its place and gives 1', () => {
    const { status, stderr, stdout } = shell(['-e', 'snif()'])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe("ReferenceError: snif is not defined; did you mean 'sniff'?\n  snif()\n  ^\n")
  })

  it('shows control characters in an error', () => {
    const { stderr } = shell(['-e', 'throw new Error("a\\x1b[2J\\x9b")'])
    expect(stderr).toContain('Error: a\\x1b[2J\\x9b\n')
    expect(stderr).not.toContain('\x1b')
  })

  it('does not blame a call for what fails inside of it', () => {
    const { stderr } = shell(['-e', 'Array.from({length: 1}, 5)'])
    expect(stderr).not.toContain('Array.from is not a function')
    expect(shell(['-e', 'const o = {}; o.f()']).stderr).toContain('o.f is not a function')
  })

  it('warns of waits that nobody waits for', () => {
    expect(shell(['-e', '"a".replace("a", () => { sleep(0); return "b" })']).stderr).toContain('never awaited')
  })
})

describe('netshell run', () => {
  it('runs a script with arguments and a shebang', () => {
    const name = script('ok.nsh', '#!/usr/bin/env netshell\nfor (const arg of args) console.log(arg, sr1(IP()).ttl)\n')
    expect(shell(['run', name, 'a', 'b'])).toMatchObject({ status: 0, stdout: 'a 64\nb 64\n', stderr: '' })
  })

  it('names file, line and column of an error', () => {
    const name = script('bad.nsh', '#!/usr/bin/env netshell\nconst a = 1\n  sleep(0); a.b.c\n')
    const { status, stderr } = shell(['run', name])
    expect(status).toBe(1)
    expect(stderr).toContain(
      "Cannot read properties of undefined (reading 'c'): a.b is undefined\n  at bad.nsh:3:17\n  3 |   sleep(0); a.b.c\n",
    )
  })

  it('names the place of a syntax error', () => {
    const { status, stderr } = shell(['run', script('syntax.nsh', 'let a = 1\nlet b = = 2\n')])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "SyntaxError: '=' cannot stand here\n  at syntax.nsh:2:9\n  1 | let a = 1\n  2 | let b = = 2\n              ^\n",
    })
  })

  it('shows an error in a callback that nobody catches, and gives 1', () => {
    const { status, stderr } = shell(['run', script('late.nsh', 'setTimeout(() => nosuch, 1)\nsleep(5)')])
    expect(status).toBe(1)
    expect(stderr).toContain('at late.nsh:1:18')
  })

  it('gives 2 for a file that is not there', () => {
    expect(shell(['run', 'nosuch.nsh'])).toMatchObject({
      status: 2,
      stderr: 'netshell: nosuch.nsh cannot be read: there is no such file\n',
    })
  })

  it('reads a script from standard input', () => {
    expect(shell(['run', '-'], 'console.log(8 / 2)')).toMatchObject({ status: 0, stdout: '4\n' })
  })

  it('finds modules beside the script', () => {
    writeFileSync(path.join(folder, 'beside.mjs'), 'export const five = 5')
    const name = script('imports.nsh', "import {five} from './beside.mjs'\nconsole.log(five)")
    expect(shell(['run', name])).toMatchObject({ status: 0, stdout: '5\n' })
  })

  it('ends with 130 at Ctrl-C, after its finally blocks, also in a busy function', async () => {
    const source =
      'function busy() { console.log("busy"); for (;;); }\ntry { sleep(0.2); busy() } finally { sleep(0.01); console.log("cleaned") }'
    const child = spawn(process.execPath, [program, 'run', script('busy.nsh', source)], { cwd: folder })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (output === 'busy\n') child.kill('SIGINT')
    })
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect({ status, output }).toEqual({ status: 130, output: 'busy\ncleaned\n' })
  })
})

/** A terminal with the prompt in it. */
class Session {
  output = ''
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>

  constructor(environment: NodeJS.ProcessEnv = {}) {
    const command = `stty cols 80 rows 24; exec '${process.execPath}' '${program}' prompt`
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ...environment },
    })
    this.#child.stdout?.on('data', (chunk) => {
      this.output += String(chunk)
    })
    this.ended = new Promise((resolve) => this.#child.on('close', resolve))
  }

  /** What has been shown since `from`, without the codes that move the cursor. */
  text(from = 0): string {
    return this.output
      .slice(from)
      .replace(/\x1b\[[\d;?]*[A-Za-z]/g, '')
      .replaceAll('\r', '')
  }

  /** Types, then waits until `expected` is shown. */
  async type(text: string, expected: string | RegExp = 'netshell> '): Promise<string> {
    const from = this.output.length
    this.#child.stdin?.write(text)
    return await this.shows(expected, from)
  }

  async shows(expected: string | RegExp, from = 0): Promise<string> {
    for (let tries = 0; tries < 1000; tries++) {
      const text = this.text(from)
      if (typeof expected === 'string' ? text.includes(expected) : expected.test(text)) return text
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`${expected} was not shown, but: ${JSON.stringify(this.text(from))}`)
  }

  /** Presses Ctrl-C until `expected` is shown: a press before the shell is ready for it may be lost. */
  async interrupt(expected: RegExp): Promise<string> {
    return await this.press('\x03', expected)
  }

  /** Presses a key again and again until `expected` is shown. */
  async press(key: string, expected: RegExp): Promise<string> {
    const from = this.output.length
    const timer = setInterval(() => this.#child.stdin?.write(key), 1000)
    this.#child.stdin?.write(key)
    try {
      return await this.shows(expected, from)
    } finally {
      clearInterval(timer)
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

describe.skipIf(spawnSync('script', ['--version']).status !== 0)('the prompt', () => {
  let session: Session

  async function start(environment: NodeJS.ProcessEnv = {}): Promise<Session> {
    session = new Session(environment)
    await session.shows('netshell> ')
    return session
  }

  afterEach(() => session.kill())

  it('welcomes in a line, evaluates, remembers _, leaves at Ctrl-D', async () => {
    await start()
    expect(session.text().split('\n').length).toBeLessThan(4)
    expect(await session.type('sr1(IP()).ttl\r', /64\n/)).toContain('64\n')
    await session.type('_ + 1\r', /65\n.*netshell> /s)
    await session.type('\x04', '')
    expect(await session.ended).toBe(0)
  })

  it('continues an incomplete block, and Ctrl-C gives it up', async () => {
    await start()
    await session.type('function f(x) {\r', '... ')
    await session.type('return x / 2 }\r', /netshell> $/)
    await session.type('f(9)\r', /4\.5\n.*netshell> $/s)
    await session.type('[1,\r', '... ')
    await session.type('\x03', /netshell> $/)
    await session.type('7\r', /7\n.*netshell> $/s)
  })

  it('keeps partial results at Ctrl-C', async () => {
    await start()
    await session.type('let pkts = (console.log("sni" + "ffing"), sniff())\r', /sniffing\n/)
    await session.interrupt(/netshell> $/)
    await session.type('pkts\r', "[ 'a', 'b' ]")
  })

  it('breaks busy loops at Ctrl-C, in functions and after waits, and runs finally', async () => {
    await start()
    await session.type(
      'function busy() { console.log("bu" + "sy"); try { for (;;); } finally { console.log("cle" + "aned") } }; 5\r',
      /5\n.*netshell> $/s,
    )
    await session.type('busy()\r', /busy\n/)
    await session.interrupt(/cleaned\n.*interrupted\n.*netshell> $/s)
    await session.type('sleep(0); busy()\r', /busy\n/)
    await session.interrupt(/cleaned\n.*interrupted\n.*netshell> $/s)
    await session.type('console.log("lo" + "op"); while (true) { try { sniff() } catch {} }\r', /loop\n/)
    await session.interrupt(/interrupted\n.*netshell> $/s)
  })

  it('completes with Tab without running getters', async () => {
    await start()
    await session.type('var o = { get danger() { console.log("ran") }, dance: 1 }; 5\r', /5\n.*netshell> $/s)
    await session.type('o.dan', 'o.dan')
    const shown = await session.press('\t', /dance\s+danger/)
    expect(shown).not.toContain('ran')
  })

  it('prints events above the typed line', async () => {
    await start()
    await session.type('setTimeout(() => console.log("an event"), 300); 0\r', /0\n.*netshell> $/s)
    await session.type('half', 'half')
    expect(await session.shows(/an event\nnetshell> half$/)).toBeTruthy()
    await session.type(' + 1\x03', /\^C/)
  })

  it('stays after an error in a callback', async () => {
    await start()
    await session.type('setTimeout(() => nosuch, 10); 0\r', 'nosuch is not defined')
    await session.type('1 + 1\r', /2\n.*netshell> $/s)
  })

  it('runs dot commands, and loads a script into the session', async () => {
    script('load.nsh', 'const loaded = 6\nfunction twice(x) { return x * 2 }\n')
    await start()
    script('args.nsh', 'args.join()')
    await session.type('.help\r', /\.load .*FILE/)
    await session.type('.load args.nsh --ports "22 23"\r', /netshell> $/)
    await session.type('args\r', "[ '--ports', '22 23' ]")
    await session.type('.load load.nsh\r', /netshell> $/)
    await session.type('twice(loaded)\r', /12\n/)
    await session.type('.nosuch\r', '.nosuch is not a command of the prompt')
    await session.type('sleep?\r', 'sleep(seconds)')
    await session.type('help\r', 'Waits some seconds')
    await session.type('.exit\r', '')
    expect(await session.ended).toBe(0)
  })

  it('keeps the history, redacted, for the user alone', async () => {
    const history = path.join(folder, 'state', 'history')
    await start({ TEST_HISTORY: history })
    await session.type('1 + 1\r', /2\n.*netshell> $/s)
    await session.type('var login = {password: "hunter2"}\r', /netshell> $/)
    await session.type(' 3 + 3\r', /6\n.*netshell> $/s)
    await session.type('[1,\r', '... ')
    await session.type('2]\r', /netshell> $/)
    expect(readFileSync(history, 'utf8')).toBe('1 + 1\nvar login = {password: "REDACTED"}\n[1,\\n  2]\n')
    expect(statSync(history).mode & 0o777).toBe(0o600)
    await session.type('\x1b[A', '2]')
  })

  it('evaluates pasted lines in their order', async () => {
    await start()
    await session.type('var p = []\rfor (const i of [1, 2]) {\r  p.push(i)\r}\rp.length + 40\r', /42\n.*netshell> $/s)
  })

  it('takes pasted blocks with empty lines in them', async () => {
    await start()
    await session.type('var q = [\r  1,\r\r\r  2\r]\rq.length + 40\r', /42\n.*netshell> $/s)
  })
})
