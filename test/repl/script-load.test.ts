/** Scripts in a session: `.load`, parameters, statements one by one; and `param` where no script is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { setReporter } from '../../src/exchange/index.js'
import { ScriptSession } from './script-session.js'

const folder = mkdtempSync(path.join(tmpdir(), 'netshell-load-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function script(name: string, source: string): string {
  const file = path.join(folder, name)
  writeFileSync(file, source)
  return file
}

let session: ScriptSession
beforeEach(() => {
  session = new ScriptSession()
})

describe('.load', () => {
  it('runs a script with its parameters: what it prints is shown, its values are not, what it declares stays', async () => {
    const file = script('a.nsh', "const n = param('n', {default: 1})\nprint('n is', n)\n5\nconst later = () => n + 1\n")
    expect(await session.type(`.load ${file} --n 4`)).toBe('n is 4')
    expect(await session.type('later()')).toContain('5')
    expect(await session.type(`.load ${file} --many 4`)).toBe(
      `${file}: there is no option '--many'\n(.load ${file} --help lists what it takes)`,
    )
    expect(await session.type(`.load ${file} --help`)).toContain(`Usage: .load ${file} [options]`)
  })

  it('takes names with spaces, quoted or alone', async () => {
    const file = script('with space.nsh', 'print("here", args.length)')
    expect(await session.type(`.load ${file}`)).toBe('here 0')
    expect(await session.type(`.load "${file}" a "b c"`)).toBe('here 2')
  })

  it('says what cannot be loaded', async () => {
    expect(await session.type('.load')).toContain('.load scan.nsh')
    expect(await session.type(`.load ${folder}/a.nhs`)).toContain(
      `there is no such file; did you mean '${folder}/a.nsh'?`,
    )
    expect(await session.type(`.load ${script('wrong.nsh', '1\nlet = = 2')}`)).toMatch(
      /SyntaxError.*\n {2}at .*wrong\.nsh:2:\d/,
    )
  })

  it('is ended by process.exit alone, which nothing in the script catches', async () => {
    const file = script(
      'exit.nsh',
      "try { process.exit(3) } catch { print('caught') } finally { print('cleaned') }\nprint('on')",
    )
    expect(await session.type(`.load ${file}`)).toBe(`cleaned\n${file}: ended with exit code 3`)
    expect(await session.type(`.load ${script('good.nsh', "process.exit()\nprint('on')")}`)).toBe('')
    expect(await session.type(`.load ${script('usage.nsh', "usage('name a host')")}`)).toBe(
      `${folder}/usage.nsh: name a host`,
    )
    expect(session.left).toBe(null)
  })
})

describe('leaving', () => {
  it.each(['exit', 'exit()', 'quit()', 'quit;', '.exit'])('by %s', async (typed) => {
    const own = new ScriptSession()
    await own.type(typed)
    expect(own.left).toBe(0)
  })

  it("is not meant where a script is stepped through, or where the name is the user's", async () => {
    const own = new ScriptSession()
    await own.type(`.load --step ${script('quit.nsh', '1\n2')}`)
    expect(await own.type('quit')).toContain('have not been run')
    expect([own.shell.stepping, own.left]).toEqual([null, null])
    await own.type('quit = 5')
    expect(await own.type('quit')).toBe('5')
    await own.type('delete globalThis.quit')
    expect(own.left).toBeNull()
  })
})

describe('.load --step', () => {
  it('goes through statements of all kinds', async () => {
    const file = script(
      'kinds.nsh',
      "'use strict'\nimport { basename } from 'node:path'; /* with */\nlet a: number = first()\nfunction first() { return 1 } // one\nclass K { m() { return a } }\nif (a) {\n  new K().m()\n}\n",
    )
    const shown = [await session.type(`.load --step ${file}`)]
    while (session.shell.stepping !== null) shown.push(await session.type(''))
    const text = shown.join('\n')
    expect(text).toContain('5 statements')
    expect(text).toContain("1/5 · kinds.nsh:2\nimport { basename } from 'node:path'; /* with */")
    expect(text).toContain('2/5 · kinds.nsh:3\nlet a: number = first()')
    expect(text).toContain('3/5 · kinds.nsh:4\nfunction first() { return 1 } // one')
    expect(text).toContain('5/5 · kinds.nsh:6\nif (a) {')
    expect(shown.at(-1)).toMatch(/\b1\nend of /)
    expect(await session.type('basename("/x/y")')).toContain('y')
  })

  it('cuts what is longer than the screen', async () => {
    session.rows = 20
    const file = script('long.nsh', `const list = [\n${'  1,\n'.repeat(50)}]\n`)
    const text = await session.type(`.load --step ${file}`)
    expect(text).toContain('… 38 more lines')
    expect(text.split('\n').length).toBeLessThan(21)
  })

  it('names the place of an error in a function of an earlier statement', async () => {
    const file = script('places.nsh', 'const f = () => {\n  return nosuch\n}\n\nf()\n')
    await session.type(`.load --step ${file}`)
    await session.type('')
    expect(await session.type('')).toMatch(
      /nosuch is not defined[\s\S]*places\.nsh:2:10\n[\s\S]*in .*places\.nsh:5\n[\s\S]*statement 2 is not done/,
    )
    await session.type('.quit')
  })

  it('is one script at a time, and not one without statements', async () => {
    const file = script('one.nsh', '1\n2\n')
    await session.type(`.load --step ${file}`)
    expect(await session.type(`.load --step ${file}`)).toContain('one script at a time')
    await session.type('.quit')
    expect(await session.type(`.load --step ${script('none.nsh', '// nothing\n;')}`)).toContain('has no statements')
    expect(session.shell.stepping).toBe(null)
  })

  it('can be saved: what was run, with what was typed in between', async () => {
    const file = script('save.nsh', "const n = param('n', {default: 1})\n// Twice.\nconst m = n * 2\nnosuch\nm + n\n")
    await session.type(`.load --step ${file} --n 5`)
    await session.type('')
    await session.type('')
    await session.type('let extra = m')
    await session.type('.skip')
    expect(await session.type('')).toContain('15')
    const saved = path.join(folder, 'saved.nsh')
    await session.type(`.save ${saved}`)
    expect(readFileSync(saved, 'utf8').split('\n').slice(3).join('\n')).toBe(
      'const n = 5\nconst m = n * 2\nlet extra = m\nprint(m + n)\n',
    )
  })
})

describe('param where no script is', () => {
  it('gives the default, and says once that there is none', async () => {
    const told: string[] = []
    setReporter((text) => told.push(text))
    expect(await session.type("param('here', {type: 'duration', default: '500ms'}) * 2")).toContain('1')
    await session.type("param('needed', {required: true})")
    await session.type("param('needed', {required: true})")
    expect(told).toEqual([
      expect.stringContaining("param('needed') is undefined here: only a script is given parameters"),
    ])
    expect(await session.type("param('n', {type: 'int', default: 'x'})")).toContain("its default 'x' does not fit")
  })
})
