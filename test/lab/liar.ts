/** A second address of `there` at which each answer of a server comes in twice: first with one byte changed, then as it is. */
import process from 'node:process'
import type { Lab } from './lab.js'

const PROGRAM = `
  const [address, port, server, at] = process.argv.slice(1)
  const { createSocket } = require('node:dgram')
  const near = createSocket('udp4')
  near.on('message', (request, asker) => {
    const far = createSocket('udp4')
    far.on('message', (answer) => {
      const changed = Buffer.from(answer)
      changed.writeUInt8(changed.at(Number(at)) ^ 1, (Number(at) + answer.length) % answer.length)
      near.send(changed, asker.port, asker.address, () => {
        console.log('lied')
        near.send(answer, asker.port, asker.address)
      })
      far.close()
    })
    far.send(request, Number(port), server)
  })
  near.bind(0, address, () => console.log('port ' + near.address().port))`

/**
 * Calls `ask` with that address while the server on this port of UDP is asked through it.
 * @param at place of the byte in the datagram; counted from the end when below 0
 * @throws Error when nobody asked there
 */
export async function throughLiar<T>(
  lab: Lab,
  port: number,
  at: number,
  ask: (address: string) => Promise<T>,
): Promise<T> {
  const { interfaceName, ipv4 } = lab.there
  const address = ipv4.replace(/\d+$/, '66')
  await lab.exec('there', ['ip', 'address', 'replace', `${address}/24`, 'dev', interfaceName])
  const liar = lab.spawn('there', [process.execPath, '-e', PROGRAM, address, String(port), ipv4, String(at)])
  const [, taken] = await liar.waitFor(/port (\d+)/)
  // Some servers keep the port of all addresses: what comes to it here is led to another one.
  await lab.exec('there', [
    ...['nft', 'add table ip liar; add chain ip liar in { type nat hook prerouting priority -100; };'],
    `add rule ip liar in ip daddr ${address} udp dport ${port} dnat to ${address}:${taken}`,
  ])
  const result = await ask(address)
  await liar.waitFor(/lied/)
  await lab.exec('there', ['nft', 'delete table ip liar'])
  await liar.stop()
  return result
}
