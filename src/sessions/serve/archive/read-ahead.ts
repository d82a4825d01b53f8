/** Reads small files while those before them are sent. */
import type { Found, FoundFile } from './found.js'
import { OpenedFile } from './opened-file.js'

/** So many are looked at ahead. */
const AHEAD = 16

/** A file that can be opened. */
export interface ReadyFile extends FoundFile {
  /** Whoever calls it closes the file. @throws the system's error when it can not be read */
  open(): Promise<OpenedFile>
}

/** What was found; of its files the small ones are being read. */
export type Ready = Exclude<Found, FoundFile> | ReadyFile

/** Looks ahead in what was found. Nothing that must be closed is held for it. */
export async function* readAhead(found: AsyncIterable<Found>): AsyncGenerator<Ready> {
  const waiting: Ready[] = []
  for await (const one of found) {
    waiting.push(one.kind === 'file' ? readyFile(one) : one)
    if (waiting.length > AHEAD) yield waiting.shift()!
  }
  yield* waiting
}

function readyFile(file: FoundFile): ReadyFile {
  const small = OpenedFile.openSmall(file)
  // Why it can not be opened is told to who asks for it.
  small.catch(() => undefined)
  return { ...file, open: async () => (await small) ?? (await OpenedFile.open(file)) }
}
