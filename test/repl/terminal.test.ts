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

/** A terminal whose output is kept, and a line that is being typed. */
function opened(options: { dumb?: boolean } = {}) {
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 }) as unknown as NodeJS.WriteStream
  const shown = { text: '' }
  output.on('data', (chunk) => {
    shown.text += String(chunk)
  })
  const terminal = new Terminal(output, output, options)
  const line = { erasing: () => '<', drawing: () => '>' }
  return { output, terminal, line, shown }
}

test('what is printed while somebody types goes above the line, in whole lines', () => {
  const { output, terminal, line, shown } = opened()
  terminal.typing(line)
  output.write('one\ntw')
  expect(shown.text).toBe('<one\n>')
  output.write('o\n')
  expect(shown.text).toBe('<one\n><two\n>')
  output.write('end')
  terminal.typing(null)
  expect(shown.text).toBe('<one\n><two\n>end')
  terminal.typing(line)
  expect(shown.text).toBe('<one\n><two\n>end\n')
  terminal.restore()
})

test('what is printed while something else has the terminal waits', () => {
  const { output, terminal, line, shown } = opened()
  terminal.status('scan: 9 %')
  terminal.hold()
  output.write('one\n')
  terminal.status('scan: 10 %')
  expect(shown.text).toBe('scan: 9 %\r\x1b[K')
  terminal.release()
  expect(shown.text).toBe('scan: 9 %\r\x1b[Kone\nscan: 10 %')
  terminal.status(null)
  shown.text = ''
  terminal.typing(line)
  terminal.hold()
  output.write('two\nthr')
  expect(shown.text).toBe('')
  terminal.release()
  expect(shown.text).toBe('two\n')
  output.write('ee\n')
  expect(shown.text).toBe('two\n<three\n>')
  terminal.restore()
})

test('the status is taken away in whole when the terminal has become narrower', () => {
  const { output, terminal, shown } = opened()
  terminal.status('x'.repeat(50))
  Object.assign(output, { columns: 20 })
  shown.text = ''
  terminal.status(null)
  expect(shown.text).toBe('\x1b[2A\r\x1b[J')
  terminal.restore()
})

test('a dumb terminal gets no status', () => {
  const { terminal, shown } = opened({ dumb: true })
  terminal.status('scan: 9 %')
  terminal.clear()
  terminal.restore()
  expect(shown.text).toBe('')
})

test('lines that change stand above the status, and are taken away in whole', () => {
  const { output, terminal, line, shown } = opened()
  terminal.showLive(['a: 1 %', 'b: 2 %'])
  expect(shown.text).toBe('a: 1 %\nb: 2 %')
  terminal.status('scan: 9 %')
  expect(shown.text).toBe('a: 1 %\nb: 2 %\x1b[1A\r\x1b[Ja: 1 %\nb: 2 %\nscan: 9 %')
  terminal.status(null)
  shown.text = ''
  output.write('one\n')
  expect(shown.text).toBe('\x1b[1A\r\x1b[Jone\na: 1 %\nb: 2 %')
  // A terminal that has become narrower has broken both into two rows.
  Object.assign(output, { columns: 5 })
  shown.text = ''
  terminal.showLive([])
  expect(shown.text).toBe('\x1b[3A\r\x1b[J')
  // While somebody types, the line reader shows them.
  let drawn = 0
  terminal.typing({ ...line, redraw: () => drawn++ })
  terminal.showLive(['a: 3 %'])
  terminal.showLive(['a: 3 %'])
  expect([drawn, terminal.live]).toEqual([1, ['a: 3 %']])
  terminal.restore()
})
