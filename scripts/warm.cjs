'use strict'
// Runs the freshly built program once as at a terminal, so that the code cache holds all that a start needs: the prompt's when
// there are no arguments, else that of a command with these arguments.
// Terminal streams are imitated: a build has no terminal, and a pseudo-terminal would need a native package.
const os = require('node:os')
const path = require('node:path')
const fs = require('node:fs')
const { Duplex } = require('node:stream')

const PAUSE_MS = 60
const GIVE_UP_MS = 10_000

let shown = ''
const terminal = Object.assign(
  new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      shown += chunk
      done()
    },
  }),
  {
    isTTY: true,
    isRaw: false,
    columns: 80,
    rows: 24,
    setRawMode() {
      return this
    },
    getColorDepth: () => 8,
    hasColors: () => true,
    getWindowSize: () => [80, 24],
    ref() {},
    unref() {},
    fd: -1,
  },
)
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'netshell-warm-'))
process.on('exit', (code) => {
  fs.rmSync(home, { recursive: true, force: true })
  if (code !== 0) fs.writeSync(2, `build: the first run ended with code ${code} and showed: ${shown.slice(-2000)}\n`)
})
// The history and configuration of the person who builds stay untouched.
for (const name of Object.keys(process.env)) if (/^(NETSHELL_|SUDO_|XDG_)/.test(name)) delete process.env[name]
process.env.HOME = home
process.env.TERM = 'xterm-256color'
for (const name of ['stdin', 'stdout', 'stderr']) {
  Object.defineProperty(process, name, { value: terminal, configurable: true })
}
process.argv[1] = path.join(__dirname, '../dist/cli.cjs')

// Nothing but Ctrl-D is typed: code for a first line would cost every start the time to load it.
if (process.argv.length === 2) setTimeout(() => terminal.push('\u0004'), PAUSE_MS)
setTimeout(() => process.exit(1), GIVE_UP_MS).unref()
require('../dist/cli.cjs')
