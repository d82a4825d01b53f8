/**
 * Measures netshell against its peers in one run: `npm run bench -- [GROUP…] [--json] [--strict] [--rounds N]`.
 * Exit code 0 also when a goal is missed, unless --strict is given; 1 when something could not be measured at all.
 */

import { parseArgs } from 'node:util'
import { buildGroup } from './groups/build.js'
import { dissectGroup } from './groups/dissect.js'
import { httpGroup } from './groups/http.js'
import { listGroup } from './groups/list.js'
import { readGroup } from './groups/read.js'
import { serveGroup } from './groups/serve.js'
import { sessionsGroup } from './groups/sessions.js'
import { shellGroup } from './groups/shell.js'
import { startGroup } from './groups/start.js'
import { wireGroup } from './groups/wire.js'
import type { Row } from './measure.js'
import { jsonLine, table } from './report.js'

const GROUPS: Record<string, (rounds: number) => Promise<Row[]>> = {
  dissect: dissectGroup,
  build: buildGroup,
  list: listGroup,
  start: startGroup,
  shell: shellGroup,
  read: readGroup,
  sessions: sessionsGroup,
  serve: serveGroup,
  http: httpGroup,
  wire: wireGroup,
}

const USAGE = `usage: npm run bench -- [GROUP…] [--json] [--strict] [--rounds N]
groups: ${Object.keys(GROUPS).join(' ')}; all when none is given`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new UsageError(`--rounds: ${values.rounds} is not a number from 1 on`)
  const unknown = positionals.filter((name) => !Object.hasOwn(GROUPS, name))
  if (unknown.length > 0) throw new UsageError(`no group is called ${unknown.join(', ')}`)
  const rows: Row[] = []
  let failed = false
  for (const name of positionals.length > 0 ? positionals : Object.keys(GROUPS)) {
    if (!values.json) process.stderr.write(`measuring ${name} …\n`)
    try {
      const measured = await GROUPS[name]!(rounds)
      rows.push(...measured)
      if (values.json) for (const row of measured) console.log(jsonLine(row))
    } catch (error) {
      console.error(`${name}: ${(error as Error).message}`)
      failed = true
    }
  }
  if (!values.json && rows.length > 0) console.log(table(rows))
  return failed || (values.strict && rows.some((row) => row.ok === false)) ? 1 : 0
}

class UsageError extends Error {}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: Error & { code?: string }) => {
    const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS')
    console.error(usage ? `bench: ${error.message}\n${USAGE}` : error)
    process.exitCode = usage ? 2 : 1
  },
)
