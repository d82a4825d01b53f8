/** A side of the lab whose interface is a port of a bridge of the kernel's. */
import type { Lab, Side } from '../../lab/lab.js'
import { must } from '../../lab/process.js'

const BRIDGE = 'br-lab'

/**
 * Puts the interface of each side into a bridge, with settings in the words of `ip link … type bridge`, lets them talk,
 * and takes the bridges away. The addresses stay on the port, where they are of no use meanwhile; the bridge has others.
 */
export async function bridged(
  lab: Lab,
  bridges: Readonly<Partial<Record<Side, readonly string[]>>>,
  talk: () => Promise<unknown>,
): Promise<void> {
  const sides = Object.entries(bridges) as [Side, readonly string[]][]
  const ip = (side: Side, ...words: string[]) => must(['ip', '-n', lab[side].namespace, ...words])
  try {
    for (const [side, settings] of sides) {
      await ip(side, 'link', 'add', BRIDGE, 'type', 'bridge', ...settings)
      await ip(side, 'link', 'set', lab[side].interfaceName, 'master', BRIDGE)
      const last = side === 'here' ? 1 : 2
      await ip(side, 'address', 'add', `10.85.0.${last}/24`, 'dev', BRIDGE)
      await ip(side, 'address', 'add', `fd00:85::${last}/64`, 'dev', BRIDGE, 'nodad')
      await ip(side, 'link', 'set', BRIDGE, 'up')
    }
    await talk()
  } finally {
    for (const [side] of sides) await ip(side, 'link', 'delete', BRIDGE).catch(() => {})
  }
}
