import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { Terminal } from '../../src/repl/terminal.js'

test('Ctrl-C leaves nothing of the line that tells how far something is', () => {
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 }) as unknown as NodeJS.WriteStream
  let screen = ''
  output.on('data', (chunk) => {
    screen += String(chunk)
  })
  const terminal = new Terminal(output, output)
  terminal.status('scan: 9 %')
  // The terminal's own ^C comes here, behind the status.
  terminal.interrupted()
  output.write('result\n')
  terminal.restore()
  expect(screen).toBe('scan: 9 %\r\x1b[K^C\nresult\nscan: 9 %\r\x1b[K')
  screen = ''
  terminal.interrupted()
  expect(screen).toBe('\n')
})
