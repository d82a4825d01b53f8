/** Downloads at the prompt: what is shown while they run, and at Ctrl-C. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bundledProgram } from '../../repl/screen/program.js'
import { hasScreen, Screen } from '../../repl/screen/screen.js'
import { serving } from './misbehaving.js'
import { type Nginx, startNginx } from './nginx.js'

const LENGTH = 12_000_000

describe.skipIf(!hasScreen)('at the prompt', () => {
  let program: Awaited<ReturnType<typeof bundledProgram>>
  let nginx: Nginx
  beforeAll(async () => {
    program = await bundledProgram()
    nginx = await startNginx()
    const file = path.join(nginx.root, 'big.iso')
    writeFileSync(file, Buffer.alloc(LENGTH, 5))
    utimesSync(file, 1e9, 1e9)
  }, 90_000)
  afterAll(async () => {
    await nginx?.close()
    program?.remove()
  })

  async function screenIn(folder: string): Promise<Screen> {
    const screen = new Screen([process.execPath, program.file], { folder, columns: 200 })
    onTestFinished(() => screen.close())
    await screen.prompt()
    return screen
  }

  it('a download shows how far it is; Ctrl-C says how to go on, and the same line does', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'netshell-download-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const screen = await screenIn(folder)
    screen.enter(`http.download('${nginx.origin}/slow/big.iso')`)
    await screen.shows(/http\.download.*\d+ %.*of 12 000 000 bytes/)
    screen.press('C-c')
    await screen.shows(/interrupted; .*kept in .*big\.iso\.\w{8}\.part: the same call goes on from there/)
    await screen.prompt()
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toHaveLength(1)
    screen.enter(`http.download('${nginx.origin}/slow/big.iso')`)
    await screen.shows(/big\.iso: 12 MB \(.* were there\) in/)
    expect(readdirSync(folder)).toEqual(['big.iso'])
    expect(readFileSync(path.join(folder, 'big.iso')).equals(Buffer.alloc(LENGTH, 5))).toBe(true)
  }, 60_000)

  it('Ctrl-C ends a loop over lines that do not come', async () => {
    const own = await serving((_request, response) => void response.write('first line\n'))
    onTestFinished(() => own.close())
    const screen = await screenIn(program.folder)
    screen.enter(`for (const line of http.stream('${own.origin}').lines()) console.log('got ' + line)`)
    await screen.shows(/got first line/)
    screen.press('C-c')
    await screen.prompt()
    screen.enter("'ali' + 've'")
    await screen.shows(/alive/)
  }, 60_000)
})
