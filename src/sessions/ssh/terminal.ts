/** The terminal of this process, for questions, and for a command or a shell on another machine. */
import { openSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'
import type { ClientChannel } from 'ssh2'
import { shellScreen } from '../../tools/shell-command/screen.js'

/**
 * Runs `work` with the terminal, key by key; the prompt stays away meanwhile. It is opened anew: what is typed must not pass through the editor of
 * the prompt, and what is written not wait until the prompt is back.
 */
export function withTerminal<T>(work: (input: ReadStream, output: WriteStream) => Promise<T>): Promise<T> {
  return shellScreen().handOver(async () => {
    const input = new ReadStream(openTerminal('r'))
    const output = new WriteStream(openTerminal('w'))
    try {
      input.setRawMode(true)
      return await work(input, output)
    } finally {
      input.setRawMode(false)
      input.destroy()
      output.destroy()
    }
  })
}

/** Connects the terminal with a channel until that is closed. */
export function connectTerminal(channel: ClientChannel, over: Promise<void>): Promise<void> {
  return withTerminal(async (input, output) => {
    const { stdout } = process
    const resize = (): void => channel.setWindow(stdout.rows, stdout.columns, 0, 0)
    input.on('data', (piece: Buffer) => channel.write(piece))
    channel.on('data', (piece: Buffer) => output.write(piece))
    channel.stderr.on('data', (piece: Buffer) => output.write(piece))
    stdout.on('resize', resize)
    try {
      await over
    } finally {
      stdout.off('resize', resize)
    }
  })
}

function openTerminal(flags: 'r' | 'w'): number {
  try {
    return openSync('/dev/tty', flags)
  } catch {
    // There is one without being the process's own, as in some containers.
    return openSync(flags === 'r' ? '/proc/self/fd/0' : '/proc/self/fd/2', flags)
  }
}
