/**
 * The thread that sees Ctrl-C while the main one is busy, as the text of a worker.
 *
 * - It is parked in nested scripts that SIGINT breaks (`breakOnSigint`), so that no moment is left without a handler. A press is
 *   only noted by the script around the one that it broke; what is done about it is done in the innermost one again, where the
 *   next press may break it off and find all scripts in place.
 * - A press raises the flag that the user's loops look at. Code that nobody has transformed looks at no flag: what has not taken
 *   the press in time is ended through the inspector (`Runtime.terminateExecution`), which opens no port and prints nothing.
 * - A turn of the user's code is claimed before it is ended, so that nothing else is hit when it ends by itself just then.
 * - What waits in the kernel cannot be ended from here: a program that it waits for is, else the user is told.
 */

/** Places in the array that the threads share. */
export const SHARED = {
  /** 0: go on; 1: Ctrl-C was pressed and nobody has looked yet; 2: loops have to stop. */
  flag: 0,
  /** The turn of the user's code that runs now, counted from 1; 0: none; negative: that turn is being ended. */
  turn: 1,
  /** How many presses the main thread has heard of between turns. */
  heard: 2,
  /** What the main thread said when asked whether it may be ended where it is: 1 yes, 2 no. */
  mayEnd: 3,
  /** 0; the thread waits on it. 1: it is to take SIGINT anew, since something else has had it. */
  renew: 4,
  /** Always 0, to wait on. */
  never: 5,
} as const

/** How many places. */
export const SHARED_SIZE = 8

/** What the main thread is asked before it is ended; a property of its global object. */
export const BEFORE_END = 'netshell.beforeEnd'

/** How long a press may go unnoticed by code that looks for it, in milliseconds. */
const PATIENCE = 300

export const THREAD = `
const { parentPort, workerData: shared } = require('node:worker_threads')
const vm = require('node:vm')
const { flag: FLAG, turn: TURN, heard: HEARD, mayEnd: MAY_END, renew: RENEW, never: NEVER } = ${JSON.stringify(SHARED)}
const DEPTH = 8
const scripts = Array.from({ length: DEPTH }, (_, depth) => new vm.Script('level(' + depth + ')'))
const pause = (ms) => void Atomics.wait(shared, NEVER, 0, ms)
const read = (place) => Atomics.load(shared, place)
// Of the press before: the turn that it came in, and how many came in it.
let pressedTurn = 0
let pressesInTurn = 0
// Of presses outside of turns: what was heard when the first of them that is still unheard came.
let unheardSince = -1
// The press that nothing was done about so far.
let noted = null
// How a turn (0: none) is ended, and how far that has come: it goes on from there when a press has broken it off.
let attempt = { turn: 0, step: 'done', until: 0 }
let up = false
// The next SIGINT comes from here.
let ownSignal = false

globalThis.level = (depth) => {
  if (depth === DEPTH - 1) {
    // From now on SIGINT comes here.
    if (!up) parentPort.postMessage('ready')
    up = true
    if (noted === null) Atomics.wait(shared, RENEW, 0)
    else act(noted)
  } else while (read(RENEW) === 0) untilPressed(depth + 1)
}

function untilPressed(depth) {
  try {
    scripts[depth].runInThisContext({ breakOnSigint: true })
  } catch {
    pressed()
  }
}

function pressed() {
  if (ownSignal) {
    ownSignal = false
    noted = null
    return
  }
  const turn = Math.abs(read(TURN))
  const ignored = read(FLAG) === 1
  pressesInTurn = turn !== 0 && turn === pressedTurn ? pressesInTurn + 1 : 1
  pressedTurn = turn
  Atomics.store(shared, FLAG, 1)
  Atomics.notify(shared, FLAG)
  const heard = read(HEARD)
  parentPort.postMessage('pressed')
  noted = { turn, ignored, heard }
}

function act({ turn, ignored, heard }) {
  try {
    if (turn !== 0) inTurn(turn, ignored)
    else betweenTurns(heard)
  } catch {
    // Without an inspector, nothing can be done. What a press breaks off does not come by here.
  }
  noted = null
}

function inTurn(turn, ignored) {
  const over = () => Math.abs(read(TURN)) !== turn
  // A second press that comes before the first one was noticed does not wait any more.
  if (!(ignored && pressesInTurn > 1)) {
    for (let waited = 0; waited < ${PATIENCE}; waited += 20) {
      pause(20)
      if (over() || read(FLAG) !== 1) return
    }
  }
  const before = Atomics.compareExchange(shared, TURN, turn, -turn)
  if (Math.abs(before) !== turn) return
  // A press before may have tried already.
  if (attempt.turn !== turn || attempt.step !== 'done') end(turn)
  while (Date.now() < attempt.until) {
    pause(20)
    if (over()) return
  }
  inKernel()
}

/** The main thread runs something of ours or of node's: our own work is let finish, a second press ends what hangs. */
function betweenTurns(heard) {
  for (let waited = 0; waited < ${PATIENCE}; waited += 20) {
    pause(20)
    if (read(HEARD) !== heard || read(FLAG) !== 1) {
      unheardSince = -1
      return
    }
  }
  if (unheardSince === heard) end(0)
  else unheardSince = heard
}

function end(turn) {
  if (attempt.turn !== turn || attempt.step === 'done') attempt = { turn, step: 'ask' }
  if (attempt.step === 'ask') {
    const { Session } = require('node:inspector')
    const session = new Session()
    session.connectToMainThread()
    Atomics.store(shared, MAY_END, 0)
    session.post('Runtime.evaluate', { expression: 'globalThis[Symbol.for("${BEFORE_END}")]?.()', timeout: 20, silent: true })
    attempt = { turn, step: 'end', session, until: Date.now() + 200 }
  }
  const { session } = attempt
  if (attempt.step === 'end') {
    while (Date.now() < attempt.until && read(MAY_END) === 0) pause(5)
    // Without an answer it waits in the kernel: it is ended as soon as it comes back, where it is still in its turn.
    const may = read(MAY_END) === 1 || (read(MAY_END) === 0 && turn !== 0)
    if (may) session.post('Runtime.terminateExecution')
    attempt = { turn, step: 'tell', session, may }
  }
  session.disconnect()
  if (attempt.may) parentPort.postMessage({ ended: turn })
  attempt = { turn, step: 'done', until: Date.now() + 600 }
}

/**
 * Where a program is waited for, as in execSync, the newest child is it: nothing else can have started one since. A read that
 * began just behind the press is broken by a signal of our own, which is no press.
 */
function inKernel() {
  const fs = require('node:fs')
  try {
    const call = Number(fs.readFileSync('/proc/self/syscall', 'latin1').split(' ')[0])
    const epoll = { x64: [232, 281, 441], arm64: [22, 441] }[process.arch] ?? []
    const child = Number(fs.readFileSync('/proc/self/task/' + process.pid + '/children', 'latin1').trim().split(' ').at(-1))
    if (epoll.includes(call) && child > 0 && pressesInTurn > 1) {
      process.kill(child, pressesInTurn > 3 ? 'SIGKILL' : 'SIGTERM')
      return
    }
  } catch {
    // Another system, or none of our business.
  }
  if (pressesInTurn > 1) fs.writeSync(2, '\\n(this waits inside of a system call or of native code and ends when that returns; Ctrl-\\\\ ends netshell)\\n')
  ownSignal = true
  process.kill(process.pid, 'SIGINT')
  pause(100)
  ownSignal = false
}

for (;;) {
  Atomics.store(shared, RENEW, 0)
  untilPressed(0)
}
`
