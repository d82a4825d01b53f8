/** Folders to be packed, and what programs that are not ours say of the archives. */
import { chmodSync, createWriteStream, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setReporter } from '../../../src/exchange/report.js'
import { type ArchiveOptions, archiveResource } from '../../../src/sessions/serve/archive/index.js'
import type { ArchiveFormat } from '../../../src/sessions/serve/serve-options.js'
import { must } from '../../lab/process.js'
import { folderHere } from './serving.js'

/** Names of all kinds, each of a file that says its own name. */
export const ODD_NAMES = [
  'with spaces.txt',
  'données – 日本語 – 🎉.txt',
  '-rf',
  'quote\'s "and" `ticks` $(id).txt',
  'back\\slash',
  'line\nend',
  'c:drive',
  `${'é'.repeat(100)}/${'long '.repeat(40)}.txt`,
  `${'a'.repeat(99)}/b`,
  `${'d'.repeat(150)}/${'e'.repeat(150)}`,
  'x'.repeat(255),
]

/** A folder with something of everything. */
export function treeHere(): string {
  const folder = path.join(folderHere(), 'tree')
  put(folder, 'empty file', '')
  put(folder, 'small.txt', 'small\n')
  put(folder, 'big.bin', noise(3_000_000))
  put(folder, 'zeros.bin', Buffer.alloc(1_500_000))
  put(folder, 'deep/er/and/deeper/file', 'deep\n')
  mkdirSync(path.join(folder, 'empty folder'))
  for (const name of ODD_NAMES) put(folder, path.join('odd', name), `${name}\n`)
  put(folder, 'run.sh', '#!/bin/sh\n')
  chmodSync(path.join(folder, 'run.sh'), 0o750)
  put(folder, 'old.txt', 'old\n')
  utimesSync(path.join(folder, 'old.txt'), 86_400, 86_400)
  utimesSync(path.join(folder, 'empty folder'), 1_000_000_000, 1_000_000_000)
  return folder
}

/** The same with several names of one file, and links that stay inside. */
export function linkedTreeHere(): string {
  const folder = treeHere()
  linkSync(path.join(folder, 'big.bin'), path.join(folder, 'second name.bin'))
  symlinkSync('small.txt', path.join(folder, 'link to file'))
  symlinkSync('deep/er', path.join(folder, 'link to folder'))
  symlinkSync('../small.txt', path.join(folder, 'deep/link up'))
  symlinkSync('nothing', path.join(folder, 'link to nothing'))
  return folder
}

/** Writes a file, and the folders on the way. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

/** Bytes that no program makes smaller; the same each time. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** Packs a folder into a file; gives its name, and what the user was told. */
export async function packed(
  folder: string,
  format: ArchiveFormat,
  options: Partial<ArchiveOptions> = {},
): Promise<{ file: string; told: string[] }> {
  const told: string[] = []
  setReporter((text) => told.push(text))
  try {
    const name = path.basename(folder)
    const archive = archiveResource([{ path: folder, name }], format, { root: folder, name, ...options })
    const file = path.join(folderHere(), archive.name)
    await pipeline(archive.read(0, undefined), createWriteStream(file))
    return { file, told }
  } finally {
    setReporter(() => undefined)
  }
}

/** Unpacks a tar archive with tar; gives the folder. */
export async function untar(file: string): Promise<string> {
  const folder = folderHere()
  await must(['tar', 'xf', file, '-C', folder])
  return folder
}

/**
 * What find says of all below a folder: type, mode, time, number of names, what a link says, size of files, checksum.
 * @param what directives of -printf
 */
export async function found(folder: string, what = '%y %m %Ts %l'): Promise<string[]> {
  const list = await must(['find', '.', '-mindepth', '1', '-printf', `%P\\t${what}\\0`], { folder })
  return list.split('\0').filter(Boolean).sort()
}

/** SHA-256 of all files below a folder, by sha256sum. */
export async function sums(folder: string): Promise<string[]> {
  const list = await must(['find', '.', '-type', 'f', '-exec', 'sha256sum', '-z', '{}', '+'], { folder })
  return list.split('\0').filter(Boolean).sort()
}
