#!/usr/bin/env netshell
// Agents watch folders, each on its machine, and send every change to one collector.
//   ./netshell run scripts/watch-agents.nsh                                      a collector and two agents, shown step by step
//   ./netshell run scripts/watch-agents.nsh --collect --listen '*'               the collector, until Ctrl-C
//   ./netshell run scripts/watch-agents.nsh --host 192.168.0.10 --folder /srv    an agent of that collector
import { mkdtempSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const host = param('host', { type: 'address', help: 'a collector elsewhere: be its agent' })
const port = param('port', { type: 'int', default: 9010, min: 0, max: 65535, help: 'of the collector; 0 takes a free one' })
const collect = param('collect', { type: 'boolean', help: 'only the collector, until Ctrl-C' })
const listen = param('listen', { default: '127.0.0.1', help: 'address on which the collector listens; * for all' })
const file = param('file', { type: 'path', help: 'to which the collector appends each change, a line of JSON' })
const folder = param('folder', { type: 'path', default: '.', help: 'that the agent watches' })
const name = param('name', { help: 'what the agent calls itself; unset: the name of this machine' })
const spool = param('spool', { type: 'path', help: 'where the agent keeps changes that were not delivered' })
const ignore = param('ignore', { multiple: true, help: 'names that the agent passes over, such as *.tmp' })

const given = options => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

function demonstrate() {
  const base = mkdtempSync(join(tmpdir(), 'watch-agents-'))
  try {
    const seen = []
    const collector = watch.collector(port, change => {
      seen.push(change)
      print(String(change).replaceAll(`${base}/`, ''))
    }, given({ host: listen, file }))
    const until = count => {
      for (let i = 0; i < 100 && seen.length < count; i++) sleep(0.05)
    }
    const agents = ['paris', 'lyon'].map(each => {
      mkdirSync(join(base, each))
      return watch.agent(join(base, each), collector.port, { name: each })
    })
    print('A file is made, written and moved in one folder, a folder with a file is made in the other:')
    writeFileSync(join(base, 'paris/letter'), '')
    until(1)
    writeFileSync(join(base, 'paris/letter'), 'Bonjour')
    until(2)
    renameSync(join(base, 'paris/letter'), join(base, 'paris/sent'))
    until(3)
    mkdirSync(join(base, 'lyon/inbox/old'), { recursive: true })
    writeFileSync(join(base, 'lyon/inbox/old/note'), 'x')
    until(6)
    print('\nThe collector goes away, and things go on:')
    const { port: same } = collector
    collector.close()
    rmSync(join(base, 'paris/sent'))
    sleep(0.3)
    print(String(agents[0]).replaceAll(`${base}/`, ''))
    print('\nIt is back:')
    const before = seen.length
    const again = watch.collector(same, change => {
      seen.push(change)
      print(String(change).replaceAll(`${base}/`, ''))
    }, given({ host: listen, file }))
    until(before + 1)
    for (let i = 0; i < 100 && again.agents().length < 2; i++) sleep(0.05)
    print(`\n${String(again.agents()).replaceAll(`${base}/`, '')}`)
    for (const agent of agents) agent.close()
    again.close()
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

if (host !== undefined) {
  const agent = watch.agent(folder, `${host}:${port}`, given({ name, spool, ignore: ignore?.length > 0 ? ignore : undefined }))
  print(`${agent}`)
  agent.on('change', change => print(change))
  agent.wait()
} else if (collect) {
  const collector = watch.collector(port, change => print(change), given({ host: listen, file }))
  print(`collector on port ${collector.port}`)
  collector.wait()
} else {
  demonstrate()
}
