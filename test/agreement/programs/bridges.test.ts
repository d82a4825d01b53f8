import type { Lab } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { bridged } from './bridged.js'
import { OUTER, Switches } from './switches.js'
import { type Talk, talksAgree } from './talk.js'

/** Two bridges: the one of lower priority becomes root, then the other, which the first one has to acknowledge. */
const stp: Talk = {
  name: 'two bridges of the kernel find their root',
  rows: ['link-frames'],
  shows: [
    'llc.dsap',
    'stp.type',
    'stp.flags',
    'stp.root.prio',
    'stp.root.hw',
    'stp.root.cost',
    'stp.bridge.prio',
    'stp.port',
    'stp.msg_age',
    'stp.hello',
  ],
  capture: { filter: 'stp' },
  async talk(lab: Lab) {
    const bridge = (priority: number) => [
      ...['stp_state', '1', 'priority', `${priority}`, 'hello_time', '100', 'forward_delay', '200', 'max_age', '600'],
    ]
    const watcher = lab.spawn('here', ['tcpdump', '-i', lab.here.interfaceName, '-n', '-l', '--immediate-mode', 'stp'])
    await watcher.waitFor(/listening on/)
    await bridged(lab, { there: bridge(28672), here: bridge(4096) }, async () => {
      const spare = ['link', 'add', 'spare', 'master', 'br-lab', 'up', 'type', 'veth', 'peer', 'name', 'spare-peer']
      await must(['ip', '-n', lab.there.namespace, ...spare])
      await must(['ip', '-n', lab.there.namespace, 'link', 'set', 'spare-peer', 'up'])
      // A port of the other bridge begins to forward: it tells the root, which acknowledges.
      await watcher.waitFor(/Topology change ACK|Topology change, Topology change ACK/i)
    })
    await must(['ip', '-n', lab.there.namespace, 'link', 'delete', 'spare'])
    await watcher.stop()
  },
}

/** The rapid way: proposals and agreements instead of waiting. */
const rstp: Talk = {
  name: 'two Open vSwitches agree rapidly',
  rows: ['link-frames'],
  shows: ['stp.version', 'stp.type', 'stp.flags', 'stp.root.prio', 'stp.root.cost', 'stp.port', 'stp.version_1_length'],
  capture: { filter: 'stp' },
  async talk(lab: Lab) {
    const watcher = lab.spawn('here', ['tcpdump', '-i', lab.here.interfaceName, '-n', '-l', '--immediate-mode', 'stp'])
    await watcher.waitFor(/listening on/)
    await Switches.run(lab, async (switches) => {
      await switches.both(`set bridge ${OUTER} rstp_enable=true`)
      await watcher.waitFor(/Agreement/)
    })
    await watcher.stop()
  },
}

talksAgree('bridges of programs', [stp, rstp])
