/** `serve`: gives files to others over HTTP. */
import { OptionError, partOf, report, Task } from '../../exchange/index.js'
import { hasLivePlace } from '../../exchange/live-lines.js'
import { print } from '../../packet/index.js'
import type { FileServer } from './file-server.js'
import { type ServeOptions, type ServeSettings, serveSettings } from './serve-options.js'
import type { Servable } from './sources.js'

/**
 * Serves files until it is closed, or ends by itself (`count`, `timeout`, `expires`). Where it can be reached is told.
 * @param what a path, several, '-' for standard input, or `{name, data}`; with upload it may be left out: then files can only be brought
 * @throws OptionError for what cannot be served, or options that do not go together; SessionError when the port cannot be had
 */
export function serve(what?: Servable, options: ServeOptions = {}): Task<FileServer> {
  return Task.run(
    async ({ signal }) => {
      const [{ withConfig }, { FileServer }, { siteOf }, { checkPasswordWay }] = await Promise.all([
        import('./config.js'),
        import('./file-server.js'),
        import('./sources.js'),
        import('./access/access.js'),
      ])
      const settings = serveSettings(withConfig(options))
      checkPasswordWay(settings)
      const folder = await uploadFolder(what, settings)
      const site = await siteOf(what, settings)
      const server = new FileServer(site, settings, folder)
      await partOf(signal, server.open())
      await tell(server, what === undefined && !settings.self ? undefined : server.what, settings, folder)
      return server
    },
    { name: 'serve' },
  )
}

/** Where uploads go, absolute; undefined: none, or into the folders that are served. @throws OptionError where there is no such folder */
async function uploadFolder(
  what: Servable | undefined,
  { upload, openOnce }: ServeSettings,
): Promise<string | undefined> {
  if (upload === false) return undefined
  if (openOnce) throw new OptionError('serve: a link that is good once is for one download: leave out option upload')
  if (upload === true && what !== undefined) return undefined
  const { checkedFolder } = await import('./sources.js')
  return await checkedFolder(upload === true ? '.' : (upload as string))
}

/** Tells where it is. @param what is served; undefined: nothing, files can only be brought */
async function tell(
  server: FileServer,
  what: string | undefined,
  settings: ServeSettings,
  folder: string | undefined,
): Promise<void> {
  const [{ startText }, { shownPath }] = await Promise.all([
    import('./start-text.js'),
    import('../../exchange/user-files.js'),
  ])
  const { upload, openOnce, expires, timeout, count, qr, user, password, tls } = settings
  const { lines, warning } = startText({
    what,
    urls: server.urls,
    password: server.password,
    isMade: password === true,
    user,
    certificate: tls === true || (typeof tls === 'object' && tls.cert === undefined) ? server.certificate : undefined,
    openOnce,
    expires,
    timeout,
    count,
    upload: upload === false ? undefined : folder === undefined ? server.what : shownPath(folder),
    isReached: server.isReached,
  })
  report(lines.join('\n'))
  if (warning !== undefined) report(warning, 'warning')
  if (qr ?? hasLivePlace()) {
    const { qrText } = await import('./qr.js')
    const code = qrText(server.url, { columns: process.stdout.columns })
    // Its colours are ours, and must reach the terminal.
    if (code !== undefined) print(code)
    else if (qr === true) report('the screen is too narrow for a QR code of the address', 'warning')
  }
}
