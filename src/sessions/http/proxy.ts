/** Which proxy a request goes through. */
import { isIP } from 'node:net'
import { OptionError } from '../../exchange/index.js'

/** A proxy's URL for all requests; false: none; unset: what the environment says (http_proxy, https_proxy, all_proxy, no_proxy). */
export type ProxyChoice = string | false

const SCHEMES = ['http:', 'https:', 'socks5:', 'socks:']

/**
 * The proxy for a URL; undefined: none.
 * @throws OptionError for what is no URL of a proxy
 */
export function proxyFor(
  url: URL,
  choice: ProxyChoice | undefined,
  env: NodeJS.ProcessEnv = process.env,
): URL | undefined {
  if (choice === false) return undefined
  if (choice !== undefined) return proxyUrl(choice, 'proxy')
  const scheme = url.protocol.slice(0, -1)
  // HTTP_PROXY in capitals is left alone: a CGI program has it from a header of the client's.
  const name = [`${scheme}_proxy`, ...(scheme === 'https' ? ['HTTPS_PROXY'] : []), 'all_proxy', 'ALL_PROXY'].find(
    (one) => env[one] !== undefined && env[one] !== '',
  )
  if (name === undefined || isExcluded(url, env.no_proxy ?? env.NO_PROXY ?? '')) return undefined
  return proxyUrl(env[name]!, name)
}

function proxyUrl(text: string, name: string): URL {
  let url: URL | undefined
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`)
  } catch {
    // Told below.
  }
  if (url === undefined || url.hostname === '' || !SCHEMES.includes(url.protocol) || !isDecodable(url))
    throw new OptionError(
      `${name}: give the URL of a proxy, such as 'http://proxy.example:3128' or 'socks5://127.0.0.1:1080'`,
    )
  return url
}

/** What a proxy wants to know of who uses it, from its URL (RFC 7617). */
export function proxyAuthorization({ username, password }: URL): string {
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(text).toString('base64')}`
}

/** Whether user and password can be sent: a % in them stands before two digits. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

/** Whether NO_PROXY names it: names of hosts with all below them, addresses, networks, `*`; each perhaps with a port. */
export function isExcluded({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false
    if (entry === '*') return true
    const [, name = entry, onPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? []
    if (onPort !== undefined && onPort !== ownPort) return false
    const bare = name
      .replace(/^\[|\]$/g, '')
      .replace(/^\*?\./, '')
      .toLowerCase()
    if (bare.includes('/')) return isIP(host) !== 0 && isInNetwork(host, bare)
    return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`))
  })
}

function isInNetwork(host: string, network: string): boolean {
  const { BlockList } = process.getBuiltinModule('node:net')
  const [address = '', bits = ''] = network.split('/')
  const family = isIP(address)
  if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, Number(bits), kind)
  return isIP(host) === family && list.check(host, kind)
}
