/** What the pages say that a terminal shows: docs/first-session.md above all. `UPDATE_DOCS=1 npx vitest run test/docs` writes it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundledProgram } from '../repl/screen/program.js'
import { hasScreen } from '../repl/screen/screen.js'
import { allPages } from './examples.js'
import { hasSession, typePage } from './typed-session.js'

/** For machines that are busy. */
const TIMEOUT = 300_000
/** Files that a page leaves behind. */
const FILES: Readonly<Record<string, readonly string[]>> = { 'docs/first-session.md': ['lesson.nsh', 'ping.pcap'] }

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
})
afterAll(() => program?.remove())

describe.skipIf(!hasScreen)('sessions at a terminal', () => {
  it.each(allPages().filter(hasSession))('$name', { timeout: TIMEOUT }, async (page) => {
    const files = await typePage(page, program.file)
    if (FILES[page.name] !== undefined) expect(files).toEqual(FILES[page.name])
  })
})
