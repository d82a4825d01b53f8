import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundledProgram } from './program.js'
import { hasScreen, Screen } from './screen.js'

let program: Awaited<ReturnType<typeof bundledProgram>>
beforeAll(async () => {
  program = await bundledProgram()
})
afterAll(() => program.remove())

it.skipIf(!hasScreen)('a line is typed, its value shown', async () => {
  const screen = new Screen([process.execPath, program.file])
  try {
    await screen.prompt()
    screen.enter('6 / 2')
    await screen.shows(/\b3$/m)
    await screen.prompt()
    screen.press('C-d')
    expect(await screen.ended()).toBe(0)
  } finally {
    screen.close()
  }
})
