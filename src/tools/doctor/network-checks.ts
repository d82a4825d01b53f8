/** Interfaces, routes, names, and the clock. */
import { readFileSync } from 'node:fs'
import { findInterface, type Interface, interfaces, namespaces, route } from '../../link/index.js'
import { type Check, reason } from './check.js'
import { asRoot } from './install.js'

/** Interfaces that are told one by one. */
const MOST_INTERFACES = 12
/** How long a name server may take, ms. */
const PATIENCE = 1500
/** Addresses that no network has: RFC 5737, RFC 3849. */
const FAR = { 4: '203.0.113.1', 6: '2001:db8::1' } as const

/** @param mayAsk whether name servers may be asked */
export async function networkChecks(mayAsk: boolean): Promise<Check[]> {
  return [
    ...interfaceChecks(),
    defaultRoute(4),
    defaultRoute(6),
    ...(await nameServers(mayAsk)),
    otherNamespaces(),
    clock(),
  ].filter((check) => check !== undefined)
}

function interfaceChecks(): Check[] {
  let list: Interface[]
  try {
    list = interfaces()
  } catch (error) {
    return [{ name: 'interfaces', state: 'missing', found: reason(error), essential: true }]
  }
  const up = list.filter(({ flags }) => flags.includes('up'))
  const down = list.filter(({ flags }) => !flags.includes('up')).map(({ name }) => name)
  const checks: Check[] = up.slice(0, MOST_INTERFACES).map((each) => interfaceCheck(each))
  if (up.length > MOST_INTERFACES)
    checks.push({
      name: 'interfaces',
      state: 'note',
      found: `${up.length - MOST_INTERFACES} more; interfaces() lists them`,
    })
  if (up.length === 0) {
    const name = down.find((each) => each !== 'lo') ?? 'lo'
    checks.push({
      name: 'interfaces',
      state: 'missing',
      found: `none is up${down.length === 0 ? '' : ` (${down.join(', ')})`}`,
      fix: [asRoot(`ip link set ${name} up`)],
      essential: true,
    })
  } else if (down.length > 0) checks.push({ name: 'switched off', state: 'note', found: down.join(', ') })
  return checks
}

function interfaceCheck({ name, flags, ipv4, ipv6, mtu }: Interface): Check {
  const addresses = [...ipv4, ...ipv6].map(({ address, prefix }) => `${address}/${prefix}`)
  const hasCarrier = flags.includes('running')
  const found = `${hasCarrier ? 'up' : 'up, no carrier'}, MTU ${mtu}, ${addresses.length === 0 ? 'no addresses' : addresses.join(' ')}`
  return { name, state: hasCarrier ? 'ok' : 'note', found }
}

function defaultRoute(family: 4 | 6): Check {
  const name = `default IPv${family}`
  const tried = `asked the kernel for the way to ${FAR[family]}`
  try {
    const way = route(FAR[family])
    if (way.type === 'unicast')
      return {
        name,
        state: 'ok',
        found: `${way.gateway === undefined ? '' : `by ${way.gateway} `}on ${way.interfaceName}${way.source === undefined ? '' : `, as ${way.source}`}`,
        tried,
      }
    // Much of the world has no IPv6 yet.
    if (family === 6) return { name, state: 'note', found: 'none: only neighbours are reached', tried }
    return {
      name,
      state: 'limited',
      found: 'none: only neighbours are reached',
      tried,
      fix: [asRoot('ip route add default via ROUTER')],
    }
  } catch (error) {
    return { name, state: family === 6 ? 'note' : 'limited', found: reason(error), tried }
  }
}

/** Asks each configured name server for the servers of the root. */
async function nameServers(mayAsk: boolean): Promise<Check[]> {
  const name = 'name server'
  const { Resolver, getServers } = process.getBuiltinModule('node:dns').promises
  const servers = getServers()
  const isConfigured = configuredServers()
  if (servers.length === 0 || isConfigured === 0)
    return [
      {
        name,
        state: 'limited',
        found: 'none is configured in /etc/resolv.conf: names are not found',
        fix: [asRoot("sh -c 'echo nameserver ADDRESS >> /etc/resolv.conf'")],
      },
    ]
  if (!mayAsk) return [{ name, state: 'note', found: `${servers.slice(0, 4).join(', ')}; not asked` }]
  return await Promise.all(
    servers.slice(0, 4).map(async (server): Promise<Check> => {
      const tried = 'asked it for the name servers of the root'
      const resolver = new Resolver({ timeout: PATIENCE, tries: 1 })
      const began = performance.now()
      try {
        resolver.setServers([server])
        await resolver.resolveNs('.')
        return { name, state: 'ok', found: `${server} answers after ${Math.ceil(performance.now() - began)} ms`, tried }
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException
        // It said no, so it is there.
        if (/^E(?:SERVFAIL|REFUSED|NOTFOUND|NODATA|NOTIMP|FORMERR)$/.test(code))
          return { name, state: 'ok', found: `${server} answers (${code.slice(1).toLowerCase()})`, tried }
        return {
          name,
          state: 'limited',
          found: `${server} ${code === 'ECONNREFUSED' ? 'is not reached' : code === 'ETIMEOUT' ? 'does not answer' : `: ${reason(error)}`}`,
          tried,
          fix: [`netshell ping ${server}`],
        }
      }
    }),
  )
}

/** Lines `nameserver` in resolv.conf; without any the system's library asks this machine. Undefined where there is no such file. */
function configuredServers(): number | undefined {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8').match(/^\s*nameserver\s+\S/gm)?.length ?? 0
  } catch {
    return process.platform === 'linux' ? 0 : undefined
  }
}

function otherNamespaces(): Check | undefined {
  const names = namespaces()
  if (names.length === 0) return undefined
  const name = 'namespaces'
  const tried = `entered '${names[0]}'`
  try {
    findInterface('lo', { netns: names[0]! })
    return { name, state: 'ok', found: names.slice(0, 12).join(', '), tried }
  } catch (error) {
    const needsRoot = process.geteuid?.() !== 0
    return {
      name,
      state: needsRoot ? 'note' : 'limited',
      found: needsRoot ? `${names.length}; entering one needs root` : reason(error),
      tried,
    }
  }
}

/** The build can not have happened later than now. */
const EARLIEST = Date.UTC(2025, 0, 1)

function clock(): Check {
  const now = new Date()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const found = `${now.toISOString().slice(0, 19).replace('T', ' ')} UTC; times are shown as in ${zone}`
  if (now.getTime() >= EARLIEST) return { name: 'clock', state: 'ok', found }
  return {
    name: 'clock',
    state: 'limited',
    found: `${found}: it is wrong, and so are the times of packets`,
    fix: [asRoot('timedatectl set-ntp true')],
  }
}
