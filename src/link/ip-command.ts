/**
 * What `ip -j ARGUMENTS` prints (iproute2), or undefined when it is not installed or fails. The fallback where netlink
 * can not be asked; 3 ms.
 */
export function ipJson<T>(parameters: readonly string[]): T[] | undefined {
  const result = runIp(parameters)
  if (result === undefined || result.status !== 0) return undefined
  try {
    return JSON.parse(result.stdout === '' ? '[]' : result.stdout) as T[]
  } catch {
    return undefined
  }
}

/** The raw result, for those that read the error text; undefined when `ip` is not installed. */
export function runIp(
  parameters: readonly string[],
): { status: number | null; stdout: string; stderr: string } | undefined {
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const result = spawnSync('ip', ['-j', ...parameters], { encoding: 'utf8', timeout: 5000 })
  return result.error === undefined ? result : undefined
}
