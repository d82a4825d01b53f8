/** The user's own files: settings, start script, history. */
import { closeSync, lstatSync, openSync, rmSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { asInvokingUser, invokingUser } from '../../exchange/invoking-user.js'
import { configFolder, readUserFile, reasonOf, shownPath, stateFolder } from '../../exchange/user-files.js'
import type { Check } from './check.js'
import { asRoot } from './install.js'

export function folderChecks(): Check[] {
  const config = configFolder()
  const state = stateFolder()
  return [
    folder('settings', config),
    ...[trusted('config.json', path.join(config, 'config.json')), trusted('rc.nsh', path.join(config, 'rc.nsh'))],
    folder('state', state),
    historyFile(path.join(state, 'history')),
  ].filter((check) => check !== undefined)
}

/** Whether this user can write into a folder, found out by doing so; where it is not there, into the one that it would be made in. */
function folder(name: string, place: string): Check {
  const shown = shownPath(place)
  const stats = statsOf(place)
  if (stats === undefined) {
    let parent = path.dirname(place)
    while (statsOf(parent) === undefined && parent !== path.dirname(parent)) parent = path.dirname(parent)
    const problem = writeProblem(parent)
    if (problem === undefined)
      return { name, state: 'ok', found: `${shown} is made when it is needed`, tried: `wrote in ${parent}` }
    return {
      name,
      state: 'limited',
      found: `${shown} cannot be made: ${problem}`,
      tried: `wrote in ${parent}`,
      fix: [makingFix(place)],
    }
  }
  const tried = 'wrote a file there'
  const problem = stats.isDirectory() ? writeProblem(place) : 'it is no folder'
  if (problem !== undefined)
    return {
      name,
      state: 'limited',
      found: `${shown}: ${problem}`,
      tried,
      fix: [stats.isDirectory() ? ownerFix(place) : asideFix(place)],
    }
  const others = stats.mode & 0o022
  if (others !== 0 && stats.uid !== stats.gid)
    return {
      name,
      state: 'limited',
      found: `${shown}: others may write there`,
      tried,
      fix: [`chmod go-w ${typed(place)}`],
    }
  return { name, state: 'ok', found: `${shown}, mode ${modeText(stats)}`, tried }
}

/** A file that decides what runs. */
function trusted(name: string, file: string): Check | undefined {
  const found = readUserFile(file)
  if ('missing' in found) return undefined
  if ('text' in found) return { name, state: 'ok', found: 'is used', tried: 'read it' }
  const [why, fix] = found.refused.split(': ').length > 1 ? splitFix(found.refused) : [found.refused]
  return {
    name,
    state: 'limited',
    found: `is not used: ${why}`,
    tried: 'read it',
    ...(fix === undefined ? {} : { fix: [fix] }),
  }
}

/** The remedy that stands at the end of a sentence, `…: chmod go-w FILE`. */
function splitFix(text: string): [why: string, fix?: string] {
  const [, why, fix] = /^(.*); [^:;]+: ((?:sudo )?ch(?:mod|own) .+)$/.exec(text) ?? []
  return why === undefined ? [text] : [why, fix]
}

function historyFile(file: string): Check {
  const name = 'history'
  let stats: Stats | undefined
  try {
    stats = asInvokingUser(() => lstatSync(file, { throwIfNoEntry: false }))
  } catch (error) {
    return { name, state: 'limited', found: `is not kept: ${reasonOf(error)}` }
  }
  if (stats === undefined) return { name, state: 'ok', found: 'begins with the first line' }
  if (!stats.isFile())
    return {
      name,
      state: 'limited',
      found: `is not kept: ${shownPath(file)} is no ordinary file`,
      fix: [asideFix(file)],
    }
  try {
    const descriptor = asInvokingUser(() => openSync(file, 'a'))
    closeSync(descriptor)
  } catch (error) {
    return {
      name,
      state: 'limited',
      found: `is not kept: ${reasonOf(error)}`,
      tried: 'opened it',
      fix: [ownerFix(file)],
    }
  }
  const kilobytes = Math.ceil(stats.size / 1000)
  return { name, state: 'ok', found: `${kilobytes} kB, mode ${modeText(stats)}`, tried: 'opened it' }
}

/** Why no file can be made in a folder; undefined: it can. */
function writeProblem(place: string): string | undefined {
  const file = path.join(place, `.netshell-doctor-${process.pid}`)
  return asInvokingUser(() => {
    try {
      closeSync(openSync(file, 'wx', 0o600))
      rmSync(file)
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  })
}

/** The command that makes a file or folder of netshell's the user's. */
function ownerFix(file: string): string {
  return asRoot(`chown -R ${user()} ${typed(file)}`)
}

/** The command that makes a folder for the user, where he may not. */
function makingFix(place: string): string {
  return asRoot(`install -d -m 700 -o ${user()} ${typed(place)}`)
}

function asideFix(file: string): string {
  return `mv ${typed(file)} ${typed(`${file}.old`)}`
}

function user(): number {
  return invokingUser()?.user ?? process.getuid?.() ?? 0
}

/** A path as it is typed at a shell. */
function typed(file: string): string {
  const shown = shownPath(file)
  return /^[\w./~+-]+$/.test(shown) ? shown : `'${file.replaceAll("'", `'\\''`)}'`
}

function statsOf(file: string): Stats | undefined {
  try {
    return asInvokingUser(() => statSync(file, { throwIfNoEntry: false }))
  } catch {
    // No right to look there.
    return undefined
  }
}

function modeText({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}
