/** Questions at the terminal: a password that is not shown, yes or no. */
import { Interrupted } from '../../exchange/index.js'
import { withTerminal } from './terminal.js'

/** More than this nobody types. */
const LONGEST = 4096
/** Only one question at a time: several hosts may have some. */
let previous: Promise<unknown> = Promise.resolve()

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/**
 * Asks at the terminal; the prompt stays away meanwhile. Ctrl-C rejects with Interrupted.
 * @param isHidden what is typed is not shown
 */
export function askUser(question: string, { isHidden = false, signal }: AskOptions = {}): Promise<string> {
  const asked = previous.then(() => {
    signal?.throwIfAborted()
    return withTerminal((input, output) => readLine(input, output, question, isHidden, signal))
  })
  previous = asked.catch(() => undefined)
  return asked
}

interface AskOptions {
  isHidden?: boolean
  signal?: AbortSignal | undefined
}

/** Reads a line key by key: the terminal must not show it, and nothing may keep it. */
function readLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  isHidden: boolean,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { StringDecoder } = process.getBuiltinModule('node:string_decoder')
  const decoder = new StringDecoder('utf8')
  let typed: string[] = []
  return new Promise((resolve, reject) => {
    let isOver = false
    const end = (settle: () => void): void => {
      if (isOver) return
      isOver = true
      signal?.removeEventListener('abort', giveUp)
      output.write('\n')
      settle()
    }
    const giveUp = (): void => end(() => reject(new Interrupted()))
    const press = (key: string): void => {
      if (key === '\r' || key === '\n') end(() => resolve(typed.join('')))
      else if (key === '\x03' || (key === '\x04' && typed.length === 0)) giveUp()
      else if (key === '\x7f' || key === '\b') {
        if (typed.pop() !== undefined && !isHidden) output.write('\b \b')
      } else if (key === '\x15') {
        if (!isHidden) output.write('\b \b'.repeat(typed.length))
        typed = []
      } else if (key >= ' ' && typed.length < LONGEST) {
        typed.push(key)
        if (!isHidden) output.write(key)
      }
    }
    const take = (piece: Buffer | string): void => {
      for (const key of decoder.write(Buffer.from(piece))) if (!isOver) press(key)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    output.write(question)
    input.on('data', take)
  })
}
