/** QR codes, judged by a decoder (zbarimg) that is shown what a terminal shows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { qrText } from '../../../src/sessions/serve/qr.js'
import { hasScreen, Screen } from '../../repl/screen/screen.js'
import { decoded, hasDecoder } from './qr-decoder.js'

const folder = mkdtempSync(join(tmpdir(), 'netshell-qr-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const URLS = [
  'http://192.0.2.7:8000/',
  'https://[2001:db8:1234:5678:9abc:def0:1234:5678]:8443/Zm9vYmFyYmF6cXV4cXV4cQ/r%C3%A9sum%C3%A9.tar.gz',
  `http://192.0.2.7:8000/${'a'.repeat(180)}`,
]

describe.skipIf(!hasDecoder)('the code of a URL', () => {
  it.each(URLS)('is read on dark and on light terminals: %s', (url) => {
    for (const background of [0, 255])
      for (const environment of [{ TERM: 'xterm-256color' }, { TERM: 'vt220' }])
        expect(decoded(qrText(url, { environment })!, background), `${background} ${environment.TERM}`).toBe(url)
  })

  it('is what the terminal really shows', async () => {
    if (!hasScreen) return
    const file = join(folder, 'code.txt')
    writeFileSync(file, `${qrText(URLS[0]!, { environment: { TERM: 'xterm-256color' } })}\n`)
    const screen = new Screen(['sh', '-c', `cat ${file}; exec sleep 30`], { rows: 30 })
    try {
      await screen.shows(/▀|▄/)
      const text = screen.text({ colours: true })
      expect(decoded(text, 0)).toBe(URLS[0])
    } finally {
      screen.close()
    }
  })
})

it('does not fit a screen that is too narrow, and says so by being none', () => {
  const width = qrText(URLS[0]!)!
    .split('\n')[0]!
    .replace(/\x1b\[[\d;]*m/g, '').length
  expect(qrText(URLS[0]!, { columns: width })).toBeDefined()
  expect(qrText(URLS[0]!, { columns: width - 1 })).toBeUndefined()
  expect(width).toBeLessThan(80)
})
