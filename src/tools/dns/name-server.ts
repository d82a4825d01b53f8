import { readFileSync } from 'node:fs'
import { PacketError } from '../../packet/index.js'
import { resolveTarget, type Target } from '../targets.js'

/** Most of a resolv.conf that is read. */
const MOST_BYTES = 1 << 16

/** The name server to ask, and the file that its address is from when none was given. @throws PacketError */
export async function nameServer(
  given: string | undefined,
  netns: string | undefined,
): Promise<{ target: Target; from: string | undefined }> {
  if (given !== undefined) return { target: await resolveTarget(given), from: undefined }
  // What `ip netns exec` shows its programs as /etc/resolv.conf (ip-netns(8)).
  const files = [
    ...(netns === undefined || netns.includes('/') ? [] : [`/etc/netns/${netns}/resolv.conf`]),
    '/etc/resolv.conf',
  ]
  for (const file of files) {
    const address = firstServer(file)
    if (address !== undefined) return { target: await resolveTarget(address), from: file }
  }
  throw new PacketError(
    `dns: no name server is known (${files.join(' and ')} name${files.length === 1 ? 's' : ''} none); give one: {server: '10.0.0.1'}`,
  )
}

function firstServer(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').slice(0, MOST_BYTES)
    return /^\s*nameserver\s+([0-9a-fA-F.:]+(?:%\w+)?)/m.exec(text)?.[1]
  } catch {
    return undefined
  }
}
