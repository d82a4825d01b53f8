/** Starting the user's browser. */
import { spawn } from 'node:child_process'
import { report } from '../../exchange/index.js'
import { homeOfInvokingUser, invokingUser } from '../../exchange/invoking-user.js'

const PROGRAMS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
}

/**
 * Opens a page in the user's browser; where there is none, says so. Under sudo it is the browser of who called it, with his rights.
 * @param url is seen in the list of processes
 * @param shown for who has to open it by hand
 */
export function openInBrowser(url: string, shown: string): void {
  const [program, ...words] = PROGRAMS[process.platform] ?? ['xdg-open']
  const user = invokingUser()
  const rights =
    user === null ? {} : { uid: user.user, gid: user.group, env: { ...process.env, HOME: homeOfInvokingUser() } }
  const browser = spawn(program, [...words, url], { detached: true, stdio: 'ignore', ...rights })
  browser.once('error', () => report(`no browser could be started; open ${shown} in one`, 'warning'))
  browser.unref()
}
