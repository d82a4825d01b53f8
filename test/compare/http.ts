/** Checks the tables of file servers and HTTP clients in docs/compare.md, or writes them: what they say is what was found when the programs ran. */
import { CLIENTS, foundOf as foundOfClient, HTTP_ROWS } from './http-rows.js'
import { tableLines, tableOf, writeTable } from './page.js'
import { FILE_SERVERS, foundOf as foundOfServer, SERVE_ROWS } from './serve-rows.js'

interface Table {
  begin: string
  headings: readonly string[]
  rows: readonly { feature: string; cells: () => Promise<string[]> }[]
}

const TABLES: readonly Table[] = [
  {
    begin: '<!-- table of file servers: npm run compare -- --write -->',
    // A star: not run here.
    headings: ['', ...FILE_SERVERS.map((name, column) => (column < 2 ? name : `${name} *`))],
    rows: SERVE_ROWS.map((row) => ({
      feature: row.feature,
      cells: async () => [
        await foundOfServer(row, 'netshell'),
        await foundOfServer(row, 'http.server'),
        ...row.documented,
      ],
    })),
  },
  {
    begin: '<!-- table of HTTP clients: npm run compare -- --write -->',
    headings: ['', ...CLIENTS],
    rows: HTTP_ROWS.map((row) => ({
      feature: row.feature,
      cells: async () => {
        const cells: string[] = []
        for (const name of CLIENTS) cells.push(await foundOfClient(row, name))
        return cells
      },
    })),
  },
]

/** Runs the rows with one of the words, or all. How many are not as the page says; none when all of them are written into it. */
export async function compareHttp(words: readonly string[], isWriting: boolean): Promise<number> {
  let wrong = 0
  for (const { begin, headings, rows } of TABLES) {
    const said = tableLines(begin)
    const found: string[][] = []
    for (const { feature, cells } of rows) {
      if (words.length > 0 && !words.some((word) => feature.includes(word))) continue
      const row = [feature, ...(await cells().catch((error: Error) => [`could not be run: ${error.message}`]))]
      found.push(row)
      const isAsSaid = said.includes(tableOf([], [row]).split('\n').at(-1)!)
      if (!isAsSaid && (!isWriting || row.length !== headings.length)) wrong++
      console.log(`${isAsSaid ? 'ok   ' : isWriting ? 'new  ' : 'WRONG'} ${row.join(' | ')}`)
    }
    if (isWriting && words.length === 0 && wrong === 0) writeTable(begin, tableOf(headings, found))
  }
  return wrong
}
