import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { bg, Interrupted } from '../../src/exchange/index.js'
import { type Sh, ShellError, ShellResult, sh } from '../../src/tools/shell-command/index.js'
import { forScreen, ScreenStream } from '../../src/tools/shell-command/screen-text.js'
import { needsTerminal } from '../../src/tools/shell-command/terminal-programs.js'
import { bundleSource } from '../lab/bundle.js'
import { openLab } from '../lab/lab.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-sh-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A program that has ended well. */
const OUTCOME = {
  command: 'x',
  programs: [{ command: 'x', status: 0, signal: null }],
  stderr: new Uint8Array(),
  duration: 0,
}

/** Prints each of its arguments as a JSON text. */
const ARGUMENTS = join(folder, 'arguments')
writeFileSync(ARGUMENTS, `#!${process.execPath}\nconsole.log(JSON.stringify(process.argv.slice(2)))\n`)
chmodSync(ARGUMENTS, 0o755)

/** The arguments that a program gets. @param text behind the program's name, as in a template */
async function argumentsOf(text: string, values: unknown[] = [], options = {}): Promise<string[]> {
  const raw = `${ARGUMENTS} ${text}`.split('…')
  const template = Object.assign([...raw], { raw }) as unknown as TemplateStringsArray
  return (await sh({ cwd: folder, ...options })(template, ...values)).json()
}

async function errorOf(work: PromiseLike<unknown>): Promise<Error> {
  return await Promise.resolve(work).then(
    (value) => {
      throw new Error(`no error, but ${String(value)}`)
    },
    (error) => error as Error,
  )
}

/** Waits until something is true. */
async function until(isTrue: () => boolean): Promise<void> {
  for (let round = 0; round < 500; round++) {
    if (isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it never was')
}

function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('words', () => {
  it('are split as a shell splits them', async () => {
    expect(await argumentsOf(`a  b\t'c d' "e f" g' h'i "" '' \\  x\\ y`)).toEqual([
      'a',
      'b',
      'c d',
      'e f',
      'g hi',
      '',
      '',
      ' ',
      'x y',
    ])
    expect(await argumentsOf(`'a\\nb' "c\\nd" e\\nf "q\\"\\\\\\$" '"' "'"`)).toEqual([
      'a\\nb',
      'c\\nd',
      'enf',
      'q"\\$',
      '"',
      "'",
    ])
    expect(await argumentsOf('--a=b {} {x} a,b a=b % ^ @ : # no more')).toEqual([
      '--a=b',
      '{}',
      '{x}',
      'a,b',
      'a=b',
      '%',
      '^',
      '@',
      ':',
    ])
    expect(await argumentsOf('a \\\n b ;')).toEqual(['a', 'b'])
    expect(await argumentsOf('~ ~/x a~ "~" x=~')).toEqual([homedir(), `${homedir()}/x`, 'a~', '~', 'x=~'])
  })

  it('have variables of the environment as they are', async () => {
    const env = { A: 'two words *', B: undefined }
    expect(await argumentsOf(`$A x$A-y "$A" '$A' \\$A 5$ $`, [], { env })).toEqual([
      'two words *',
      'xtwo words *-y',
      'two words *',
      '$A',
      '$A',
      '5$',
      '$',
    ])
    expect((await errorOf(argumentsOf('$NETSHELL_NO_SUCH'))).message).toContain(
      'there is no environment variable NETSHELL_NO_SUCH',
    )
  })

  it('take values as one argument each, whatever is in them', async () => {
    const values = ['a b', '"; rm -rf *', "'", '$HOME', '`id`', '$(id)', '*', '', '\\', '-n', 'ä\n€', '~']
    expect(await argumentsOf(values.map(() => '…').join(' '), values)).toEqual(values)
    expect(await argumentsOf(`--x=… "a … b" 'c … d' …e`, ['1 2', '*', "'", 7])).toEqual([
      '--x=1 2',
      'a * b',
      "c ' d",
      '7e',
    ])
    expect(await argumentsOf('… x …', [['a b', 3, 4n], []])).toEqual(['a b', '3', '4', 'x'])
  })

  it('refuse values that are no text', async () => {
    for (const [value, message] of [
      [undefined, 'value 1 of sh is undefined'],
      [null, 'value 1 of sh is null'],
      [{}, 'value 1 of sh is an object: arguments are texts and numbers; put in one of its fields'],
      [true, "value 1 of sh is true: arguments are texts and numbers; put in 'true'"],
      [Number.NaN, 'value 1 of sh is NaN'],
      [() => 1, 'value 1 of sh is a function'],
      [Promise.resolve(1), 'await it first'],
      [[1, [2]], 'an element of value 1 of sh is an array in an array'],
      ['a\0b', 'value 1 of sh has a NUL character'],
    ] as const)
      expect((await errorOf(argumentsOf('…', [value]))).message).toContain(message)
    expect((await errorOf(argumentsOf('--x=…', [['a', 'b']]))).message).toContain('cannot be part of a word')
    expect((await errorOf(argumentsOf('"…"', [['a', 'b']]))).message).toContain('cannot be part of a word')
  })

  it('take the output of another command as one argument', async () => {
    const inner = await sh`printf 'two words\n\n'`
    expect(await argumentsOf('…', [inner])).toEqual(['two words'])
  })

  it('are patterns where they are not quoted', async () => {
    const place = mkdtempSync(join(folder, 'glob-'))
    for (const name of ['a.txt', 'b.txt', 'c d.txt', '.hidden', '-rf', '[x]']) writeFileSync(join(place, name), '')
    mkdirSync(join(place, 'sub'))
    writeFileSync(join(place, 'sub', 'e.txt'), '')
    const cwd = { cwd: place }
    expect(await argumentsOf('*.txt', [], cwd)).toEqual(['a.txt', 'b.txt', 'c d.txt'])
    expect(await argumentsOf('?.txt [!a].txt [a-b].t?t', [], cwd)).toEqual([
      'a.txt',
      'b.txt',
      'b.txt',
      'a.txt',
      'b.txt',
    ])
    expect(await argumentsOf('*/*.txt */ sub/../a*', [], cwd)).toEqual(['sub/e.txt', 'sub/', 'sub/../a.txt'])
    expect(await argumentsOf('.h* \\[* "["*', [], cwd)).toEqual(['.hidden', '[x]', '[x]'])
    // A file's name is no option.
    expect(await argumentsOf('*', [], cwd)).toEqual(['./-rf', '[x]', 'a.txt', 'b.txt', 'c d.txt', 'sub'])
    expect(await argumentsOf(`'*' "*" \\* …* http://x/?a=b [`, ['c'], cwd)).toEqual([
      '*',
      '*',
      '*',
      'c d.txt',
      'http://x/?a=b',
      '[',
    ])
    expect(await argumentsOf(`…/*.txt`, [`${place}/sub`], cwd)).toEqual([`${place}/sub/e.txt`])
    expect((await errorOf(argumentsOf('*.nosuch', [], cwd))).message).toBe(
      "no file matches *.nosuch: to pass it to the program as it is, quote it: '*.nosuch'",
    )
  })

  it('that only a shell understands are refused, with the place', async () => {
    for (const [text, place, ...others] of [
      ['> x', "'>': sh`…`.save('file')", 'character 1 of'],
      ['2>&1', "'>': ", 'sh.shell'],
      ['>> x', "'>': "],
      ['< x', "'<': ", 'input'],
      ['&& b', "'&&': ", '.ok'],
      ['|| b', "'||': "],
      ['; b', "';': "],
      ['&', "'&': bg("],
      ['`id`', "'`': "],
      ['$(id)', "'$(': "],
      ['(a)', "'(': "],
      ['${x}', "'${' is known to a shell only"],
      ['$?', "'$?' is known to a shell only"],
      ['{a,b}', "'{a,b}' is expanded by some shells only"],
      ['{1..3}', "'{1..3}'"],
      ['~nosuchuser', "'~nosuchuser'"],
      ['a\nb', 'a second line: '],
      ["'a", "the quotation that begins with ' has no end"],
      ['"a', 'the quotation that begins with " has no end'],
      ['a \\', 'a backslash at the end'],
      ['| b |', "there is no program behind '|'"],
    ] as const) {
      const raw = [`x ${text}`]
      const { message } = await errorOf(sh(Object.assign([...raw], { raw }) as unknown as TemplateStringsArray))
      expect(message, text).toContain(place)
      for (const other of others) expect(message).toContain(other === 'character 1 of' ? 'character 3 of' : other)
    }
    expect((await errorOf(sh``)).message).toContain('the command is empty')
    expect((await errorOf(sh`| x`)).message).toContain("there is no program before '|'")
    expect((await errorOf(sh`A=1`)).message).toContain("process.env.A = '…' sets it")
  })
})

describe('results', () => {
  it('have output, status and JSON', async () => {
    const result = await sh`sh -c 'printf "a\nb\n"; printf "why\n" >&2; exit 2'`
    expect(result).toBeInstanceOf(ShellResult)
    expect(result).toMatchObject({
      stdout: 'a\nb\n',
      stderr: 'why\n',
      status: 2,
      signal: null,
      ok: false,
      lines: ['a', 'b'],
    })
    expect(String(result)).toBe('a\nb\n')
    expect(Buffer.from(result.bytes).toString()).toBe('a\nb\n')
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ stdout: 'a\nb\n', status: 2, ok: false })
    expect(inspect(result)).toBe('a\nb\nwhy\nexit status 2')
    expect(inspect(result, { colors: true })).toBe('a\nb\n\x1b[33mwhy\x1b[39m\n\x1b[31mexit status 2\x1b[39m')
    expect(inspect([result])).toContain('exit status 2, 2 lines>')
    expect((await sh`true`).screenText(false)).toBeUndefined()
    expect((await sh`printf ''`).lines).toEqual([])
    expect(await sh`sh -c 'kill -9 $$'`).toMatchObject({ status: null, signal: 'SIGKILL', ok: false })
  })

  it('read JSON, also one value a line, and say where it is none', async () => {
    expect((await sh`printf '{"a":[1]}'`).json()).toEqual({ a: [1] })
    expect((await sh`printf '{"a":1}\n{"a":2}\n'`).json()).toEqual([{ a: 1 }, { a: 2 }])
    const wrong = await sh`printf '{\n  "a": no\n}'`
    expect(() => wrong.json()).toThrow('the output is no JSON: line 2, column 8: at "no"')
    const short = await sh`printf '[1,'`
    expect(() => short.json()).toThrow('it ends too early')
    const empty = await sh`true`
    expect(() => empty.json()).toThrow('it is empty')
    for (const [text, place] of [
      ['{"a":1,}', 'column 8: at "}"'],
      ['[1 2]', 'column 4: at "2]"'],
      ['{"a" 1}', 'column 6'],
      ['[1]]', 'column 4'],
      ['[01]', 'column 2'],
      ['["a\\n"]x', 'column 8: at "x"'],
      ['["a', 'column 2: at "\\"a"'],
    ] as const)
      expect(() => new ShellResult({ ...OUTCOME, stdout: Buffer.from(text) }).json(), text).toThrow(place)
  })

  it('read key=value', async () => {
    const result =
      await sh`printf ${'Id=a.service\nExecStart=x --y=z\nNAME="A B"\nExecStart=2\n# c\n__proto__=p\nEmpty=\n'}`
    const values = result.values()
    expect(Object.entries(values)).toEqual([
      ['Id', 'a.service'],
      ['ExecStart', ['x --y=z', '2']],
      ['NAME', 'A B'],
      ['__proto__', 'p'],
      ['Empty', ''],
    ])
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype)
    const failed = await sh`sh -c 'echo why >&2; exit 2'`
    expect(() => failed.values()).toThrow(/: exit status 2: why$/)
    expect(() => failed.json()).toThrow(/: exit status 2: why$/)
    const none = await sh`echo hello`
    expect(() => none.values()).toThrow('no lines key=value or key: value: it begins with "hello"')
  })

  it('read key: value where no line has key=value', async () => {
    const result =
      await sh`printf ${'Settings for eth0:\n\tSpeed: 1000Mb/s\n\tLink partner: 10:00 a=b\nx: 1\nx: 2  \nno value here\n'}`
    expect(result.values()).toEqual({
      'Settings for eth0': '',
      Speed: '1000Mb/s',
      'Link partner': '10:00 a=b',
      x: ['1', '2'],
    })
    expect((await sh`printf ${"a='b c'\nb: c\n"}`).values()).toEqual({ a: 'b c' })
    expect(() => new ShellResult({ ...OUTCOME, stdout: Buffer.from('12:30:45 up 3 days') }).values()).toThrow(
      'no lines',
    )
  })

  it('read blocks, one for each thing', async () => {
    const result = await sh`printf ${'Id=a\nAfter=x\nAfter=y=z\n\n\nId=b\nEmpty=\n\n'}`
    expect(result.records()).toEqual([
      { Id: 'a', After: ['x', 'y=z'] },
      { Id: 'b', Empty: '' },
    ])
    const none = await sh`echo hello`
    expect(() => none.records()).toThrow('no lines key=value')
    const failed = await sh`sh -c 'echo why >&2; exit 2'`
    expect(() => failed.records()).toThrow(/: exit status 2: why$/)
  })

  it('read what real programs say of this machine', async () => {
    const loopback = (await sh`ip -j addr show lo`).json()
    expect(loopback[0].addr_info.map(({ local }: { local: string }) => local)).toContain('127.0.0.1')
    // The same program twice, in two formats.
    const cpu = (await sh({ env: { LC_ALL: 'C' } })`lscpu`).values()
    const entries: { field: string; data: string; children?: unknown }[] = (
      await sh({ env: { LC_ALL: 'C' } })`lscpu -J`
    ).json().lscpu
    expect(entries.length).toBeGreaterThan(3)
    for (const { field, data } of entries) expect(cpu[field.replace(/:$/, '')], field).toBe(data)
    const release = (await sh`cat /etc/os-release`).values()
    const { stdout } = await sh.shell('. /etc/os-release; printf "%s|%s|%s" "$ID" "$PRETTY_NAME" "$VERSION_ID"')
    expect([release.ID, release.PRETTY_NAME, release.VERSION_ID]).toEqual(stdout.split('|'))
  })

  it('read systemctl show of a real systemd', async () => {
    // A service manager of its own, which ends with its namespace of processes.
    const units = ['basic.target', 'paths.target', 'sockets.target']
    const script =
      'mount -t tmpfs none /run; mkdir -p /run/user/0 /run/systemd/system; export XDG_RUNTIME_DIR=/run/user/0\n' +
      '/lib/systemd/systemd --user >/dev/null 2>&1 &\n' +
      'for i in $(seq 100); do systemctl --user is-active -q basic.target 2>/dev/null && break; sleep 0.1; done\n' +
      'systemctl --user show --no-pager "$@"; echo ====; for u in "$@"; do systemctl --user show --no-pager -P Id -P Description -P Wants "$u"; echo; done'
    const result = await sh(
      'unshare',
      ['-m', '-p', '-f', '--mount-proc', '--kill-child', 'sh', '-c', script, 'sh', units],
      {
        timeout: 40,
      },
    )
    const [shown, valuesAlone] = result.stdout.split('====\n') as [string, string]
    const records = new ShellResult({ ...OUTCOME, stdout: Buffer.from(shown) }).records()
    expect(records.map(({ Id }) => Id)).toEqual(units)
    const alone = valuesAlone.split('\n')
    for (const { Id, Description } of records) {
      expect(alone).toContain(Id)
      expect(alone).toContain(Description)
    }
    // Every line is a property, and all properties of a unit are there.
    const lines = shown.split('\n\n').map((block) => block.trim().split('\n').length)
    expect(records.map((record) => Object.values(record).flat().length)).toEqual(lines)
  }, 60_000)

  it('are saved byte for byte', async () => {
    const file = join(folder, 'saved')
    const result = await sh`printf ${'\\377\\000a'}`
    expect(result.save(file)).toBe(result)
    result.save(file, { append: true })
    expect(readFileSync(file).toString('hex')).toBe('ff0061ff0061')
  })

  it('are errors with check', async () => {
    const error = (await errorOf(
      sh.check`sh -c 'echo out; for i in 1 2 3 4 5 6 7; do echo e$i >&2; done; exit 4'`,
    )) as ShellError
    expect(error).toBeInstanceOf(ShellError)
    expect(error.message).toMatch(/: exit status 4: e3\ne4\ne5\ne6\ne7$/)
    expect(error.result?.stdout).toBe('out\n')
    expect((await sh({ check: true })`echo fine`).ok).toBe(true)
    expect((await errorOf(sh.check`sh -c 'exit 3' | cat`)).message).toContain("exit status 3 of sh -c 'exit 3'")
  })

  it('show control characters of programs as text', () => {
    expect(forScreen('a\x1b[31mb\x1b[2Jc\x07\r\n10 %\r20 %\r\n', false)).toBe('ab\\x1b[2Jc\\x07\n20 %')
    expect(forScreen('a\x1b[31mb', true)).toBe('a\x1b[31mb\x1b[m')
    const stream = new ScreenStream(true)
    expect([stream.take('a\x1b[3'), stream.take('1mb\r'), stream.take('\nc\x1b]0;t'), stream.end()]).toEqual([
      'a',
      '\x1b[31mb',
      '\nc\\x1b]0;t',
      '\x1b[m',
    ])
  })
})

describe('programs', () => {
  it('may be given with a list of arguments', async () => {
    expect((await sh(ARGUMENTS, ['a b', 1, ['c', '*']])).json()).toEqual(['a b', '1', 'c', '*'])
    expect((await sh('pwd', { cwd: folder })).stdout.trim()).toBe(folder)
    expect((await sh('cat', [], { input: Buffer.from([0, 255]) })).bytes).toEqual(Buffer.from([0, 255]))
    expect((await sh({ input: await sh`echo x` })`cat`).stdout).toBe('x\n')
    expect((await sh({ env: { A: 1, PATH: process.env.PATH } })`printenv A`).stdout).toBe('1\n')
    expect((await sh`A=2 B='3 4' printenv A B`).lines).toEqual(['2', '3 4'])
    expect((await sh('cat')).stdout).toBe('')
    expect(() => (sh as unknown as (a: unknown) => unknown)(5)).toThrow('write sh`ip -j addr`')
    expect(() => (sh as unknown as (a: unknown, b: unknown) => unknown)('ls', '-l')).toThrow(
      'the arguments are an array',
    )
  })

  it('that are not there are named, with what could be meant', async () => {
    const missing = async (name: string) => (await errorOf(sh(name))).message
    expect(await missing('tru')).toMatch(/^there is no program 'tru'; did you mean '/)
    expect(await missing('cd')).toContain("process.chdir('/tmp')")
    expect(await missing('ls -l')).toContain("sh`ls -l`, or sh('ls', ['-l'])")
    expect(await missing('/no/such')).toBe('there is no file /no/such')
    expect(await missing('/tmp')).toBe('/tmp is a folder, not a program')
    writeFileSync(join(folder, 'plain'), 'x')
    expect((await errorOf(sh('./plain', [], { cwd: folder }))).message).toContain('chmod +x')
    expect((await errorOf(sh('arguments', [], { cwd: folder }))).message).toContain(
      'the one in this folder is ./arguments',
    )
    const empty = { PATH: folder }
    // Programs of the administrator are found without being in the PATH.
    expect((await sh({ env: empty })`ip -V`).ok).toBe(true)
    expect((await errorOf(sh({ cwd: '/no/such' })`true`)).message).toContain('/no/such is no folder')
    expect((await errorOf(sh({ timeuot: 3 } as object)`true`)).message).toContain("did you mean 'timeout'")
    expect((await errorOf(sh('echo', ['x'.repeat(200_000)]))).message).toContain('more than the system allows')
  })

  it('say how to install them where that is known', async () => {
    const { message } = await errorOf(sh({ env: { PATH: folder } })`termshark`)
    expect(message).toMatch(
      /^there is no program 'termshark': (sudo apt-get install|Debian has it in the package) termshark$/,
    )
  })

  it('are connected by pipes that end as pipes do', async () => {
    const { programs, stdout, stderr, ok } = await sh`yes | head -n 2`
    expect({ programs, stdout, stderr, ok }).toEqual({
      programs: [
        { command: 'yes', status: null, signal: 'SIGPIPE' },
        { command: 'head -n 2', status: 0, signal: null },
      ],
      stdout: 'y\ny\n',
      stderr: '',
      ok: true,
    })
    expect((await sh`seq 1 ${200_000} | sort -rn | head -n 1`).stdout).toBe('200000\n')
    expect((await sh`head -c ${50_000_000} /dev/zero | cat | wc -c`).stdout.trim()).toBe('50000000')
    expect((await sh({ input: 'b\na\n' })`sort | cat -n`).lines).toEqual(['     1\ta', '     2\tb'])
    expect(await sh`echo x | grep y | wc -l`).toMatchObject({ status: 1, stdout: '0\n' })
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('netshell-pipe-'))).toEqual([])
  })

  it('run in a shell only when that is asked for', async () => {
    expect((await sh.shell('echo a && echo $((1+1)) > /dev/stdout; exit 3')).status).toBe(3)
    expect((await sh.shell('echo "$A"', { env: { A: 'b' } })).stdout).toBe('b\n')
    const tagged = sh.shell as unknown as (strings: TemplateStringsArray, ...values: unknown[]) => unknown
    expect(() => tagged`echo ${1}`).toThrow('takes a text')
  })
})

describe('bounds', () => {
  it('end a program that writes too much', async () => {
    const error = (await errorOf(sh({ limit: 100_000 })`yes`)) as ShellError
    expect(error.message).toContain('there is more output than 100 kB')
    expect(error.result?.bytes.length).toBe(100_000)
    expect(error.result?.signal).toBe('SIGTERM')
  })

  it('end a program after the time-out, by force where it must be', async () => {
    expect(await sh({ timeout: 0.2 })`sleep 60`).toMatchObject({ timedOut: 0.2, signal: 'SIGTERM', ok: false })
    const stubborn = await sh({ timeout: 0.3 })`sh -c "trap '' TERM; echo begun; while :; do sleep 0.05; done"`
    expect(stubborn).toMatchObject({ timedOut: 0.3, signal: 'SIGKILL', stdout: 'begun\n' })
    expect((await errorOf(sh.check({ timeout: 0.2 })`sleep 60`)).message).toContain(
      'ended after 0.2 s (option timeout)',
    )
  })

  it('an interrupt ends the program and keeps its output; children too', async () => {
    const task = sh`sh -c 'sleep 60 & echo $!; wait'`
    await until(() => (task.partial?.stdout ?? '').includes('\n'))
    const child = Number(task.partial?.stdout)
    expect(runs(child)).toBe(true)
    task.interrupt()
    const result = await task
    expect(result).toMatchObject({ interrupted: true, stdout: `${child}\n`, ok: false })
    await until(() => !runs(child))
  })

  it('a second interrupt ends what takes no notice of the first', async () => {
    const task = sh`sh -c ${"trap '' INT; echo $$; while :; do sleep 0.05; done"}`
    await until(() => (task.partial?.stdout ?? '').includes('\n'))
    const pid = Number(task.partial?.stdout)
    task.interrupt()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(runs(pid)).toBe(true)
    task.abort(new Interrupted())
    await expect(task).rejects.toBeInstanceOf(Interrupted)
    await until(() => !runs(pid))
  })

  it('a job of it is stopped', async () => {
    const job = bg(sh`sleep 60`)
    await until(() => job.task.state.text !== undefined)
    expect(String(job)).toMatch(/^\[\d+\] sh sleep 60: running/)
    expect(await job.stop()).toMatchObject({ interrupted: true, signal: 'SIGINT' })
  })

  it('programs end with netshell, however that ends', async () => {
    const file = await bundleSource(
      folder,
      "import { sh } from './src/tools/shell-command/index.js'\n" +
        "void sh`sh -c ${'sleep 60 & sleep 60'}`\n" +
        "void sh`sh -c ${'echo $$ > ' + process.argv[2] + '; exec sleep 60'}`\n" +
        'if (process.argv[3] === "exit") setInterval(() => { if (process.getBuiltinModule("node:fs").existsSync(process.argv[2])) process.exit(0) }, 20)\n',
    )
    for (const how of ['exit', 'SIGTERM', 'SIGHUP'] as const) {
      const pidFile = join(folder, `pid-${how}`)
      const child = spawn(process.execPath, [file, pidFile, how], { stdio: 'ignore' })
      const end = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)))
      await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
      const pid = Number(readFileSync(pidFile, 'utf8'))
      if (how !== 'exit') child.kill(how)
      expect(await end).toBe(how === 'exit' ? 0 : how)
      await until(() => !runs(pid))
    }
  })
})

describe('the terminal', () => {
  it('goes to those that need it', () => {
    const needs = (line: string, root = true) => {
      const [name, ...args] = line.split(' ')
      return needsTerminal(name!, args, root)
    }
    const yes =
      'vim x|/usr/bin/less|top|ssh host|bash|python3|mtr host|sudo vim x|sudo -u a top|watch ip addr|man ip|sudo -i|node'
    const no =
      'ls|top -b -n 1|bash -c x|bash x.sh|python3 x.py|mtr -r host|mtr --json host|sudo ls|crontab -l|cat x|ip addr'
    expect(yes.split('|').filter((line) => !needs(line))).toEqual([])
    expect(no.split('|').filter((line) => needs(line))).toEqual([])
    // It may ask for a password.
    expect(needs('sudo ls', false)).toBe(true)
  })
})

describe.skipIf(process.getuid?.() !== 0)('in a network namespace', () => {
  it('programs run there', async () => {
    const lab = await openLab()
    try {
      const names = (result: ShellResult) => result.json().map(({ ifname }: { ifname: string }) => ifname)
      const inside = await (sh({ netns: lab.there.namespace }) as Sh)`ip -j addr | cat`
      expect(names(inside)).toContain(lab.there.interfaceName)
      expect(JSON.stringify(inside.json())).toContain(lab.there.ipv4)
      expect(JSON.stringify((await sh`ip -j addr`).json())).not.toContain(lab.there.ipv4)
    } finally {
      await lab.close()
    }
  })

  it('that is not there is an error', async () => {
    expect((await errorOf(sh({ netns: 'nosuch' })`true`)).message).toContain("no network namespace 'nosuch'")
  })
})

it('no shell is started', () => {
  // A program named as the whole line would be needed for what a shell would take apart.
  const { stdout } = spawnSync(ARGUMENTS, ['$(id)'], { encoding: 'utf8' })
  expect(JSON.parse(stdout)).toEqual(['$(id)'])
})
