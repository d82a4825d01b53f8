/** Who may enter: RADIUS. */
import { expect } from 'vitest'
import type { Lab } from '../../lab/lab.js'
import { RADIUS_SECRET, startRadius } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

const ACCEPT = /Received Access-Accept/

const radius: Talk = {
  name: 'freeradius with radclient, radtest and radeapclient: access, accounting, status, changes of authorization',
  rows: ['radius'],
  shows: [
    'radius.code',
    'radius.id',
    'radius.authenticator',
    'radius.User_Name',
    'radius.User_Password_encrypted',
    'radius.NAS_IP_Address',
    'radius.NAS_Port',
    'radius.Framed-IP-Address',
    'radius.Reply_Message',
    'radius.Session_Timeout',
    'radius.Acct_Session_Id',
    'radius.Acct_Status_Type',
    'radius.CHAP_Password',
    'radius.Message_Authenticator',
    'eap.code',
    'radius.Class',
  ],
  async talk(lab: Lab) {
    const server = await startRadius(lab)
    const host = lab.there.ipv4
    const client = (program: string, where: string, kind: string, ...attributes: string[]) =>
      lab.exec('here', [program, '-x', '-r', '1', '-t', '2', where, kind, RADIUS_SECRET], {
        input: `${attributes.join(', ')}\n`,
      })
    const ask = async (expected: RegExp, ...words: [where: string, kind: string, ...attributes: string[]]) => {
      const { stdout, stderr } = await client('radclient', ...words)
      expect(stdout + stderr).toMatch(expected)
    }
    const bob = 'User-Name = bob'
    const nas = [`NAS-IP-Address = ${lab.here.ipv4}`, 'NAS-Identifier = edge', 'Calling-Station-Id = 02-00-00-00-00-01']
    await ask(ACCEPT, host, 'auth', bob, 'User-Password = hello', 'NAS-Port = 5', ...nas)
    await ask(/Access-Reject/, host, 'auth', bob, 'User-Password = wrong', 'Message-Authenticator = 0x00')
    await ask(ACCEPT, host, 'auth', bob, 'CHAP-Password = hello', 'Message-Authenticator = 0x00')
    await lab.exec('here', ['radtest', '-t', 'pap', 'bob', 'hello', `${host}:1812`, '7', RADIUS_SECRET])
    const eap = await client(
      'radeapclient',
      host,
      'auth',
      bob,
      'Cleartext-Password = hello',
      'EAP-Code = Response',
      'EAP-Id = 1',
      'EAP-Type-Identity = bob',
      'Message-Authenticator = 0x00',
    )
    expect(eap.stdout + eap.stderr).toMatch(/Received Access-Accept/)
    const session = ['Acct-Session-Id = 0000002a', bob, ...nas]
    await ask(/Accounting-Response/, host, 'acct', 'Acct-Status-Type = Start', ...session)
    const counts = ['Acct-Session-Time = 60', 'Acct-Input-Octets = 4096', 'Acct-Terminate-Cause = User-Request']
    await ask(/Accounting-Response/, host, 'acct', 'Acct-Status-Type = Stop', ...session, ...counts)
    await ask(ACCEPT, host, 'status', 'Message-Authenticator = 0x00')
    await ask(/CoA-ACK/, `${host}:3799`, 'coa', bob, 'Session-Timeout = 60')
    await ask(/Disconnect-ACK/, `${host}:3799`, 'disconnect', bob, 'Acct-Session-Id = 0000002a')
    await server.stop()
  },
}

talksAgree('programs that let in', [radius])
