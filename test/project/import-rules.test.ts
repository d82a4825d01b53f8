import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A small source tree with each kind of forbidden import once, and allowed ones beside them. */
const SOURCES = {
  'src/packet/value.ts': 'export const value = 1\nexport type Value = number',
  'src/packet/upwards.ts': "import { prompt } from '../repl/prompt.js'\nexport const wrong = prompt",
  'src/packet/upwards-type.ts': "import type { Prompt } from '../repl/prompt.js'\nexport type Wrong = Prompt",
  'src/repl/prompt.ts':
    "import { value } from '../packet/value.js'\nexport const prompt = value\nexport type Prompt = string",
  'src/link/one.ts': "import { two } from './two.js'\nexport const one = () => two",
  'src/link/two.ts': "import { one } from './one.js'\nexport const two = () => one",
  'src/link/type-one.ts': "import type { Two } from './type-two.js'\nexport interface One { two: Two }",
  'src/link/type-two.ts': "import type { One } from './type-one.js'\nexport interface Two { one: One }",
  'src/utils/thing.ts': 'export const thing = 1',
  'src/main.ts': "export { thing } from './utils/thing.js'\nexport { prompt } from './repl/prompt.js'",
  'src/index.ts': "export { prompt } from './repl/prompt.js'\nexport { value } from './packet/value.js'",
  'src/capture/tool.ts': "import { build } from 'esbuild'\nexport const wrong = build",
  'src/capture/test.ts': "import { sample } from '../../test/sample.js'\nexport const wrong = sample",
  'src/capture/absent.ts': "import { gone } from './gone.js'\nexport const wrong = gone",
  'test/sample.ts': 'export const sample = 1',
}

let folder: string
let violations: string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netshell-imports-'))
  for (const [path, text] of Object.entries(SOURCES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), `${text}\n`)
  }
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    copyFileSync(join(ROOT, name), join(folder, name))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  violations = cruise()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function cruise(): string[] {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src']
  let output: string
  try {
    output = execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  } catch (error) {
    // It exits with the number of violations.
    output = (error as { stdout: string }).stdout
  }
  const { summary } = JSON.parse(output) as { summary: { violations: { rule: { name: string }; from: string }[] } }
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort()
}

describe('import rules', () => {
  it('report each forbidden import, types included, and no other', () => {
    expect(violations).toEqual([
      'direction-packet: src/packet/upwards-type.ts',
      'direction-packet: src/packet/upwards.ts',
      'known-folders: src/main.ts',
      'no-circles: src/link/one.ts',
      'program-not-in-library: src/index.ts',
      'resolvable: src/capture/absent.ts',
      'shipped-dependencies: src/capture/tool.ts',
      'sources-only: src/capture/test.ts',
    ])
  })
})
