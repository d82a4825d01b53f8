/** The pages tell the truth: examples give what they say, links lead somewhere, every name has its help. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { allLayers } from '../../src/packet/index.js'
import { parse } from '../../src/repl/parse.js'
import { allPages, fits, type Page, ROOT, replaceOutput, type Step, UPDATES, updateLines } from './examples.js'
import { layerTable, referenceLines, slug } from './reference.js'
import { Session } from './session.js'

const pages = allPages()
const folder = mkdtempSync(path.join(tmpdir(), 'netshell-docs-'))
const home = process.cwd()
/** The layers that netshell has, without those that the examples define. */
const own = allLayers()
let session: Session

beforeAll(() => {
  // Not the launcher, which may have to build first.
  const program = path.join(ROOT, 'dist/cli.cjs')
  if (!existsSync(program)) throw new Error('the examples need the program: npm run build')
  writeFileSync(path.join(folder, 'netshell'), `#!/bin/sh\nexec node '${program}' "$@"\n`, { mode: 0o755 })
  symlinkSync(path.join(ROOT, 'scripts'), path.join(folder, 'scripts'))
  process.chdir(folder)
  vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) =>
    session.print(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')),
  )
})

afterAll(() => {
  process.chdir(home)
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

function run(command: string): string[] {
  // Under sudo or in CI alike: no colours, no settings, and times of day that are the same everywhere.
  const env = { ...process.env, NO_COLOR: '1', TZ: 'UTC', XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder }
  const { stdout, stderr } = spawnSync('bash', ['-c', `{ ${command}\n} 2>&1`], { cwd: folder, encoding: 'utf8', env })
  expect(stderr).toBe('')
  return stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n')
}

/** Does the steps of a page in order. */
async function outcomes(
  page: Page,
  language: string,
  perform: (source: string) => string[] | Promise<string[]>,
): Promise<[Step, string[]][]> {
  const results: [Step, string[]][] = []
  for (const block of page.blocks) {
    if (block.language !== language || block.mark === 'wire') continue
    for (const step of block.steps) results.push([step, await perform(step.source)])
  }
  return results
}

function compare(page: Page, results: readonly [Step, string[]][]): void {
  for (const [step, actual] of results.toSorted(([a], [b]) => b.at - a.at)) {
    if (step.expected === null || fits(actual, step.expected)) continue
    if (UPDATES) replaceOutput(page, step, actual)
    else expect(actual, `${page.name}:${step.at}: ${step.source}`).toEqual(step.expected)
  }
}

describe.each(pages.filter((page) => page.blocks.length > 0))('$name', (page) => {
  // What is typed comes first, since the commands read files that it writes.
  it('does what its examples say', async () => {
    // A session for each page: what one names is not in the next.
    session = new Session()
    const typed = await outcomes(page, 'netshell', (source) => session.type(source))
    compare(page, [...typed, ...(await outcomes(page, 'console', run))])
  })

  it('has no example that is no program', () => {
    for (const { language, mark, steps } of page.blocks) {
      if (language !== 'netshell' || mark !== 'wire') continue
      for (const { source } of steps)
        expect(parse(source, { prompt: true }), source).toMatchObject({ state: 'complete' })
    }
  })
})

describe('the table of layers', () => {
  it('has all layers', () => {
    const page = pages.find(({ name }) => name === 'docs/layers.md')!
    const [start, end] = ['<!-- layers:', '<!-- end'].map((mark) =>
      page.lines.findIndex((line) => line.startsWith(mark)),
    ) as [number, number]
    const table = layerTable(own)
    if (UPDATES) updateLines(page, start + 1, end - start - 1, table)
    else expect(page.lines.slice(start + 1, end), 'UPDATE_DOCS=1 npx vitest run test/docs writes it').toEqual(table)
  })
})

describe('the reference', () => {
  it('is what help says', () => {
    const lines = [...referenceLines()]
    const file = path.join(ROOT, 'docs/reference.md')
    if (UPDATES) writeFileSync(file, `${lines.join('\n').trimEnd()}\n`)
    else
      expect(
        readFileSync(file, 'utf8').trimEnd().split('\n'),
        'UPDATE_DOCS=1 npx vitest run test/docs writes it',
      ).toEqual(lines.join('\n').trimEnd().split('\n'))
  })
})

describe('links', () => {
  it('lead to files that are there', () => {
    for (const page of pages) {
      for (const [, target] of page.lines.join('\n').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target!)) continue
        const [file, heading] = target!.split('#') as [string, string?]
        const full = file === '' ? page.file : path.resolve(path.dirname(page.file), file)
        expect(existsSync(full), `${page.name}: ${target}`).toBe(true)
        if (heading !== undefined) expect(headings(full), `${page.name}: ${target}`).toContain(heading)
      }
    }
  })
})

/** The names by which the headings of a page can be linked to. */
function headings(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title]) => slug(title!))
}

describe('the library example of the README', () => {
  it('is the one that the compiler checks', () => {
    const checked = readFileSync(path.join(ROOT, 'test/docs/library-example.ts'), 'utf8').replace(
      "'../../src/index.js'",
      "'netshell'",
    )
    const [block] = pages[0]!.blocks.filter(({ language }) => language === 'ts')
    expect(`${block!.text}\n`).toBe(checked)
  })

  it('runs', async () => {
    const lines: string[] = []
    const print = vi.mocked(console.log).getMockImplementation()!
    vi.mocked(console.log).mockImplementation((text: string) => void lines.push(text))
    await import('./library-example.js')
    vi.mocked(console.log).mockImplementation(print)
    expect(lines[0]).toBe('4500001c000100004001f887c0a8000ac0a800fe0800f7ff00000000')
  })
})
