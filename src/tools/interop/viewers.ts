/** Packets shown by other programs: tcpdump and tshark as text, Wireshark in its window. */
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WritablePackets, wrpcap } from '../../capture/index.js'
import { OptionError, Task } from '../../exchange/index.js'
import { invokingUser } from '../../exchange/invoking-user.js'
import { findProgram } from '../../link/find-program.js'
import { type ShellResult, sh } from '../shell-command/index.js'

/**
 * What tcpdump says of packets: `tcpdump(list, '-vv')`.
 * @param options of tcpdump: a text of words, or a list; names and ports are never looked up (-n)
 * @throws OptionError when tcpdump is not there
 */
export function tcpdump(packets: WritablePackets, options: string | readonly string[] = []): Task<ShellResult> {
  return reading('tcpdump', ['-n'], packets, options)
}

/**
 * What tshark says of packets: `tshark(list, '-V')`.
 * @param options of tshark: a text of words, or a list; names are never looked up (-n)
 * @throws OptionError when tshark is not there
 */
export function tshark(packets: WritablePackets, options: string | readonly string[] = []): Task<ShellResult> {
  return reading('tshark', ['-n'], packets, options)
}

/**
 * Opens packets in Wireshark, which goes on by itself: gives its process number.
 * @throws OptionError when Wireshark is not there, or there is no desktop to open its window on
 */
export function wireshark(packets: WritablePackets): Task<number> {
  return Task.run(
    async () => {
      const program = programOf('wireshark')
      if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
        throw new OptionError(
          "wireshark: there is no desktop here to open its window on; wrpcap('packets.pcapng', packets) writes a file for another machine",
        )
      const file = await temporaryFile(packets)
      const { spawn } = process.getBuiltinModule('node:child_process')
      const user = invokingUser()
      const child = spawn(program, ['-r', file.path], {
        detached: true,
        stdio: 'ignore',
        ...(user === null ? {} : { uid: user.user, gid: user.group }),
      })
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', reject)
      }).catch((error: unknown) => {
        file.remove()
        throw error
      })
      // It reads the file when it starts; who closes it, or netshell, ends it for the file, too.
      child.once('exit', file.remove)
      process.once('exit', file.remove)
      child.unref()
      return child.pid!
    },
    { name: 'wireshark' },
  )
}

function reading(
  name: string,
  fixed: readonly string[],
  packets: WritablePackets,
  options: string | readonly string[],
): Task<ShellResult> {
  return Task.run(
    async (control) => {
      programOf(name)
      const words = typeof options === 'string' ? options.split(/\s+/).filter((word) => word !== '') : [...options]
      const file = await temporaryFile(packets)
      try {
        const run = sh(name, [...fixed, ...words, '-r', file.path])
        control.onInterrupt(() => run.interrupt())
        return await run
      } finally {
        file.remove()
      }
    },
    { name },
  )
}

function programOf(name: string): string {
  const program = findProgram(name)
  if (program === undefined) throw new OptionError(`${name}: it is not installed; on Debian: sudo apt install ${name}`)
  return program
}

/** The packets in a file that only this user, and who called sudo, may read. */
async function temporaryFile(packets: WritablePackets): Promise<{ path: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'netshell-packets-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'packets.pcapng')
    await wrpcap(path, packets)
    const user = invokingUser()
    if (user !== null) for (const each of [path, folder]) chownSync(each, user.user, user.group)
    return { path, remove }
  } catch (error) {
    remove()
    throw error
  }
}
