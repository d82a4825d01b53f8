/** docs/scapy-phrasebook.md as data: the lines of its tables, and what is there before each of them is typed. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './examples.js'

/** A line of Scapy and what is typed in netshell instead. */
export interface Phrase {
  /** Heading that it stands under. */
  theme: string
  scapy: string
  /** Empty where netshell has nothing like it: the note says so. */
  netshell: string
  note: string
  /** Line of the page, counted from 1. */
  line: number
}

/** What is there before a line of a theme is typed, in both languages. */
export interface Before {
  scapy: string
  netshell: string
}

export interface Phrasebook {
  phrases: Phrase[]
  /** By theme: that of the page, and what the theme adds. */
  before: Map<string, Before>
}

const CODE = /^(`+) ?(.*?) ?\1$/

export function readPhrasebook(): Phrasebook {
  const lines = readFileSync(path.join(ROOT, 'docs/scapy-phrasebook.md'), 'utf8').split('\n')
  const phrases: Phrase[] = []
  const before = new Map<string, Before>()
  const page: Before = { scapy: '', netshell: '' }
  let theme = ''
  let inTable = false
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    const fence = /^```(python|netshell)$/.exec(line)
    if (fence !== null) {
      const end = lines.indexOf('```', i)
      const known = before.get(theme) ?? page
      const side = fence[1] === 'python' ? 'scapy' : 'netshell'
      known[side] += `${lines.slice(i + 1, end).join('\n')}\n`
      i = end
    } else if (line.startsWith('## ')) {
      theme = line.slice(3)
      before.set(theme, { ...page })
    } else if (line === '| Scapy | netshell | Note |') inTable = true
    else if (!line.startsWith('|')) inTable = false
    else if (inTable && !line.startsWith('|--')) phrases.push({ theme, ...cellsOf(line, i + 1), line: i + 1 })
  }
  return { phrases, before }
}

function cellsOf(line: string, number: number): Pick<Phrase, 'scapy' | 'netshell' | 'note'> {
  const cells = line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
  const [left, right, note] = cells as [string, string, string]
  const scapy = CODE.exec(left)?.[2]
  const netshell = right === '–' ? '' : CODE.exec(right)?.[2]
  if (cells.length !== 3 || scapy === undefined || netshell === undefined)
    throw new Error(`scapy-phrasebook.md:${number}: a row is | \`Scapy\` | \`netshell\` or – | note |`)
  return { scapy, netshell, note }
}

/** What came of a line, in either language. */
export interface Outcome {
  value: Value
  /** What was printed, and the value as the prompt shows it. */
  shown: string
  error?: string
  /** The packet `pkt` of the page after the line: the bytes of all that it stands for. */
  pkt: string[]
}

/** A value in a form that both languages share. */
export type Value =
  | { kind: 'packets'; hex: string[]; isOne: boolean }
  | { kind: 'layer'; name: string }
  | { kind: 'bytes'; hex: string }
  | { kind: 'plain'; value: string | number | boolean | null }
  | { kind: 'list'; items: Value[] }
  | { kind: 'pairs'; count: number }
  | { kind: 'other'; name: string }
