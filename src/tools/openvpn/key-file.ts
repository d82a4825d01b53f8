import { closeSync, openSync, readSync } from 'node:fs'
import { PacketError } from '../../packet/index.js'

/** Bytes of a static key: two pairs of a key for encryption and one for signatures, 64 bytes each. */
const KEY_BYTES = 256

/** Real files have 636 bytes; nobody's notes in front of the key are longer than this. */
const MOST_BYTES = 65536
const BEGIN = '-----BEGIN OpenVPN Static key V1-----'
const END = '-----END OpenVPN Static key V1-----'

/**
 * The key of a file as `openvpn --genkey secret FILE` writes it, or of a profile (`.ovpn`) that has it inline. Its
 * content is never part of a message.
 * @throws PacketError that names the file and the line
 */
export function readKeyFile(name: string, option: string, file: string): Uint8Array {
  checkPath(name, option, file)
  return parseKey(readBounded(name, option, file), `${name}: ${file}`)
}

/** @throws PacketError for what is no path: the key itself would stand in the error of a file that is not there */
function checkPath(name: string, option: string, file: string): void {
  if (/[\r\n]|-----BEGIN/.test(file) || /^\s*[0-9a-f]{64,}\s*$/i.test(file))
    throw new PacketError(`${name}: option ${option} takes the path of a key file, not the key itself`)
}

function readBounded(name: string, option: string, file: string): string {
  const buffer = Buffer.alloc(MOST_BYTES + 1)
  let length = 0
  try {
    const descriptor = openSync(file, 'r')
    try {
      for (let count = 1; count > 0 && length <= MOST_BYTES; length += count)
        count = readSync(descriptor, buffer, length, buffer.length - length, null)
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason =
      { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' }[code ?? ''] ?? code
    throw new PacketError(`${name}: the key file ${file} (${option}) cannot be read: ${reason}`)
  }
  if (length > MOST_BYTES)
    throw new PacketError(`${name}: ${file} has more than ${MOST_BYTES} bytes: that is no OpenVPN key file`)
  return buffer.toString('latin1', 0, length)
}

/** The key in a text. @throws PacketError that says which line is wrong, but not what it holds */
export function parseKey(text: string, where: string): Uint8Array {
  const lines = text.split(/\r?\n/)
  const begin = lines.findIndex((line) => line.trim() === BEGIN)
  if (begin < 0) throw new PacketError(`${where}: the line '${BEGIN}' is missing: this is no static key`)
  const key = new Uint8Array(KEY_BYTES)
  let count = 0
  for (let i = begin + 1; i < lines.length; i++) {
    const line = lines[i]!.trim()
    if (line === END) {
      if (count === KEY_BYTES) return key
      throw new PacketError(`${where}, line ${i + 1}: the key ends after ${count} bytes; it has ${KEY_BYTES}`)
    }
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const wrong = line.search(/[^0-9a-fA-F]/)
    if (wrong >= 0 || line.length % 2 !== 0)
      throw new PacketError(
        `${where}, line ${i + 1}: ${wrong >= 0 ? `character ${wrong + 1} is no hexadecimal digit` : 'an odd number of hexadecimal digits'}`,
      )
    for (let at = 0; at < line.length; at += 2) {
      if (count === KEY_BYTES)
        throw new PacketError(`${where}, line ${i + 1}: more than ${KEY_BYTES} bytes before '${END}'`)
      key[count++] = Number.parseInt(line.slice(at, at + 2), 16)
    }
  }
  throw new PacketError(`${where}, line ${lines.length}: the line '${END}' is missing`)
}
