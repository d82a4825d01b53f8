/** Interfaces and handlers as the user gives them: the text itself, or the file that it is in. */
import { createReadStream } from 'node:fs'
import { SessionError, sessionError } from '../face/session-error.js'

/** An interface. XML begins with `<`, which no file does. @throws SessionError */
export async function interfaceText(given: string, limit: number): Promise<string> {
  return /^\s*</.test(given) ? given : await fileText(given, limit)
}

/** The handlers. Source has a parenthesis, an equals sign or several lines; what ends as scripts do and has one line is a file. @throws SessionError */
export async function handlersText(given: string, limit: number): Promise<string> {
  const isFile = given !== '' && !given.includes('\n') && (/\.[cm]?js$/.test(given) || !/[({=;]/.test(given))
  return isFile ? await fileText(given, limit) : given
}

async function fileText(file: string, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > limit) throw new SessionError(`${file}: it has more than ${limit} bytes`, 'LIMIT')
    }
  } catch (error) {
    throw sessionError(file, error)
  }
  return Buffer.concat(chunks).toString()
}
