/** The network that docs/scapy-phrasebook.md speaks of, made real: you are 10.0.0.9 on eth0, 10.0.0.1 is a neighbour with servers. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { BOOTP, DHCP, DNS } from '../../src/layers/index.js'
import { fromHex, stack } from '../../src/packet/index.js'
import { bundle, MODULES } from '../lab/bundle.js'
import { type Lab, openLab } from '../lab/lab.js'
import { must } from '../lab/process.js'
import type { Outcome } from './phrasebook.js'

/** Milliseconds for all lines of one language. */
const PATIENCE = 120_000

/** The frame of the file that is there in Endace's format. */
const FRAME = '0200000000010200000000090800450000140001000040ff65e10a0000090a000001'

const SERVERS =
  "answeringMachine([answerDns({'www.lab': '10.0.0.5', 'localhost': '127.0.0.1'}), answerDhcp({pool: ['10.0.0.100', '10.0.0.120'], server: '10.0.0.1', router: '10.0.0.1'})], {iface: 'eth0', quiet: true})"

/** Takes the ports, so that the kernel does not say that nobody is there, and leaves the answers to netshell. */
const SILENT =
  "for (const port of [53, 67, 33434]) require('dgram').createSocket('udp4').bind(port); setInterval(() => {}, 1e6); console.log('ready')"

/** Asks you all the time what the machines of the theme Answer answer: names, leases, an echo. */
const CLIENT = (questions: readonly [address: string, port: number, hex: string][]) => `
const socket = require('dgram').createSocket('udp4')
socket.bind(68, () => {
  socket.setBroadcast(true)
  setInterval(() => {
    for (const [address, port, hex] of ${JSON.stringify(questions)}) socket.send(Buffer.from(hex, 'hex'), port, address)
  }, 100)
  console.log('ready')
})`

/** A file in Endace's format (ERF) with one frame of Ethernet: a header of 16 bytes, and 2 bytes in front of the frame. */
export function erf(frame: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(18 + frame.length)
  bytes[8] = 2
  bytes[9] = 4
  bytes.writeUInt16BE(bytes.length, 10)
  bytes.writeUInt16BE(frame.length, 14)
  bytes.set(frame, 18)
  return bytes
}

/** What is asked of Scapy: what is there before, the line, and whether only its names are looked up. */
export type ScapyQuestion = readonly [before: string, line: string, isOnlyNames: boolean]

export interface ScapyOutcome extends Outcome {
  /** Whether the last statement of the line has a value. */
  isExpression: boolean
}

export class PhrasebookLab {
  private constructor(
    private readonly lab: Lab,
    private readonly program: string,
  ) {}

  static async open(): Promise<PhrasebookLab> {
    const lab = await openLab()
    try {
      const folder = path.join(lab.folder, 'program')
      mkdirSync(folder)
      symlinkSync(MODULES, path.join(folder, 'node_modules'))
      const program = await bundle(folder, path.join(import.meta.dirname, 'phrasebook-program.ts'))
      const made = new PhrasebookLab(lab, program)
      await made.build()
      return made
    } catch (error) {
      await lab.close()
      throw error
    }
  }

  close(): Promise<void> {
    return this.lab.close()
  }

  /** Types lines in netshell. @param phrases what is typed before each line, and the line */
  netshell(phrases: readonly (readonly [string, string])[]): Promise<Outcome[]> {
    return this.ask<Outcome>('netshell', [process.execPath, this.program], phrases)
  }

  /** Has Scapy evaluate lines. */
  scapy(phrases: readonly ScapyQuestion[]): Promise<ScapyOutcome[]> {
    return this.ask<ScapyOutcome>(
      'scapy',
      ['/usr/bin/python3', path.join(import.meta.dirname, 'phrasebook.py')],
      phrases,
    )
  }

  /** The folder that lines of a language work in. */
  folder(language: 'netshell' | 'scapy'): string {
    return path.join(this.lab.folder, language)
  }

  private async ask<T>(language: 'netshell' | 'scapy', argv: readonly string[], phrases: unknown): Promise<T[]> {
    const folder = this.folder(language)
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'frames.erf'), erf(fromHex(FRAME)))
    const [input, output] = [path.join(folder, 'question.json'), path.join(folder, 'answer.jsonl')]
    writeFileSync(input, JSON.stringify({ phrases }))
    const { status, stderr } = await this.lab.exec('here', [...argv, input, output], {
      timeout: PATIENCE,
      folder,
      // What is set on this machine must not be seen.
      environment: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, NO_COLOR: '1', NODE_PATH: MODULES },
    })
    if (status !== 0) throw new Error(`${language} ended with ${status}: ${stderr}`)
    const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line) as T)
  }

  private async build(): Promise<void> {
    const { here, there } = this.lab
    const batch = (namespace: string, lines: readonly string[]) =>
      must(['ip', '-n', namespace, '-batch', '-'], { input: `${lines.join('\n')}\n` })
    await batch(here.namespace, [
      `link add eth0 address 02:00:00:00:00:09 type veth peer name eth0 address 02:00:00:00:00:01 netns ${there.namespace}`,
    ])
    for (const side of ['here', 'there'] as const)
      await this.lab.exec(side, ['ethtool', '-K', 'eth0', 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off'])
    await batch(there.namespace, [
      'link set eth0 up',
      'address add 10.0.0.1/24 dev eth0',
      'address add fd00::1/64 dev eth0 nodad',
    ])
    await batch(here.namespace, [
      'link set eth0 up',
      'address add 10.0.0.9/24 dev eth0',
      'address add fd00::9/64 dev eth0 nodad',
      'route add default via 10.0.0.1 dev eth0',
      'route add default via fd00::1 dev eth0',
    ])
    for (const port of [22, 80]) await this.lab.tcpListener(port)
    await this.lab.spawn('there', [process.execPath, '-e', SILENT]).waitFor(/ready/)
    // Something to sniff and to answer, all the time; nobody has 10.0.0.7.
    for (const address of ['10.0.0.9', '10.0.0.7']) this.lab.spawn('there', ['ping', '-n', '-i', '0.1', address])
    const discover = stack(BOOTP({ xid: 1 }), DHCP({ options: [['message-type', 'discover'], 'end'] }))
    const client = CLIENT([
      ['10.0.0.9', 53, DNS({ id: 5, qd: 'www.lab' }).hex()],
      ['10.0.0.9', 7, Buffer.from('hello').toString('hex')],
      ['10.0.0.255', 67, discover.hex()],
    ])
    await this.lab.spawn('there', [process.execPath, '-e', client]).waitFor(/ready/)
    const folder = path.join(this.lab.folder, 'servers')
    mkdirSync(folder)
    writeFileSync(
      path.join(folder, 'question.json'),
      JSON.stringify({ phrases: [['pkt = IP()', SERVERS]], patience: 300 }),
    )
    this.lab.spawn('there', [process.execPath, this.program, 'question.json', 'answer.jsonl'], {
      folder,
      environment: { HOME: folder, NODE_PATH: MODULES },
    })
  }
}
