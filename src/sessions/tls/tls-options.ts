/** TLS at both ends: certificates are verified unless somebody says, visibly, that they are not to be. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { ConnectionOptions, SecureContextOptions, TlsOptions } from 'node:tls'
import { OptionError } from '../../exchange/index.js'
import { checkTable, FLAG, type OptionKind, type OptionTable, text } from '../../tools/option-kinds.js'
import { selfSigned } from './self-signed.js'

/** TLS of one who connects. Certificates and keys are PEM: their text, or the name of a file. */
export interface TlsClientOptions {
  /** The certificate of an authority, or of the server itself, that is trusted; unset: those that Node trusts. */
  ca?: string
  /** Our own certificate, where the server asks for one, and its key. */
  cert?: string
  key?: string
  /** Name that the server's certificate must be for; unset: the host that was asked for. */
  servername?: string
  /** Any certificate is taken: whoever is in between can read and change all. Default false. */
  insecure?: boolean
}

/** TLS of one who listens. Certificates and keys are PEM: their text, or the name of a file. */
export interface TlsServerOptions {
  /** Certificate and key; unset: made on the spot, signed by itself, good for practice. */
  cert?: string
  key?: string
  /** Clients must show a certificate that this authority has signed. */
  ca?: string
}

/** What a listening socket needs: the certificate is what clients may be told to trust. */
export interface ServerCertificate {
  cert: string
  key: string
}

/** The option `tls` of all that has it; what is wrong in an object of it, `clientTls` and `serverTls` say. */
export const TLS: OptionKind = {
  takes: 'true, false or an object of options',
  accepts: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null),
}

const PEM = text('PEM, or the name of a file')
const CLIENT: OptionTable<TlsClientOptions> = {
  ca: PEM,
  cert: PEM,
  key: PEM,
  servername: text('a name'),
  insecure: FLAG,
}
const SERVER: OptionTable<TlsServerOptions> = { cert: PEM, key: PEM, ca: PEM }

/** What Node's tls.connect takes. @param name of the call, for errors */
export function clientTls(name: string, options: true | TlsClientOptions, host: string): ConnectionOptions {
  const given = options === true ? {} : options
  checkTable(`${name}: tls`, given, CLIENT)
  const { servername = isIP(host) === 0 ? host : undefined, insecure = false } = given
  return {
    ...pemOf(name, given),
    ...(servername === undefined ? {} : { servername }),
    // Without a name Node compares the certificate with the address that it is given here.
    host,
    rejectUnauthorized: !insecure,
    minVersion: 'TLSv1.2',
  }
}

/** What Node's tls server takes. @param names under which the server will be asked for, for a certificate that is made */
export async function serverTls(
  name: string,
  options: true | TlsServerOptions,
  names: readonly string[],
): Promise<TlsOptions & ServerCertificate> {
  const given = options === true ? {} : options
  checkTable(`${name}: tls`, given, SERVER)
  if ((given.cert === undefined) !== (given.key === undefined))
    throw new OptionError(`${name}: tls takes a cert with its key, or neither: then one is made`)
  const { cert, key, ca } = pemOf(name, given)
  const pair =
    cert === undefined || key === undefined
      ? await selfSigned([...new Set([...names.filter(isOne), 'localhost', '127.0.0.1', '::1', hostname()])])
      : { cert: String(cert), key: String(key) }
  return {
    ...pair,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
  }
}

/** An address that stands for all is nobody's name. */
function isOne(name: string): boolean {
  return name !== '::' && name !== '0.0.0.0'
}

function pemOf(name: string, options: { ca?: string; cert?: string; key?: string }): SecureContextOptions {
  const pems: SecureContextOptions = {}
  for (const part of ['ca', 'cert', 'key'] as const) {
    const given = options[part]
    if (given !== undefined) pems[part] = given.includes('-----BEGIN') ? given : read(name, part, given)
  }
  return pems
}

function read(name: string, part: string, file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new OptionError(`${name}: tls.${part}: ${file} cannot be read: ${(error as Error).message}`)
  }
  if (!text.includes('-----BEGIN')) throw new OptionError(`${name}: tls.${part}: ${file} is no PEM file`)
  return text
}
