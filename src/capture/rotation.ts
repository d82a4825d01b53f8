import { promises } from 'node:fs'
import path from 'node:path'
import { PacketError } from '../packet/index.js'

/** When the next file begins, and how many are kept. At least one of the first three is given. */
export interface RotateOptions {
  /** Packets in a file. */
  packets?: number
  /** Bytes of a file, before compression; only a packet that is larger by itself makes a larger file. */
  bytes?: number
  /** Seconds from the first packet of a file to the first of the next, by the packets' times. */
  seconds?: number
  /** Newest files to keep; those of earlier runs with the same name count. Unset: all. */
  files?: number
}

const OPTIONS = ['packets', 'bytes', 'seconds', 'files'] as const

/** @throws PacketError unless the options make sense */
export function checkRotate(what: string, rotate: RotateOptions): void {
  const given = typeof rotate === 'object' && rotate !== null ? Object.keys(rotate) : []
  const unknown = given.find((name) => !(OPTIONS as readonly string[]).includes(name))
  if (unknown !== undefined || !given.some((name) => name !== 'files'))
    throw new PacketError(
      `${what} has packets, bytes or seconds, and files, such as {bytes: 100e6, files: 10}${unknown === undefined ? '' : `, not ${unknown}`}`,
    )
  for (const name of OPTIONS) {
    const value = rotate[name]
    if (value === undefined) continue
    if (value > 0 && (name === 'seconds' || Number.isInteger(value))) continue
    throw new PacketError(
      `${what}: ${name} must be a ${name === 'seconds' ? '' : 'whole '}number above 0, not ${String(value)}`,
    )
  }
}

/** Numbers as we write them. Longer ones are dates or times of somebody else's, and such files must not be removed. */
const NUMBER = /^(?:\d{5}|[1-9]\d{5,6})$/

/** Names of the files of one rotation: `traffic-00001.pcapng` for `traffic.pcapng`. Numbers go on behind those that are there. */
export class FileSeries {
  private readonly folder: string
  private readonly stem: string
  private readonly ending: string
  private last = 0
  /** Files that are there, oldest first. */
  readonly existing: string[] = []

  constructor(name: string) {
    const { dir, base } = path.parse(name)
    const [, stem = base, ending = ''] = /^(.+?)((?:\.(?:pcapng|pcap|cap|ntar|dmp))?(?:\.gz)?)$/i.exec(base) ?? []
    this.folder = dir
    this.stem = stem
    this.ending = ending
  }

  /** Looks for files of earlier runs; a folder that cannot be listed has none. Links and folders are not ours, but their numbers are taken. */
  async look(): Promise<void> {
    const entries = await promises
      .readdir(this.folder === '' ? '.' : this.folder, { withFileTypes: true })
      .catch(() => [])
    const numbered = entries
      .map((entry) => ({ name: entry.name, isFile: entry.isFile(), number: this.numberOf(entry.name) }))
      .filter(({ number }) => number > 0)
      .sort((a, b) => a.number - b.number)
    for (const { name, isFile } of numbered) if (isFile) this.existing.push(path.join(this.folder, name))
    this.last = numbered.at(-1)?.number ?? 0
  }

  next(): string {
    this.last++
    return path.join(this.folder, `${this.stem}-${String(this.last).padStart(5, '0')}${this.ending}`)
  }

  private numberOf(name: string): number {
    if (!name.startsWith(`${this.stem}-`) || !name.endsWith(this.ending)) return 0
    const digits = name.slice(this.stem.length + 1, name.length - this.ending.length)
    return NUMBER.test(digits) ? Number(digits) : 0
  }
}
