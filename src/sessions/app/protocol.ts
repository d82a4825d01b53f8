/**
 * The protocol of an application in a network: one request for each connection, one line each way, in four versions that grew out of each other.
 *
 * 1. `World\n` → `Bonjour World.\n`
 * 2. `hello:World\n` → `Bonjour World.`, and `Erreur` for what it does not know
 * 3. `{"command": "hello", "message": "World"}\n` → `{"status": "ok", "command": "hello", "message": "Bonjour World."}\n`
 * 4. 2 and 3, and `load_file:NAME\n` → an interface, `load_code:NAME\n` → its handlers, compressed
 */
import { inflate } from 'node:zlib'
import { printable } from '../../exchange/index.js'
import { SessionError } from '../face/session-error.js'
import type { AppCall } from './page/host.js'

/** Versions of the protocol. */
export type AppVersion = 1 | 2 | 3 | 4

/** How a request is written, and so its answer: as text alone, with the command before it, as a JSON line. */
export type AppForm = 'plain' | 'prefix' | 'json'

/** A line, as a server understands it. */
export type AppRequest =
  | { kind: 'call'; form: AppForm; command: string; message: unknown }
  | { kind: 'load_file' | 'load_code'; name: string }
  | { kind: 'subscribe' }
  | { kind: 'wrong'; form: AppForm; why: string }

/** What an answer that is no answer says. */
export const WRONG = 'Erreur'
/** Commands that are the protocol's own. */
export const RESERVED: readonly string[] = ['subscribe', 'load_file', 'load_code']

/**
 * Reads a line that came to a server.
 * @param commands that there are; a plain text goes to the first, or to `hello`
 */
export function readRequest(line: string, version: AppVersion | 'auto', commands: readonly string[]): AppRequest {
  const greeting = commands.includes('hello') ? 'hello' : (commands[0] ?? '')
  const plain: AppRequest = { kind: 'call', form: 'plain', command: greeting, message: line }
  if (version === 1) return plain
  if (version === 3) return readJson(line)
  const [command, rest] = splitOnce(line)
  if (version !== 2) {
    if ((command === 'load_file' || command === 'load_code') && rest !== undefined) return { kind: command, name: rest }
    if (line.startsWith('{')) return readJson(line)
    // Anything may stand before a colon in a text: only what is a command here is one.
    if (version === 'auto' && !commands.includes(command)) return plain
  }
  return rest === undefined
    ? { kind: 'wrong', form: 'prefix', why: 'there is no command before a colon' }
    : { kind: 'call', form: 'prefix', command, message: rest }
}

/** What is before the first colon and what is behind it: a text may have more of them. */
function splitOnce(line: string): [command: string, rest: string] | [line: string, rest: undefined] {
  const colon = line.indexOf(':')
  return colon < 0 ? [line, undefined] : [line.slice(0, colon), line.slice(colon + 1)]
}

function readJson(line: string): AppRequest {
  let request: unknown
  try {
    request = JSON.parse(line)
  } catch (error) {
    return { kind: 'wrong', form: 'json', why: `the line is no JSON: ${(error as Error).message}` }
  }
  const { command, message = '' } = (request ?? {}) as { command?: unknown; message?: unknown }
  if (typeof command !== 'string')
    return { kind: 'wrong', form: 'json', why: 'the line must be {"command": "…", "message": …}' }
  return command === 'subscribe' ? { kind: 'subscribe' } : { kind: 'call', form: 'json', command, message }
}

/** The answer to a call as it goes over the wire. @throws TypeError for a value that cannot be written as JSON */
export function answerText(form: AppForm, command: string, value: unknown): string {
  if (form === 'json') return `${JSON.stringify({ status: 'ok', command, message: value ?? '' })}\n`
  return form === 'plain' ? `${textOf(value).replace(/\r?\n/g, ' ')}\n` : textOf(value)
}

/** The answer when something is wrong: only version 3 can say what. */
export function wrongText(form: AppForm, why: string): string {
  if (form === 'json') return `${JSON.stringify({ status: 'error', message: why })}\n`
  return form === 'plain' ? `${WRONG}\n` : WRONG
}

/** A value as a text: texts as they are, objects as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
}

/** The line that asks a server for something. @throws SessionError for what the form cannot say */
export function callLine(form: AppForm, { command, message }: AppCall): string {
  if (form === 'json') {
    const line = JSON.stringify({ command, message: message ?? '' })
    return `${line}\n`
  }
  const text = textOf(message)
  if (/[\r\n]/.test(text)) throw unsayable('a text of one line', `'${command}' has several lines`)
  if (form === 'prefix') {
    if (/[:\r\n]/.test(command)) throw unsayable('commands without colon', `there is one in '${printable(command)}'`)
    return `${command}:${text}\n`
  }
  if (command !== 'hello') throw unsayable('no commands: it only says hello', `'${printable(command)}' needs version 2`)
  return `${text}\n`
}

function unsayable(has: string, but: string): SessionError {
  return new SessionError(`this version of the protocol has ${has}, and ${but}`, 'TYPE')
}

/**
 * What an answer says.
 * @param label for errors: `app 127.0.0.1:8808`
 * @throws SessionError 'REFUSED' when it is none: with the server's words, where it has any
 */
export function readAnswer(form: AppForm, bytes: Buffer, { command }: AppCall, label: string): unknown {
  const text = bytes.toString()
  if (text === '') throw new SessionError(`${label}: the server closed the connection without an answer`, 'EMPTY')
  const line = text.replace(/\r?\n$/, '')
  if (line === WRONG) throw refused(label, `it does not know '${command}', or it went wrong there`)
  if (form !== 'json') return line
  const answer = jsonOf(line)
  if (typeof answer !== 'object' || answer === null) return answer
  const { status, message } = answer as { status?: unknown; message?: unknown }
  if (status === 'error') throw refused(label, textOf(message))
  return message === undefined ? answer : message
}

/** Servers that know no JSON answer with a text. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return line
  }
}

function refused(label: string, why: string): SessionError {
  return new SessionError(`${label}: the server says no: ${printable(why.slice(0, 500))}`, 'REFUSED')
}

/**
 * The source of handlers as version 4 sends it: base64 of zlib (RFC 1950).
 * @param limit bytes that it may have when it is unpacked: a few kilobytes can be the beginning of gigabytes
 * @throws SessionError
 */
export async function unpackedCode(packed: Buffer, limit: number, label: string): Promise<string> {
  const text = packed.toString('latin1').replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new SessionError(`${label}: the handlers are no base64`, 'FORMAT')
  return await new Promise((resolve, reject) =>
    inflate(Buffer.from(text, 'base64'), { maxOutputLength: limit }, (error, source) => {
      if (error === null) return resolve(source.toString())
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        reject(new SessionError(`${label}: the handlers have more than ${limit} bytes when they are unpacked`, 'LIMIT'))
      else reject(new SessionError(`${label}: the handlers cannot be unpacked: ${error.message}`, 'FORMAT'))
    }),
  )
}
