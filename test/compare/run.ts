/**
 * Checks the tables of docs/compare.md: types what each row says into each shell and looks at the screen; runs file servers and HTTP clients (`http.ts`).
 * `npm run compare -- [--write] [WORD…]`: rows with one of the words only, of a shell where it names one; `--write` puts the tables into docs/compare.md.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareHttp } from './http.js'
import { tableOf, writeTable } from './page.js'
import { type Cell, ROWS, type Row } from './rows.js'
import { ComparedShell, missingShell, SHELLS, type ShellName } from './shells.js'
import { startTimes } from './start-times.js'

const BEGIN = '<!-- table: npm run compare -- --write -->'

/** Whether the claim of a cell holds; else what the screen showed. */
async function verified(name: ShellName, cell: Cell): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-compare-'))
  const shell = new ComparedShell(name, folder)
  const { screen } = shell
  try {
    await shell.prompt()
    for (const step of cell.steps) {
      if (typeof step === 'string') await shell.line(step)
      else if ('keys' in step) screen.press(...step.keys)
      else if ('open' in step) {
        screen.enter(step.open)
        await new Promise((resolve) => setTimeout(resolve, 400))
      } else if ('text' in step) screen.type(step.text)
      else if ('paste' in step) screen.paste(step.paste)
      else await new Promise((resolve) => setTimeout(resolve, step.wait))
    }
    let shown = ''
    for (let tries = 0; tries < 100; tries++) {
      shown = screen.text({ history: true })
      if (cell.evidence.test(shown)) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const holds = cell.evidence.test(shown) && !(cell.not?.test(shown) ?? false)
    return holds ? null : shown
  } catch (error) {
    return (error as Error).message
  } finally {
    screen.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function shellTable(rows: readonly Row[], starts: Record<ShellName, number>): string {
  const seconds = SHELLS.map((name) => `${starts[name].toFixed(2)} s`)
  return tableOf(
    ['', ...SHELLS],
    [
      ...rows.map(({ feature, cells }) => [feature, ...SHELLS.map((name) => cells[name].claim)]),
      ['from its start to its first value, best of five', ...seconds],
    ],
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function main(words: readonly string[]): Promise<number> {
  const missing = missingShell()
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`)
    return 1
  }
  const shells = SHELLS.filter((name) => words.includes(name))
  const wanted = words.filter((word) => !word.startsWith('--') && !(SHELLS as readonly string[]).includes(word))
  const rows = ROWS.filter(({ feature }) => wanted.length === 0 || wanted.some((word) => feature.includes(word)))
  let wrong = 0
  for (const { feature, cells } of rows) {
    for (const name of shells.length === 0 ? SHELLS : shells) {
      const failure = await verified(name, cells[name])
      console.log(
        `${failure === null ? 'ok   ' : 'WRONG'} ${name.padEnd(8)} ${cells[name].claim.padEnd(12)} ${feature}`,
      )
      if (failure !== null) {
        wrong++
        print(failure.replace(/^/gm, '      | '))
      }
    }
  }
  const isWriting = words.includes('--write') && wrong === 0
  if (shells.length === 0) wrong += await compareHttp(wanted, isWriting)
  print(`${wrong} wrong`)
  if (isWriting) writeTable(BEGIN, shellTable(ROWS, startTimes()))
  return wrong > 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
