/** The device by which programs make interfaces of their own. */
import { existsSync, mkdirSync } from 'node:fs'
import { must } from '../../lab/process.js'

const DEVICE = '/dev/net/tun'

/** Makes the device where containers leave it out. @throws Error when the kernel has none. */
export async function tunDevice(): Promise<void> {
  if (existsSync(DEVICE)) return
  mkdirSync('/dev/net', { recursive: true })
  await must(['mknod', DEVICE, 'c', '10', '200'])
}
