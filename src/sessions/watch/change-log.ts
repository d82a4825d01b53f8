/** The file of a collector: a line of JSON for each change. It also says, after a restart, what came already. */
import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type ChangeLine, readLine } from './wire.js'

/** A log that is appended to. */
export class ChangeLog {
  readonly #descriptor: number

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Opens a log, and reads what is in it. @param came is told each change @throws Error with the system's code */
  static async open(file: string, came: (line: ChangeLine) => void): Promise<ChangeLog> {
    const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
    const log = new ChangeLog(descriptor)
    if (fstatSync(descriptor).size === 0) return log
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      try {
        const line = readLine(JSON.parse(text))
        if (typeof line !== 'string' && !('hello' in line)) came(line)
      } catch {
        // One that was cut off by the end of its collector.
      }
    }
    const last = Buffer.alloc(1)
    readSync(descriptor, last, 0, 1, fstatSync(descriptor).size - 1)
    if (last[0] !== 0x0a) writeSync(descriptor, '\n')
    return log
  }

  /** @throws Error with the system's code */
  append(line: object): void {
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
