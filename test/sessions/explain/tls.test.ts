import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ladder } from '../../../src/sessions/explain/ladder.js'
import type { Side } from '../../../src/sessions/explain/step.js'
import { must, run, start } from '../../lab/process.js'
import { expectAgreement, tshark } from './against-tshark.js'
import { listen, recorded } from './connections.js'

let folder: string
let files: string[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'explain-tls-'))
  files = ['key', 'certificate'].map((name) => join(folder, `${name}.pem`))
  const [key, certificate] = files as [string, string]
  const subject = ['-subj', '/CN=localhost', '-days', '2']
  await must([
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ])
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A connection of openssl with itself. */
async function session(version: string): Promise<{ ladder: Ladder; port: number }> {
  const free = await listen(() => undefined)
  await free.close()
  const { port } = free
  const [key, certificate] = files as [string, string]
  const server = start([
    'openssl',
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-key',
    key,
    '-cert',
    certificate,
    '-rev',
    version,
  ])
  await server.waitFor(/ACCEPT/)
  const ladder = await recorded(port, () =>
    run(['sh', '-c', `(echo hello; sleep 0.4) | openssl s_client -connect 127.0.0.1:${port} ${version} -ign_eof`], {
      timeout: 5000,
    }).catch(() => undefined),
  )
  await server.stop()
  return { ladder, port }
}

/** Names of the records of one side, in the order they begin. */
const records = (ladder: Ladder, side: Side) =>
  ladder.conversations[0]!.steps.filter(({ from }) => from === side).flatMap((step) =>
    step.records.filter((name) => name !== '…'),
  )

const TYPES: Record<string, number> = { ChangeCipherSpec: 20, 'application data': 23 }
const contentType = (name: string): number => TYPES[name] ?? (name.startsWith('alert') ? 21 : 22)

describe('TLS of openssl', () => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    it(`the handshake is a part of its own, and records have their names (${version})`, async () => {
      const { ladder, port } = await session(version)
      await expectAgreement(ladder)
      const [talk] = ladder.conversations
      expect(talk!.isTls).toBe(true)
      expect(talk!.phases.map(({ title }) => title).slice(0, 3)).toEqual([
        'three-way handshake',
        'TLS handshake',
        'data, encrypted',
      ])
      const first = talk!.steps[talk!.phases[1]!.first]!
      expect([first.from, first.records]).toEqual(['client', ['ClientHello']])
      const fields = ['tcp.srcport', 'tls.record.content_type', 'tls.record.opaque_type', 'tls.handshake.type']
      const rows = await tshark(ladder.packets, fields, 'tls', ['-d', `tcp.port==${port},tls`])
      for (const side of ['client', 'server'] as const) {
        const own = rows.filter(([source]) => (Number(source) === port) === (side === 'server'))
        const types = own.flatMap((row) =>
          `${row[1]},${row[2] ?? ''}`
            .split(',')
            .filter((text) => text !== '')
            .map(Number),
        )
        // tshark has one number a record; messages of one record have one name each here.
        const ours = records(ladder, side)
        expect(
          ours
            .filter((name) => contentType(name) !== 22)
            .map(contentType)
            .sort(),
        ).toEqual(types.filter((type) => type !== 22).sort())
        const messages = own.flatMap((row) =>
          (row[3] ?? '')
            .split(',')
            .filter((text) => text !== '')
            .map(Number),
        )
        const names = ours.filter((name) => contentType(name) === 22 && !name.includes('encrypted'))
        expect(names.length).toBe(messages.length)
        expect(names[0]).toBe(side === 'client' ? 'ClientHello' : 'ServerHello')
      }
      expect(ladder.toString()).toContain('ClientHello')
      expect(ladder.toString()).not.toContain('hello\\n')
    })
  }
})
