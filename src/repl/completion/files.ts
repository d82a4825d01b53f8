/** Names of files, modules and packages. */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { atHome } from '../../exchange/invoking-user.js'
import { compare } from './names.js'
import type { Completion } from './types.js'
import { oneLine } from './values.js'

/** Entries of a folder that are looked at; asking for more takes too long. */
const MAX_ENTRIES = 2000
/** Entries whose size is asked for. */
const MAX_SIZES = 100

/** A file or folder that may be meant. */
export interface FileName {
  /** The name alone, as it is; a folder's without a slash. */
  name: string
  isFolder: boolean
  detail?: string
}

/** Where the last part of a path begins. */
export function lastPart(typed: string): number {
  return typed.lastIndexOf('/') + 1
}

/** The files that a path may be going to name: folders first. Those with a dot in front only for who types it. */
export function filesFor(typed: string, folder = '.'): FileName[] {
  const split = lastPart(typed)
  const start = typed.slice(split)
  const where = path.resolve(folder, atHome(typed.slice(0, split) || '.'))
  let names: FileName[]
  try {
    const entries = readdirSync(where, { withFileTypes: true }).slice(0, MAX_ENTRIES)
    names = entries
      .filter(({ name }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')))
      .map((entry) => ({ name: entry.name, isFolder: isFolder(entry, where) }))
  } catch {
    return []
  }
  if (start === '' && split === 0 && typed === '~') return [{ name: '~', isFolder: true }]
  names.sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || compare(a.name, b.name))
  if (names.length <= MAX_SIZES) for (const file of names) file.detail = detailOf(path.join(where, file.name), file)
  return names
}

function isFolder(entry: { isDirectory(): boolean; isSymbolicLink(): boolean; name: string }, where: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return statSync(path.join(where, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
}

function detailOf(file: string, { isFolder }: FileName): string | undefined {
  if (isFolder) return undefined
  try {
    return sizeText(statSync(file).size)
  } catch {
    return undefined
  }
}

/** `512 bytes`, `1.2 MB`. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), 4)
  const number = bytes / 1000 ** step
  return `${number < 10 ? number.toFixed(1) : Math.round(number)} ${['', 'kB', 'MB', 'GB', 'TB'][step]}`
}

/** A file as a candidate; `write` makes the text that is inserted for its name. */
export function fileCompletion(file: FileName, write: (file: FileName) => string): Completion {
  const { name, isFolder, detail } = file
  return {
    text: write(file),
    label: oneLine(isFolder ? `${name}/` : name),
    kind: isFolder ? 'folder' : 'file',
    ...(detail === undefined ? {} : { detail }),
  }
}

/** Modules that may be imported: node's own, and packages that are installed for the current folder. */
export function modulesFor(typed: string): Completion[] {
  const { builtinModules } = process.getBuiltinModule('node:module')
  const own = builtinModules
    .map((name) => (name.startsWith('node:') ? name : `node:${name}`))
    .filter((name) => !/^node:_|\/_/.test(name))
  const items: Completion[] = own.map((name) => ({ text: name, kind: 'value', detail: "node's own" }))
  for (const name of packages()) items.push({ text: name, kind: 'value', detail: 'package' })
  // `fs` is as good as `node:fs`.
  return items.filter(({ text }) => text.startsWith(typed) || text.startsWith(`node:${typed}`))
}

/** The packages in the folders `node_modules` from here upwards. */
function packages(): string[] {
  const names = new Set<string>()
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const modules = path.join(folder, 'node_modules')
    for (const name of namesIn(modules)) {
      if (name.startsWith('@')) for (const inner of namesIn(path.join(modules, name))) names.add(`${name}/${inner}`)
      else names.add(name)
    }
    if (folder === path.dirname(folder)) break
  }
  return [...names].sort(compare)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .slice(0, MAX_ENTRIES)
      .filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}
