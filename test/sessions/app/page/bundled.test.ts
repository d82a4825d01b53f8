import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import type * as hostModule from '../../../../src/sessions/app/page/host.js'
import { buttonOf, labelOf, openChromium, widget, windowOf } from './chromium.js'

const { visit } = openChromium()
const folder = mkdtempSync(path.join(tmpdir(), 'netshell-bundle-'))

afterAll(() => rmSync(folder, { recursive: true }))

test('what the browser runs stands alone in the bundle of the program too', async () => {
  const outfile = path.join(folder, 'host.cjs')
  await build({
    entryPoints: [fileURLToPath(new URL('../../../../src/sessions/app/page/host.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // As scripts/program.mjs does.
    minifyWhitespace: true,
    minifySyntax: true,
    define: { 'import.meta.url': '"file:///"' },
    logLevel: 'error',
  })
  const { AppHost } = createRequire(import.meta.url)(outfile) as typeof hostModule
  const host = new AppHost({
    interface: windowOf(labelOf('out'), buttonOf('go'), '<object class="GtkTreeView" id="list"/>'),
    handlers: `async function on_go_clicked(ui, app) {
      ui.list.items = [['a', 'b']]; ui.out.text = await app.call('twice', 21); throw new Error('shown') }`,
    call: async ({ message }) => Number(message) * 2,
  })
  await host.open()
  try {
    const { page, console } = await visit(host)
    await widget(page, 'go').click()
    await expect.poll(() => widget(page, 'out').textContent()).toBe('42')
    await page.getByText('on_go_clicked: line 2: shown').waitFor()
    await page.getByRole('row', { name: 'a b' }).waitFor()
    expect(console).toEqual([])
  } finally {
    await host.close()
  }
})
