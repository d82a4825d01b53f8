import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { withoutCommands } from '../../src/repl/bang.js'
import { Evaluator, SourceError } from '../../src/repl/evaluate.js'
import type { Shell } from '../../src/repl/shell.js'
import { ShellResult, sh } from '../../src/tools/shell-command/index.js'
import { ScriptSession } from './script-session.js'

const evaluator = new Evaluator()
const own: string[] = []

/** Gives the user variables; gone after the test. */
function declare(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    own.push(name)
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true })
  }
}
afterEach(() => {
  for (const name of own.splice(0)) delete (globalThis as Record<string, unknown>)[name]
})

async function codeOf(source: string): Promise<string> {
  return (await withoutCommands(source, evaluator))?.code ?? source
}

const A_RESULT = new ShellResult({
  command: 'date',
  programs: [{ command: 'date', status: 0, signal: null }],
  stdout: new Uint8Array(),
  stderr: new Uint8Array(),
  duration: 0,
})

describe('a line that begins with !', () => {
  it.each([
    ['!ls', 'sh.show`ls`'],
    ['  ! ls -l', '  sh.show` ls -l`'],
    ['!ls -l /tmp', 'sh.show`ls -l /tmp`'],
    ['!cat /etc/hosts', 'sh.show`cat /etc/hosts`'],
    ['!ping -c 1 10.0.0.1', 'sh.show`ping -c 1 10.0.0.1`'],
    ['!/bin/ls', 'sh.show`/bin/ls`'],
    ['!/bin/su', 'sh.show`/bin/su`'],
    ['!./run.sh a', 'sh.show`./run.sh a`'],
    ['!"my program" a', 'sh.show`"my program" a`'],
    ['!LANG=C ls', 'sh.show`LANG=C ls`'],
    ['!git log --oneline | head -n 3', 'sh.show`git log --oneline | head -n 3`'],
    ['!!vim x', 'sh.tty`vim x`'],
    ['!!top', 'sh.tty`top`'],
    ['x = !ls -l', 'x = sh`ls -l`'],
    ['const x = !date', 'const x = sh`date`'],
    ['let {stdout, ok} = !date', 'let {stdout, ok} = sh`date`'],
    ['o.x = !date -u', 'o.x = sh`date -u`'],
    ['date = !date', 'date = sh`date`'],
    ["!sh -c 'exit 3'", "sh.show`sh -c 'exit 3'`"],
  ])('%s is a command', async (line, code) => {
    expect(await codeOf(line)).toBe(code)
  })

  it.each([
    '!true',
    '!false',
    '!null',
    '!!x0',
    '!(1 + 1)',
    '![]',
    "!'a'",
    '!5',
    '!/a/.test("b")',
    '!new Date()',
    '!flag',
    '!!flag',
    '!flag && other',
    'x = !flag',
    'flag = !flag',
    'const y = !flag',
    '!pkts.length',
    '!undefinedName.length',
    '!isFinite(1)',
    '!done && x',
    '!a || b',
    '!a ? b : c',
    'x != y',
    '!= y',
    'x !== !y',
    'if (!ls) {}',
    'x = y ? !ls : z',
    '`\n!ls\n`',
    '/*\n!ls -l\n*/',
    'const ok = flag &&\n  !other &&\n  true',
    'f(\n!ls\n)',
    'const done = 1\n!done',
    'function f(make) {\n  !make\n}',
    'for (const make of [1]) {\n  !make\n}',
    'x\n  !== y',
  ])('%s is JavaScript', async (line) => {
    declare({ flag: 1, other: 2, pkts: [], x0: 1 })
    expect(await codeOf(line)).toBe(line)
  })

  it('is a command where a function of that name is not used as one', async () => {
    declare({ ls: () => 'layers', ping: () => 1 })
    expect(await codeOf('!ls')).toBe('sh.show`ls`')
    expect(await codeOf('!ls -l')).toBe('sh.show`ls -l`')
    expect(await codeOf('x = !ls')).toBe('x = sh`ls`')
    for (const line of ['!ls()', '!ls.length', '!ping(1).x', '!ping && x']) expect(await codeOf(line)).toBe(line)
  })

  it('is a command where the name is the result of one before', async () => {
    declare({ date: A_RESULT })
    expect(await codeOf('date = !date')).toBe('date = sh`date`')
    expect(await codeOf('!date.ok')).toBe('!date.ok')
  })

  it('never asks a getter', async () => {
    own.push('lazy')
    Object.defineProperty(globalThis, 'lazy', {
      get: () => {
        throw new Error('asked')
      },
      configurable: true,
    })
    expect(await codeOf('!lazy')).toBe('sh.show`lazy`')
    expect(await codeOf('!lazy.x')).toBe('!lazy.x')
  })
})

describe('values', () => {
  it('are put in by {name} and ${…}, but not within single quotes', async () => {
    expect(await codeOf('!ping {host} {p.dst} {list[0]} --x={n} "{n}" $' + '{a + {b: 1}.b}')).toBe(
      'sh.show`ping ${host} ${p.dst} ${list[0]} --x=${n} "${n}" ${a + {b: 1}.b}`',
    )
    expect(await codeOf("!awk '{print}' '{x}' {} {{x}} {1} {a b} \\{x}")).toBe(
      "sh.show`awk '{print}' '{x}' {} {{x}} {1} {a b} \\{x}`",
    )
  })

  it('stand in a template that means what was typed', async () => {
    const text = (code: string) => {
      const kept: { raw: string[]; values: unknown[] } = { raw: [], values: [] }
      new Function('sh', code)({
        show: (strings: TemplateStringsArray, ...values: unknown[]) =>
          Object.assign(kept, { raw: [...strings.raw], values }),
      })
      return kept.raw.map((part, index) => part + (kept.values[index] ?? '')).join('')
    }
    for (const line of [
      "!echo 'a`b'",
      "!echo 'a\\`b'",
      "!echo '\\\\'",
      "!echo '${x}'",
      "!echo '\\${x}'",
      '!echo \\$x',
      "!echo 'a\\'",
      '!echo "\\u{1" \\x',
    ])
      expect(text(await codeOf(line)), line).toBe(line.slice(1))
    expect(text(await codeOf('!echo \\`'))).toBe('echo `')
  })
})

describe('blocks', () => {
  it('have commands as statements', async () => {
    declare({ hosts: [], stat: 1 })
    expect(await codeOf('!ls -l\nn = 1\n!cat {n}')).toBe('sh.show`ls -l`\nn = 1\nsh.show`cat ${n}`')
    expect(await codeOf('for (const host of hosts) {\n  !ping -c 1 {host}\n  const r = !uname -a\n}')).toBe(
      'for (const host of hosts) {\n  sh.show`ping -c 1 ${host}`\n  const r = sh`uname -a`\n}',
    )
    expect(await codeOf("const t = `\n!a b\n`\n!ls 'x y'")).toBe("const t = `\n!a b\n`\nsh.show`ls 'x y'`")
  })

  it('tell the place of what no command can be', async () => {
    const error = (await withoutCommands('n = 1\n!ls {n} > x', evaluator).catch((each) => each)) as SourceError
    expect(error).toBeInstanceOf(SourceError)
    expect(error.message).toMatch(/^'>': /)
    expect(error.source.slice(error.offset)).toBe('> x')
  })
})

function shell(): { shell: Shell; printed: readonly string[] } {
  return new ScriptSession({ sh })
}

describe('at the prompt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-bang-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('a result is kept and shown, values are one argument', async () => {
    const { shell: session, printed } = shell()
    own.push('r', '_', 'name', 'files')
    await session.take("name = 'a b'")
    await session.take('r = !printf %s,%s. {name} 1')
    expect(printed.at(-1)).toContain('a b,1.')
    await session.take('r.json()')
    expect(printed.at(-1)).toContain('the output is no JSON: line 1, column 1')
    await session.take('r = !sh -c "exit 3"')
    expect(printed.at(-1)).toContain('exit status 3')
    await session.take('_.status')
    expect(printed.at(-1)).toContain('3')
    expect(session.journal.entries.filter(({ ok }) => ok).map(({ source }) => source)).toEqual([
      "name = 'a b'",
      'r = sh`printf %s,%s. ${name} 1`',
      'r = sh`sh -c "exit 3"`',
      '_.status',
    ])
  })

  it('errors show the line as it was typed', async () => {
    const { shell: session, printed } = shell()
    await session.take('!nosuchprogram -l')
    expect(printed.at(-1)).toMatch(/^ShellError: there is no program 'nosuchprogram'.*\n {2}!nosuchprogram -l\n {2}\^$/)
    await session.take('!ls && cd x')
    expect(printed.at(-1)).toMatch(/'&&': .*\n {2}!ls && cd x\n {6}\^$/)
    await session.take('!echo {nosuchname}')
    expect(printed.at(-1)).toMatch(/nosuchname is not defined.*\n {2}!echo \{nosuchname\}\n {9}\^$/)
  })

  it('a block goes on while its JavaScript does', async () => {
    const { shell: session } = shell()
    declare({ hosts: [] })
    expect(await session.isIncomplete('for (const h of hosts) {\n  !ping -c 1 {h}')).toBe(true)
    expect(await session.isIncomplete('for (const h of hosts) {\n  !ping -c 1 {h}\n}')).toBe(false)
    expect(await session.isIncomplete('!ls -l')).toBe(false)
    expect(await session.isIncomplete("!ls 'x")).toBe(false)
    expect(await session.isIncomplete('!(')).toBe(true)
  })

  it('!cd changes the folder', async () => {
    const { shell: session, printed } = shell()
    const before = process.cwd()
    // Threads of the test runner have no folder of their own.
    const change = process.chdir
    const changes: string[] = []
    process.chdir = (to) => void changes.push(to)
    try {
      writeFileSync(join(folder, 'x'), '')
      await session.take(`!cd ${folder}`)
      await session.take('sh`cd /`')
    } finally {
      process.chdir = change
    }
    expect(changes).toEqual([folder])
    expect(printed[0]).toBe(folder)
    expect(printed[1]).toContain("process.chdir('/tmp') changes the folder")
    expect(process.cwd()).toBe(before)
  })
})
