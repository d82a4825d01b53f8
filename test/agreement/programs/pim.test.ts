import type { Lab, Side } from '../../lab/lab.js'
import { must } from '../../lab/process.js'
import { Routers } from './routers.js'
import { type Talk, talksAgree } from './talk.js'

const GROUP = '239.5.5.5'
const SENDER = `
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
while True:
    s.sendto(b'to all', (sys.argv[2], 5000))
    time.sleep(0.2)
`

/** The rendezvous point is `there`; a member of one group and a sender to another are behind `here`. */
const pim: Talk = {
  name: 'two pimd, one of them the rendezvous point',
  rows: ['pim'],
  shows: [
    'pim.type',
    'pim.cksum',
    'pim.optiontype',
    'pim.dr_priority',
    'pim.generation_id',
    'pim.override_interval',
    'pim.numgroups',
    'pim.join_ip',
    'pim.prune_ip',
    'pim.upstream_neighbor',
    'pim.register_flag.null_register',
  ],
  async talk(lab: Lab) {
    const { namespace } = lab.here
    await must(['ip', '-n', namespace, 'link', 'add', 'behind', 'type', 'veth', 'peer', 'name', 'behind-peer'])
    await must(['ip', '-n', namespace, 'address', 'add', '192.0.2.1/24', 'dev', 'behind'])
    for (const name of ['behind', 'behind-peer']) await must(['ip', '-n', namespace, 'link', 'set', name, 'up'])
    await must(['ip', '-n', lab.there.namespace, 'route', 'add', '192.0.2.0/24', 'via', lab.here.ipv4])
    const pimd = (side: Side, ...more: string[]) => ({
      pimd: [
        `ip pim rp ${lab.there.ipv4} 239.0.0.0/8`,
        'ip pim join-prune-interval 5',
        `interface ${lab[side].interfaceName}`,
        ' ip pim',
        ' ip pim hello 1',
        ' ip igmp',
        ...more,
      ],
    })
    const here = pimd('here', 'interface behind', ' ip pim', ' ip igmp')
    await Routers.run(lab, { here, there: pimd('there') }, async (routers) => {
      await routers.until('here', 'show ip pim neighbor', new RegExp(lab.there.ipv4.replaceAll('.', '\\.')))
      await routers.configure('here', 'interface behind', 'ip igmp join 239.4.4.4')
      await routers.until('there', 'show ip pim upstream', /239\.4\.4\.4/)
      const sender = lab.spawn('here', ['python3', '-c', SENDER, '192.0.2.1', GROUP])
      await routers.until('there', 'show ip pim upstream', /192\.0\.2\.1\s+239\.5\.5\.5/)
      await sender.stop()
      await routers.configure('here', 'interface behind', 'no ip igmp join 239.4.4.4')
      await routers.until('here', 'show ip pim upstream', /^(?![\s\S]*239\.4\.4\.4)/)
    })
    await must(['ip', '-n', namespace, 'link', 'delete', 'behind'])
  },
}

talksAgree('PIM of programs', [pim])
