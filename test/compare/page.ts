/** The tables in docs/compare.md: each stands between a line that names it and the next end. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = join(import.meta.dirname, '../../docs/compare.md')
const END = '<!-- end of table -->'

/** Puts a table into the page, behind this line. */
export function writeTable(begin: string, table: string): void {
  const page = readFileSync(PAGE, 'utf8')
  const start = page.indexOf(begin) + begin.length
  if (start < begin.length) throw new Error(`docs/compare.md has no ${begin}`)
  writeFileSync(PAGE, `${page.slice(0, start)}\n${table}\n${page.slice(page.indexOf(END, start))}`)
}

/** The lines of the table behind this line. */
export function tableLines(begin: string): string[] {
  const page = readFileSync(PAGE, 'utf8')
  const start = page.indexOf(begin) + begin.length
  return page.slice(start, page.indexOf(END, start)).trim().split('\n')
}

/** A table with these headings. */
export function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(headings), `|${headings.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}
