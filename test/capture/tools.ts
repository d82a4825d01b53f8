import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether the programs of Wireshark and tcpdump are installed (scripts/setup.sh says how). */
export const hasTools = ['tshark', 'editcap', 'mergecap', 'capinfos', 'tcpdump'].every(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
)

/** Standard output of a program; its standard error must be free of complaints. */
export async function output(program: string, ...parameters: string[]): Promise<string> {
  const { stdout, stderr } = await run(program, parameters, {
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
  })
  const complaints = stderr
    .split('\n')
    .filter(
      (line) =>
        line !== '' && !/^(Running as user|reading from file|Warning: interface names might be incorrect)/.test(line),
    )
  if (complaints.length > 0) throw new Error(`${program}: ${complaints.join('\n')}`)
  return stdout
}

export interface SharkRow {
  time: string
  length: number
  originalLength: number
  interfaceName: string
  comment: string | undefined
}

/** How tshark sees a capture. */
export async function sharkRows(path: string): Promise<SharkRow[]> {
  const fields = ['frame.time_epoch', 'frame.cap_len', 'frame.len', 'frame.interface_name', 'frame.comment']
  const text = await output(
    'tshark',
    '-n',
    '-r',
    path,
    '-T',
    'fields',
    '-E',
    'separator=\x1f',
    ...fields.flatMap((field) => ['-e', field]),
  )
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [time, length, originalLength, interfaceName, comment] = line.split('\x1f')
      return {
        time: time!,
        length: Number(length),
        originalLength: Number(originalLength),
        interfaceName: interfaceName ?? '',
        comment: comment === '' ? undefined : comment,
      }
    })
}
