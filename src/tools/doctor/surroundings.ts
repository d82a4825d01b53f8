/** The terminal and the kind of machine. */
import { existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { isUtf8 } from '../../exchange/locale.js'
import type { Check } from './check.js'

/** Fewer columns are hard to read. */
const NARROW = 60

export function terminalChecks(): Check[] {
  const { stdout, env } = process
  const { TERM = '', NO_COLOR, FORCE_COLOR, COLORTERM } = env
  const checks: Check[] = []
  if (!stdout.isTTY)
    checks.push({ name: 'terminal', state: 'note', found: 'the output goes to a file or another program' })
  else if (TERM === 'dumb' || TERM === '')
    checks.push({
      name: 'terminal',
      state: 'limited',
      found: `TERM is ${TERM === '' ? 'not set' : "'dumb'"}: lines are edited by the terminal alone, without colours and Tab`,
      fix: ['export TERM=xterm-256color'],
    })
  else {
    const { columns, rows } = stdout
    checks.push({
      name: 'terminal',
      state: columns < NARROW ? 'limited' : 'ok',
      found: `${TERM}, ${columns}×${rows}${columns < NARROW ? ': tables are hard to read' : '; pasted text is taken as one block'}`,
    })
  }
  const depth = stdout.isTTY ? stdout.getColorDepth() : 1
  const colours = NO_COLOR
    ? 'none: NO_COLOR is set'
    : FORCE_COLOR
      ? `as FORCE_COLOR=${FORCE_COLOR} says`
      : `${2 ** Math.min(depth, 24)}${COLORTERM ? ` (${COLORTERM})` : ''}`
  if (stdout.isTTY)
    checks.push({
      name: 'colours',
      state: depth > 1 || NO_COLOR ? 'ok' : 'note',
      found: depth > 1 || NO_COLOR ? colours : 'none',
    })
  const { LC_ALL, LC_CTYPE, LANG } = env
  const locale = LC_ALL || LC_CTYPE || LANG
  checks.push(
    isUtf8()
      ? { name: 'locale', state: 'ok', found: locale! }
      : {
          name: 'locale',
          state: 'limited',
          found: `${locale ? `${locale} is` : 'none is set, so it is'} not UTF-8: some characters may look wrong`,
          fix: ['export LANG=C.UTF-8'],
        },
  )
  return checks
}

/** What is special about the machine; nothing on an ordinary one. @param isRestricted something essential does not work */
export function machineChecks(isRestricted: boolean): Check[] {
  const kernel = release()
  const checks: Check[] = []
  if (/microsoft/i.test(kernel)) {
    const isFirst = !/WSL2|microsoft-standard/i.test(kernel)
    checks.push({
      name: 'WSL',
      state: isFirst ? 'limited' : 'note',
      found: isFirst
        ? 'WSL 1 has no raw sockets: nothing can be captured or sent'
        : 'WSL 2 has a network of its own behind that of Windows: neighbours of the machine are not seen',
      ...(isFirst ? { fix: ['wsl.exe --set-version Ubuntu 2'] } : {}),
    })
  }
  const container = containerName()
  if (container !== undefined)
    checks.push({
      name: 'container',
      state: 'note',
      found: `${container}, with a network of its own${isRestricted ? '; capturing and sending need --cap-add NET_RAW --cap-add NET_ADMIN when it is started' : ''}`,
    })
  return checks
}

function containerName(): string | undefined {
  if (existsSync('/.dockerenv')) return 'Docker'
  if (existsSync('/run/.containerenv')) return 'Podman'
  try {
    return /(?:^|\0)container=([^\0]+)/.exec(readFileSync('/proc/1/environ', 'latin1'))?.[1]
  } catch {
    // Only root may look there.
    return undefined
  }
}
