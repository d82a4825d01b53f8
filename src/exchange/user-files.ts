/** Files of the user's own by the XDG rules: where they are, reading them when they can be trusted, writing them whole. */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { asInvokingUser, homeOfInvokingUser, invokingUser } from './invoking-user.js'

/** More than this is no file that somebody wrote by hand. */
const LARGEST = 1 << 20

/** What became of reading a file; `refused` says why, and what to do about it. */
export type UserFile = { text: string } | { missing: true } | { refused: string }

/** `~/.config/netshell`, or below XDG_CONFIG_HOME: the settings and what runs when the prompt starts. */
export function configFolder(): string {
  return userFolder(process.env.XDG_CONFIG_HOME, '.config')
}

/** `~/.local/state/netshell`, or below XDG_STATE_HOME: the history. */
export function stateFolder(): string {
  return userFolder(process.env.XDG_STATE_HOME, '.local', 'state')
}

/** `~/.cache/netshell`, or below XDG_CACHE_HOME: what can be had again. */
export function cacheFolder(): string {
  return userFolder(process.env.XDG_CACHE_HOME, '.cache')
}

function userFolder(named: string | undefined, ...usual: string[]): string {
  const base = named && path.isAbsolute(named) ? named : path.join(homeOfInvokingUser(), ...usual)
  return path.join(base, 'netshell')
}

/**
 * Reads a file of the user's that decides what runs: only one that nobody else could have written. One that is not there costs
 * one system call. Never throws.
 */
export function readUserFile(file: string): UserFile {
  return asInvokingUser(() => {
    let descriptor: number
    try {
      // A pipe must not make us wait for who writes into it.
      descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return code === 'ENOENT' || code === 'ENOTDIR' ? { missing: true } : { refused: reasonOf(error) }
    }
    try {
      const stats = fstatSync(descriptor)
      if (!stats.isFile()) return { refused: 'it is no ordinary file' }
      const distrust = distrustOf(file, stats)
      if (distrust !== undefined) return { refused: distrust }
      const folder = path.dirname(file)
      const distrustOfFolder = distrustOf(folder, statSync(folder))
      // Who may write to the folder can put another file of ours in its place.
      if (distrustOfFolder !== undefined) return { refused: `of its folder ${distrustOfFolder}` }
      if (stats.size > LARGEST) return { refused: `it has ${stats.size} bytes, more than 1 MiB` }
      return { text: readFileSync(descriptor, 'utf8') }
    } catch (error) {
      return { refused: reasonOf(error) }
    } finally {
      closeSync(descriptor)
    }
  })
}

/** Why a file can not be trusted: somebody else could have written what is in it, and we may be root. Undefined: it can be. */
export function distrustOf(file: string, { mode, uid, gid }: Stats): string | undefined {
  // Elsewhere there are no such rights.
  if (process.getuid === undefined) return undefined
  const own = [process.getuid(), invokingUser()?.user, 0]
  if (!own.includes(uid))
    return `it belongs to another user (${uid}); make it yours: sudo chown ${own[1] ?? own[0]} ${file}`
  // A user's private group has his own number (user private groups): only he is in it.
  const others = gid === uid ? 0o002 : 0o022
  return (mode & others) === 0 ? undefined : `others may write to it; keep it to yourself: chmod go-w ${file}`
}

/**
 * Writes a file of the user's, whole or not at all, readable by him alone when it is new; its folder too. Where the name is a link, what it
 * leads to is written. Throws what the system says.
 */
export function writeUserFile(file: string, text: string): void {
  asInvokingUser(() => {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    let target = file
    let mode = 0o600
    try {
      target = realpathSync(file)
      mode = statSync(target).mode & 0o777
    } catch {
      // A new one.
    }
    const temporary = `${target}.${process.pid}`
    try {
      writeFileSync(temporary, text, { flag: 'wx', mode })
      renameSync(temporary, target)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  })
}

/** What the system says of a file, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOSPC') return 'the disk is full'
  if (code === 'EROFS') return 'the disk may only be read'
  if (code === 'ELOOP') return 'its links lead nowhere'
  return message
}

/** A path as people write it, with `~` for the home folder. */
export function shownPath(file: string): string {
  const home = homeOfInvokingUser()
  return home !== '/' && (file === home || file.startsWith(`${home}/`)) ? `~${file.slice(home.length)}` : file
}
