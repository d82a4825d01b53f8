/** Certificates for practice: made on the spot, signed by themselves. */
import { isIP } from 'node:net'

/** How long one is valid, days. */
const DAYS = 30
const DAY = 86_400_000
/** Clocks of those who look at it may be late by so much, ms. */
const CLOCKS = 3_600_000

const made = new Map<string, Promise<{ cert: string; key: string }>>()

/** A certificate and its key, PEM, for these names and addresses; the same for the same ones while netshell runs. */
export function selfSigned(names: readonly string[]): Promise<{ cert: string; key: string }> {
  const id = [...names].sort().join(' ')
  const before = made.get(id)
  if (before !== undefined) return before
  const pair = make(names)
  made.set(id, pair)
  pair.catch(() => made.delete(id))
  return pair
}

async function make(names: readonly string[]): Promise<{ cert: string; key: string }> {
  const { generate } = await import('selfsigned')
  const now = Date.now()
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - CLOCKS),
    notAfterDate: new Date(now + DAYS * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  })
  return { cert, key }
}
