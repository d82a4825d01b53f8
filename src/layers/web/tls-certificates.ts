/** Whose certificates a message of TLS has. */
import type { AnyPacket, Packet } from '../../packet/index.js'

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** Names such as `'CN=example.org, O=Example'`. */
  subject: string
  issuer: string
  /** Other names that it holds for: `'DNS:example.org, DNS:www.example.org'`; '' without any. */
  alternativeNames: string
  validFrom: string
  validTo: string
  /** SHA-256 of its bytes, as people compare it: `'AB:CD:…'`. */
  fingerprint: string
}

/**
 * The certificates in a packet, the server's (or client's) own one first, as Node reads them.
 * One that it cannot read is left out; none at all gives an empty list.
 */
export function certificates(packet: Packet): CertificateFacts[] {
  const { X509Certificate } = process.getBuiltinModule('node:crypto')
  const facts: CertificateFacts[] = []
  for (const layer of packet.layers() as AnyPacket[]) {
    if (layer.layerName !== 'TLSCertificate') continue
    for (const der of (layer.certs ?? []) as Uint8Array[]) {
      try {
        const read = new X509Certificate(der)
        facts.push({
          subject: oneLine(read.subject),
          issuer: oneLine(read.issuer),
          alternativeNames: read.subjectAltName ?? '',
          validFrom: read.validFrom,
          validTo: read.validTo,
          fingerprint: read.fingerprint256,
        })
      } catch {
        // Node says of certificates that it cannot read only by throwing.
      }
    }
  }
  return facts
}

const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ')
