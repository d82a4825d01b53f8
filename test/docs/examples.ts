/**
 * The examples in README.md and docs/: what is marked ```netshell or ```console is tried, what they say comes out is compared.
 *
 * - ```netshell: lines as typed at the prompt, in one session for each page. Lines `// → text` behind a line are what it prints.
 * - ```console: `$ command`, with the lines up to END behind `<<'END'`, and what it prints below it.
 * - In what is printed, `…` stands for any text; alone in its line, for any lines.
 * - ```netshell wire and ```console wire need a network or root: their commands must parse, nothing more.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** One thing to do, and what it is said to print. */
export interface Step {
  /** Lines to type, or the command. */
  source: string
  /** Null where the page says nothing about it. */
  expected: string[] | null
  /** Index of the first line of what is expected, in the page's lines. */
  at: number
  /** What stands in front of each of these lines. */
  prefix: string
}

/** A fenced block of a page. */
export interface Block {
  language: string
  /** What stands behind the language: `wire`. */
  mark: string
  /** Line of the fence, counted from 1. */
  line: number
  text: string
  steps: Step[]
}

export interface Page {
  name: string
  file: string
  lines: string[]
  blocks: Block[]
}

export const ROOT = path.resolve(import.meta.dirname, '../..')
export const OUTPUT = '// →'

/** README.md and all pages of docs/. */
export function allPages(): Page[] {
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md'))
  return ['README.md', ...docs.sort().map((name) => `docs/${name}`)].map(readPage)
}

function readPage(name: string): Page {
  const file = path.join(ROOT, name)
  const lines = readFileSync(file, 'utf8').split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w+)?(?:\s+(.*))?$/.exec(lines[i]!)
    if (fence === null) continue
    const end = lines.indexOf('```', i + 1)
    const [, language = '', mark = ''] = fence
    const inside = lines.slice(i + 1, end)
    const steps = language === 'netshell' ? typed(inside, i + 1) : language === 'console' ? commands(inside, i + 1) : []
    blocks.push({ language, mark, line: i + 1, text: inside.join('\n'), steps })
    i = end
  }
  return { name, file, lines, blocks }
}

/** Lines up to the next output are one step: the last of them prints it. */
function typed(lines: readonly string[], start: number): Step[] {
  const steps: Step[] = []
  for (const [i, line] of lines.entries()) {
    const step = steps.at(-1)
    if (line.startsWith(OUTPUT)) {
      step!.expected ??= []
      if (step!.expected.length === 0) step!.at = start + i
      step!.expected.push(line.slice(OUTPUT.length + 1))
    } else if (step === undefined || step.expected !== null)
      steps.push({ source: line, expected: null, at: -1, prefix: `${OUTPUT} ` })
    else step.source += `\n${line}`
  }
  return steps
}

function commands(lines: readonly string[], start: number): Step[] {
  const steps: Step[] = []
  let ending: string | undefined
  for (const [i, line] of lines.entries()) {
    const step = steps.at(-1)
    if (ending !== undefined) {
      // What the command is given on its standard input, up to this line.
      step!.source += `\n${line}`
      step!.at++
      if (line === ending) ending = undefined
    } else if (line.startsWith('$ ')) {
      steps.push({ source: line.slice(2), expected: [], at: start + i + 1, prefix: '' })
      ending = /<<'(\w+)'/.exec(line)?.[1]
    } else step!.expected!.push(line)
  }
  return steps
}

/** Whether lines are what was expected; `…` stands for anything. */
export function fits(actual: readonly string[], expected: readonly string[]): boolean {
  const pattern = expected.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*?' : `${line.trimEnd().split('…').map(escaped).join('.*')}\\n`,
  )
  return new RegExp(`^${pattern.join('')}$`).test(actual.map((line) => `${line.trimEnd()}\n`).join(''))
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** With UPDATE_DOCS=1 the test writes what came out into the pages; read the difference before it is kept. */
export const UPDATES = process.env.UPDATE_DOCS === '1'

/** Replaces what a step is said to print. Steps of a page must be replaced from the last to the first. */
export function replaceOutput(page: Page, { at, expected, prefix }: Step, actual: readonly string[]): void {
  updateLines(
    page,
    at,
    expected!.length,
    actual.map((line) => `${prefix}${line}`.trimEnd()),
  )
}

/** Puts lines in the place of `count` lines of a page, in its file too. */
export function updateLines(page: Page, at: number, count: number, lines: readonly string[]): void {
  page.lines.splice(at, count, ...lines)
  writeFileSync(page.file, page.lines.join('\n'))
}
