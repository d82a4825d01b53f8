/** `nmap` at the prompt. */
import { Task } from '../../exchange/task.js'
import type { NmapOptions } from './nmap-options.js'
import type { NmapResult } from './nmap-result.js'

/** Runs nmap and reads its results: `nmap` and its members. */
export interface Nmap {
  (targets: string | readonly string[], options?: NmapOptions): Task<NmapResult>
  /** Reads the XML that `nmap -oX FILE` or `scan(…, {xml: FILE})` has written; the XML itself does too. */
  read(fileOrXml: string): Task<NmapResult>
  /** Reads XML, as a text. */
  parse(xml: string): Task<NmapResult>
}

/**
 * Which ports are open, asked by the real nmap: `nmap('192.168.0.254', {ports: '1-1000'})`, `nmap(host, {args: '-sV -T4'})`, from another
 * machine `nmap(host, {via: session})`. Interrupted, it gives the hosts that are done. Where nmap is missing, `scan` asks.
 */
export const nmap: Nmap = Object.assign(
  (targets: string | readonly string[], options: NmapOptions = {}): Task<NmapResult> =>
    Task.run(async (control) => (await import('./run-nmap.js')).runNmap(control, targets, options), { name: 'nmap' }),
  {
    read: (fileOrXml: string): Task<NmapResult> =>
      Task.run(async (control) => (await import('./run-nmap.js')).readNmap(control, fileOrXml), { name: 'nmap.read' }),
    parse: (xml: string): Task<NmapResult> =>
      Task.run(
        async ({ signal }) => (await import('./read-xml.js')).readXml(String(xml), { name: 'nmap.parse', signal }),
        { name: 'nmap.parse' },
      ),
  },
)
