/**
 * Small steps with files of this machine's own disks, done on the spot. Each takes some microseconds, and handing it to a thread and back ten times as long: for
 * small files that is most of the work. On a file system of the network such a step could stand still for minutes, and all other clients with it: there
 * everything goes through threads.
 */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import path from 'node:path'

/** Bytes that are read on the spot at most: of a disk that has to turn for them it is one place. */
const SMALL = 64 << 10
/** A folder is taken for what it was for so long, ms: something else may be mounted there. */
const GOOD_FOR = 5000
/** Folders that are remembered. */
const MOST_FOLDERS = 1000

/** File systems that answer at once, by their numbers (linux/magic.h; zfs and bcachefs by their own sources). */
const LOCAL = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
  0xf2f52010, // f2fs
  0x2fc12fc1, // zfs
  0xca451a4e, // bcachefs
  0x73717368, // squashfs
])

/** O_PATH of Linux: the name is looked up, and what it stands for is not touched: neither a pipe nor a device hears of it. */
export const O_PATH = 0o10000000

interface Folder {
  /** Its device; undefined: it is not known yet, or not one of this machine's disks. */
  dev: bigint | undefined
  until: number
}

const folders = new Map<string, Folder>()

/**
 * What is at a place: an ordinary file on a disk of this machine, with no link on the way to it. Undefined: it is something else, or cannot be told at once;
 * then it has to be looked at in the other way.
 * @param file absolute
 */
export function lookedAtOnce(file: string): BigIntStats | undefined {
  const dev = deviceOf(file)
  if (dev === undefined) return undefined
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, O_PATH | constants.O_NOFOLLOW)
    // The system tells by which way it got there: another one where a folder is a link.
    if (readlinkSync(`/proc/self/fd/${descriptor}`) !== file) return undefined
    const stats = fstatSync(descriptor, { bigint: true })
    return stats.isFile() && stats.dev === dev ? stats : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Whether so much of a file may be read on the spot. */
export function isReadAtOnce(file: string, { dev }: BigIntStats, bytes: number): boolean {
  return bytes <= SMALL && deviceOf(file) === dev
}

/**
 * Reads into a buffer what is at a place of a file.
 * @param check is given what the file is, before it is read and afterwards
 * @returns bytes read: fewer than wanted at the end of the file
 */
export function readAtOnce(
  file: string,
  into: Uint8Array,
  position: number,
  check: (stats: BigIntStats) => void,
): number {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOCTTY ?? 0))
  try {
    check(fstatSync(descriptor, { bigint: true }))
    let length = 0
    for (let read = 1; read > 0 && length < into.length; length += read)
      read = readSync(descriptor, into, length, into.length - length, position + length)
    check(fstatSync(descriptor, { bigint: true }))
    return length
  } finally {
    closeSync(descriptor)
  }
}

/** The device of the folder that a file is in, if that is a disk of this machine, as far as is known by now. */
function deviceOf(file: string): bigint | undefined {
  if (process.platform !== 'linux') return undefined
  const name = path.dirname(file)
  const known = folders.get(name)
  const now = performance.now()
  if (known !== undefined && now < known.until) return known.dev
  const folder: Folder = { dev: undefined, until: now + GOOD_FOR }
  folders.delete(name)
  folders.set(name, folder)
  if (folders.size > MOST_FOLDERS) folders.delete(folders.keys().next().value!)
  void learn(name, folder)
  return undefined
}

async function learn(name: string, folder: Folder): Promise<void> {
  try {
    const [{ type }, { dev }] = await Promise.all([statfs(name), stat(name, { bigint: true })])
    if (LOCAL.has(type)) folder.dev = dev
  } catch {
    // There is none: whoever looks finds that out by himself.
  }
}
