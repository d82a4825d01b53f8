/** netshell itself as the package that npm installs: `npm install http://…/netshell-0.1.0.tgz`. */
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { OptionError } from '../../exchange/index.js'
import { archiveResource } from './archive/index.js'
import { dataResource } from './data-resource.js'
import type { Resource } from './resource.js'

/** What npm packs whatever `files` says. */
const ALWAYS = /^(?:package\.json|readme(?:\..*)?|licen[cs]e(?:\..*)?)$/i
/** What npm never packs. */
const NEVER = /(?:^|\/)(?:node_modules|\.git|\.DS_Store|\.npmrc|package-lock\.json)$/
/** It has a few MB; more is no package of ours. */
const MOST = 100e6

interface Description {
  name: string
  version: string
  files?: readonly string[]
  bin?: Readonly<Record<string, string>>
}

/** The package, in memory. @throws OptionError where it cannot be made */
export async function ownPackage(root = ownFolder()): Promise<Resource> {
  const description = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Description
  for (const program of Object.values(description.bin ?? {}))
    if (!existsSync(path.join(root, program)))
      throw new OptionError('serve: these sources are not built: npm run build makes what self serves')
  const { name, version } = description
  const sources = (await packedFiles(root)).map((file) => ({ path: path.join(root, file), name: `package/${file}` }))
  const packed = archiveResource(sources, 'tar.gz', { name, root, hidden: true })
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of packed.read(0, undefined)) {
    pieces.push(Uint8Array.from(piece))
    length += piece.length
    if (length > MOST) throw new OptionError(`serve: the package in ${root} is too big to be netshell`)
  }
  return dataResource(`${name}-${version}.tgz`, 'application/gzip', Buffer.concat(pieces))
}

/** The files that npm would pack, sorted, relative to the package's folder. */
export async function packedFiles(root: string): Promise<string[]> {
  const { files = [] } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Description
  const all = await readdir(root)
  const packed = new Set(all.filter((name) => ALWAYS.test(name)))
  // The last rule that fits a file holds; those that begin with ! take files out.
  for (const rule of files) {
    const isTakenOut = rule.startsWith('!')
    const fits = fitting(isTakenOut ? rule.slice(1) : rule)
    for (const file of isTakenOut ? packed : await filesBelow(root, rule)) {
      if (!fits(file)) continue
      if (!isTakenOut) packed.add(file)
      else if (!ALWAYS.test(file)) packed.delete(file)
    }
  }
  return [...packed].sort()
}

/** All files below the part of a rule that has no star in it. */
async function filesBelow(root: string, rule: string): Promise<string[]> {
  const [first = ''] = rule.split('/')
  if (first.includes('*'))
    return (await readdir(root, { withFileTypes: true })).filter((e) => e.isFile()).map((e) => e.name)
  const found: string[] = []
  const walk = async (relative: string): Promise<void> => {
    if (NEVER.test(relative)) return
    const entries = await readdir(path.join(root, relative), { withFileTypes: true }).catch(() => undefined)
    if (entries === undefined) {
      if (existsSync(path.join(root, relative))) found.push(relative)
      return
    }
    for (const entry of entries) {
      const below = `${relative}/${entry.name}`
      if (entry.isDirectory()) await walk(below)
      else if (entry.isFile() && !NEVER.test(below)) found.push(below)
    }
  }
  await walk(first)
  return found
}

/** Whether a file is what a rule says, or below it: `dist`, `scripts/*.nsh`. */
function fitting(rule: string): (file: string) => boolean {
  const pattern = rule
    .replace(/^\.?\/|\/$/g, '')
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('[^/]*')
  const whole = new RegExp(`^${pattern}(?:/.*)?$`)
  return (file) => whole.test(file)
}

/** The folder of the package that this is part of: above the sources, or above the program that was built from them. */
function ownFolder(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const description = path.join(folder, 'package.json')
    if (existsSync(description) && (JSON.parse(readFileSync(description, 'utf8')) as Description).name === 'netshell')
      return folder
    if (folder === path.dirname(folder)) throw new OptionError('serve: the package of this netshell was not found')
  }
}
