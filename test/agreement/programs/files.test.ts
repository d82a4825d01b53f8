/** Files over TFTP; the server stays on its port, so that each packet tells by itself what it is. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../lab/lab.js'
import { startDnsmasq } from '../../lab/servers.js'
import { type Talk, talksAgree } from './talk.js'

const tftp: Talk = {
  name: "dnsmasq's TFTP with curl: read with and without options, what is missing, a refused write",
  rows: ['tftp'],
  shows: [
    'tftp.opcode',
    'tftp.source_file',
    'tftp.type',
    'tftp.option.name',
    'tftp.option.value',
    'tftp.block',
    'tftp.error.code',
    'tftp.error.message',
  ],
  except: { 'tftp.destination_file': 'tshark repeats the name of the request with everything that follows.' },
  async talk(lab: Lab) {
    const root = join(lab.folder, 'tftp')
    mkdirSync(root)
    writeFileSync(join(root, 'small'), 'x'.repeat(100))
    writeFileSync(join(root, 'large'), 'y'.repeat(5000))
    const server = await startDnsmasq(lab, '--port=0', '--enable-tftp', '--tftp-single-port', `--tftp-root=${root}`)
    const curl = (...words: string[]) =>
      lab.exec('here', ['curl', '--silent', '--max-time', '5', '--output', '/dev/null', ...words])
    const url = `tftp://${lab.there.ipv4}`
    await curl(`${url}/large`)
    await curl('--tftp-blksize', '1024', `${url}/large`)
    await curl('--tftp-no-options', `${url}/small`)
    await curl(`${url}/missing`)
    await curl(`tftp://[${lab.there.ipv6}]/large`)
    await curl('--upload-file', join(root, 'small'), `${url}/new`)
    await server.stop()
  },
}

talksAgree('programs that move files', [tftp])
