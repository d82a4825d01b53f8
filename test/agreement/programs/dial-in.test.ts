import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, Side } from '../../lab/lab.js'
import { privately } from './private-folders.js'
import { type Talk, talksAgree } from './talk.js'

/** Who is there, a session, and its end. What PPP says in it needs /dev/ppp. */
const pppoe: Talk = {
  name: 'pppoe asks pppoe-server for a session',
  rows: ['link-ppp'],
  shows: [
    'pppoe.version',
    'pppoe.code',
    'pppoe.session_id',
    'pppoe.payload_length',
    'pppoed.tags.service_name',
    'pppoed.tags.ac_name',
    'pppoed.tags.ac_cookie',
    'pppoed.tags.host_uniq',
  ],
  capture: { filter: 'pppoed or pppoes' },
  async talk(lab: Lab) {
    const name = ['-C', 'lab-concentrator', '-S', 'internet']
    const server = lab.spawn(
      'there',
      privately(['/run'], ['pppoe-server', '-F', '-I', lab.there.interfaceName, ...name, '-q', '/bin/true', '-N', '4']),
    )
    const client = (...words: string[]) =>
      lab.exec('here', ['pppoe', '-I', lab.here.interfaceName, '-t', '1', ...words])
    let listed = ''
    for (let attempt = 0; attempt < 5 && !listed.includes('lab-concentrator'); attempt++)
      listed = (await client('-A')).stdout
    const { stdout } = await client('-d', '-U', '-S', 'internet')
    const [, session] = /^(\d+:[0-9a-f:]+)/im.exec(stdout) ?? []
    if (session === undefined) throw new Error(`no session: ${stdout}`)
    await client('-e', session, '-k')
    await server.stop()
  },
}

/** A tunnel with proof of a secret, a call in it, and the end of both, since there is no PPP for the call. */
const l2tp: Talk = {
  name: 'two xl2tpd make a tunnel and a call',
  rows: ['link-tunnels'],
  shows: [
    'l2tp.type',
    'l2tp.length',
    'l2tp.tunnel',
    'l2tp.session',
    'l2tp.Ns',
    'l2tp.Nr',
    'l2tp.avp.message_type',
    'l2tp.avp.assigned_tunnel_id',
    'l2tp.avp.assigned_session_id',
  ],
  capture: { filter: 'udp port 1701' },
  async talk(lab: Lab) {
    const start = (side: Side, lines: readonly string[]) => {
      const file = (name: string) => join(lab.folder, `xl2tpd-${side}.${name}`)
      const global = [
        '[global]',
        `listen-addr = ${lab[side].ipv4}`,
        'force userspace = yes',
        `auth file = ${file('secrets')}`,
      ]
      writeFileSync(file('conf'), [...global, ...lines, `pppoptfile = ${file('options')}`, ''].join('\n'))
      writeFileSync(file('secrets'), '* * a-secret\n')
      writeFileSync(file('options'), 'noauth\n')
      const own = ['-D', '-c', file('conf'), '-s', file('secrets'), '-p', file('pid'), '-C', file('control')]
      return lab.spawn(side, privately(['/run'], ['xl2tpd', ...own]))
    }
    const server = start('there', [
      '[lns default]',
      'ip range = 10.83.0.10-10.83.0.20',
      'local ip = 10.83.0.1',
      'challenge = yes',
    ])
    await server.waitFor(/Listening on IP address/)
    const client = start('here', ['[lac lab]', `lns = ${lab.there.ipv4}`, 'challenge = yes', 'autodial = yes'])
    await Promise.all([server.waitFor(/Call established/), client.waitFor(/Call established/)])
    // Whether pppd has ended by now, which xl2tpd may miss, makes no difference: the tunnel is still there.
    writeFileSync(join(lab.folder, 'xl2tpd-here.control'), 'd lab')
    await client.waitFor(/Disconnecting from/)
    await client.stop()
    await server.stop()
  },
}

talksAgree('programs that dial in', [pppoe, l2tp])
