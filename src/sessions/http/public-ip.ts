/** The address under which this machine is seen from the Internet. */
import { isIP } from 'node:net'
import { OptionError, Task } from '../../exchange/index.js'
import { printable } from '../../exchange/printable.js'
import { checkTable, type OptionTable, oneOf, positive } from '../../tools/option-kinds.js'
import { reasonOf, SessionError } from '../face/session-error.js'
import type { HttpClient } from './client.js'
import type { HttpOptions } from './http-options.js'
import type { HttpResponse } from './response.js'

/** Options of `publicIp`. */
export interface PublicIpOptions {
  /** A version of IP: 4 or 6. Default: whichever is used. */
  family?: 4 | 6
  /** URL of a service that answers with the address, as text or in JSON; or several, to be asked one after the other. */
  service?: string | readonly string[]
  /** Seconds for each service. Default 5. */
  timeout?: number
  /** TLS and proxy, as for any request. */
  tls?: HttpOptions['tls']
  proxy?: HttpOptions['proxy']
}

const TABLE: OptionTable<PublicIpOptions> = {
  family: oneOf(4, 6),
  service: {
    takes: 'the URL of a service, or a list of them',
    accepts: (value) => (Array.isArray(value) ? value : [value]).every((one) => typeof one === 'string' && one !== ''),
  },
  timeout: positive('seconds'),
  tls: { takes: 'an object of options', accepts: (value) => typeof value === 'object' && value !== null },
  proxy: { takes: "a proxy's URL, or false", accepts: (value) => value === false || typeof value === 'string' },
}

/** Services that answer with nothing but the address, by what they are reached over. */
const SERVICES: Readonly<Record<'any' | 4 | 6, readonly string[]>> = {
  any: ['https://api64.ipify.org', 'https://icanhazip.com', 'https://ifconfig.me/ip'],
  4: ['https://api.ipify.org', 'https://ipv4.icanhazip.com', 'https://checkip.amazonaws.com'],
  6: ['https://api6.ipify.org', 'https://ipv6.icanhazip.com'],
}
/** Names under which services of JSON have it. */
const NAMES = ['ip', 'origin', 'ip_addr', 'ipAddress', 'query', 'address']
/** Of an answer that is none. */
const SHOWN = 60

/**
 * The public address, asked from a service on the Internet: `const ip = publicIp()`. Several are asked, one after the other, until one answers with
 * an address. @throws SessionError when none does
 */
export function publicIp(client: Pick<HttpClient, 'send'>, options: PublicIpOptions = {}): Task<string> {
  checkTable('publicIp', options, TABLE)
  const { family, service, timeout = 5, tls, proxy } = options
  const services = service === undefined ? SERVICES[family ?? 'any'] : [service].flat()
  if (services.length === 0) throw new OptionError('publicIp: option service has no URL')
  return Task.run(
    async (control) => {
      const failures: string[] = []
      for (const url of services) {
        control.progress({ text: `asking ${url}` })
        try {
          const settings = { ...(tls === undefined ? {} : { tls }), ...(proxy === undefined ? {} : { proxy }) }
          const wanted = {
            ...settings,
            timeout,
            retries: 0,
            limit: 64 * 1024,
            headers: { Accept: 'text/plain, application/json;q=0.9' },
          }
          return addressIn((await client.send('GET', url, wanted, control)).expectOk(), family)
        } catch (error) {
          if (!(error instanceof SessionError)) throw error
          failures.push(services.length === 1 ? error.message : `${url}: ${reasonOf(error)}`)
        }
      }
      throw new SessionError(`publicIp: ${failures.join('; ')}`, 'NO_ANSWER')
    },
    { name: 'publicIp' },
  )
}

function addressIn(response: HttpResponse, family: 4 | 6 | undefined): string {
  const text = response.text().trim()
  const address = isIP(text) === 0 ? fromJson(text) : text
  if (address === undefined)
    throw new SessionError(
      `${response.url}: that is no address: ${printable(text.slice(0, SHOWN)).replaceAll('\n', ' ')}`,
      'NO_ADDRESS',
    )
  if (family !== undefined && isIP(address) !== family)
    throw new SessionError(`${response.url}: ${address} is no address of IPv${family}`, 'NO_ADDRESS')
  return address
}

function fromJson(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | string
    if (typeof value === 'string') return isIP(value) === 0 ? undefined : value
    const found = NAMES.map((name) => value?.[name]).find((one) => typeof one === 'string' && isIP(one) !== 0)
    return found as string | undefined
  } catch {
    return undefined
  }
}
