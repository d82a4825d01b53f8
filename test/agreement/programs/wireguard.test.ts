import type { Lab, Side } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { privately } from './private-folders.js'
import { type Talk, talksAgree } from './talk.js'
import { tunDevice } from './tun-device.js'

const PORT = 51820

/** Sets up the interface as soon as it is there; arguments: own key, the other's key, own address, where the other is. */
const SET_UP = `
wireguard-go -f wg-lab & program=$!
trap 'kill $program' TERM
until wg show wg-lab >/dev/null 2>&1; do sleep 0.05; kill -0 $program || exit 1; done
echo "$1" >"$5.key"
wg set wg-lab listen-port ${PORT} private-key "$5.key" peer "$2" allowed-ips 0.0.0.0/0 endpoint "$4" persistent-keepalive 1
ip address add "$3" dev wg-lab
ip link set wg-lab up
echo ready
wait $program
`

/** The handshake, the empty messages that confirm it, and data both ways. */
const talk: Talk = {
  name: 'two wireguard-go',
  rows: ['wireguard'],
  shows: ['wg.type', 'wg.sender', 'wg.receiver', 'wg.counter', 'wg.ephemeral', 'wg.mac1', 'wg.mac2'],
  capture: { filter: `udp port ${PORT}` },
  decodeAs: [`udp.port==${PORT},wg`],
  async talk(lab: Lab) {
    await tunDevice()
    const keys = async () => {
      const own = (await must(['wg', 'genkey'])).trim()
      return { own, told: (await must(['wg', 'pubkey'], { input: own })).trim() }
    }
    const [here, there] = [await keys(), await keys()]
    const start = async (side: Side, own: string, other: string) => {
      const far = lab[side === 'here' ? 'there' : 'here']
      const words = [
        own,
        other,
        `10.84.0.${side === 'here' ? 1 : 2}/24`,
        `${far.ipv4}:${PORT}`,
        `${lab.folder}/${side}`,
      ]
      const child = lab.spawn(side, privately(['/run'], ['sh', '-c', SET_UP, 'sh', ...words]))
      await child.waitFor(/ready/)
      return child
    }
    const children = [await start('there', there.own, here.told), await start('here', here.own, there.told)]
    await must(['ip', 'netns', 'exec', lab.here.namespace, 'ping', '-c', '3', '-i', '0.2', '-W', '5', '10.84.0.2'])
    for (const child of children) await child.stop()
  },
}

talksAgree('WireGuard of programs', [talk])
