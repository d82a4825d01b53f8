/** Whose files we read and write: those of who called sudo, with his rights, so that they are his and no link of his leads root astray. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** Who called sudo; null without it. */
export function invokingUser(): { user: number; group: number } | null {
  const { SUDO_UID, SUDO_GID } = process.env
  if (process.getuid?.() !== 0 || !SUDO_UID || !SUDO_GID) return null
  const [user, group] = [numberOf(SUDO_UID), numberOf(SUDO_GID)]
  return user !== null && group !== null && user > 0 ? { user, group } : null
}

/** A number of a user or a group, as sudo writes it; the greatest one means "none" to the system. */
function numberOf(text: string): number | null {
  return /^\d{1,10}$/.test(text) && Number(text) < 0xffffffff ? Number(text) : null
}

/** The home folder of who called sudo, else our own. */
export function homeOfInvokingUser(): string {
  const invoking = invokingUser()
  if (!invoking) return homedir()
  try {
    const fields = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
    return fields.find(([, , user]) => user === String(invoking.user))?.[5] ?? homedir()
  } catch {
    return homedir()
  }
}

/** A path as a shell reads it: `~` is the user's home folder. */
export function atHome(file: string): string {
  return file.replace(/^~(?=\/|$)/, () => homeOfInvokingUser())
}

/** The absolute path of a file that the user names; `~` is his home folder. */
export function fullPath(file: string): string {
  return path.resolve(atHome(file))
}

/**
 * Runs `work` with the rights of who called sudo, and gives what it gives. It must not wait: what goes on later has root's
 * rights again.
 */
export function asInvokingUser<T>(work: () => T): T {
  const invoking = invokingUser()
  if (!invoking || !process.seteuid || !process.setegid) return work()
  try {
    process.setegid(invoking.group)
    process.seteuid(invoking.user)
    return work()
  } finally {
    process.seteuid(0)
    process.setegid(0)
  }
}
