import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from '../../lab/lab.js'
import { privately } from './private-folders.js'
import { type Talk, talksAgree } from './talk.js'

const SETTINGS = [
  'configure system hostname lab-switch',
  'configure system description "A switch of the lab"',
  'configure lldp portdescription "port to the other side"',
  'configure lldp tx-interval 1',
  'configure lldp tx-hold 4',
  'configure med policy application voice tagged vlan 500 priority voice dscp 46',
  'configure med power pse source primary priority high value 5000',
  'configure med location address country EU language en city Lab',
  'configure dot3 power pse supported enabled paircontrol powerpairs spare class class-3 type 1 source primary priority high requested 10000 allocated 15000',
  'configure lldp custom-tlv oui 33,44,55 subtype 44 oui-info 45,45,45,45,45',
]

/** A device of each kind tells of itself, and hears the other. */
const lldp: Talk = {
  name: 'two lldpd, a telephone and a switch',
  rows: ['link-lldp'],
  shows: [
    'lldp.tlv.type',
    'lldp.chassis.id.mac',
    'lldp.port.id.mac',
    'lldp.time_to_live',
    'lldp.port.desc',
    'lldp.tlv.system.name',
    'lldp.tlv.system.desc',
    'lldp.mgn.addr.ip4',
    'lldp.ieee.802_3.pmd_mau_type',
    'lldp.media.subtype.class',
    'lldp.media.vlan_id',
    'lldp.media.dscp',
    'lldp.ieee.802_3.mdi_pse_allocated',
  ],
  capture: { filter: 'ether proto 0x88cc' },
  async talk(lab: Lab) {
    const start = (side: Side, lines: readonly string[], ...options: string[]) => {
      const settings = join(lab.folder, `lldpd-${side}.conf`)
      writeFileSync(settings, `${lines.join('\n')}\n`)
      const socket = join(lab.folder, `lldpd-${side}.socket`)
      const own = ['-d', '-u', socket, '-O', settings, '-I', lab[side].interfaceName]
      return { socket, child: lab.spawn(side, privately(['/run'], ['lldpd', ...own, ...options])) }
    }
    const there = start('there', SETTINGS, '-M', '4')
    const here = start('here', ['configure lldp tx-interval 1'], '-M', '2')
    for (const [side, { socket }] of [
      ['here', here],
      ['there', there],
    ] as const)
      await until(lab, side, ['lldpcli', '-u', socket, 'show', 'neighbors', 'summary'], /ChassisID/)
    await here.child.stop()
    await there.child.stop()
  },
}

/** Asks a program again until it says what is hoped for. */
async function until(lab: Lab, side: Side, argv: readonly string[], hoped: RegExp): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { stdout } = await lab.exec(side, argv)
    if (hoped.test(stdout)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`'${argv.join(' ')}' did not say ${hoped}`)
}

talksAgree('LLDP of programs', [lldp])
