/** Starting the user's browser. */
import { spawn } from 'node:child_process'
import { report } from '../../exchange/index.js'

const PROGRAMS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
}

/** Opens a page in the user's browser; where there is none, says so. */
export function openInBrowser(url: string): void {
  const [program, ...words] = PROGRAMS[process.platform] ?? ['xdg-open']
  const browser = spawn(program, [...words, url], { detached: true, stdio: 'ignore' })
  browser.once('error', () => report(`no browser could be started; open ${url} in one`, 'warning'))
  browser.unref()
}
