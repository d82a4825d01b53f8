/** What goes wrong with watching, in words. */
import { printable } from '../../exchange/printable.js'
import { SessionError } from '../face/session-error.js'

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder; watch the folder that it is in, and look at change.name',
  EACCES: 'not allowed: whoever watches a folder must be allowed to read it',
  EPERM: 'not allowed',
  ELOOP: 'its links lead nowhere',
  ENAMETOOLONG: 'its path is too long',
  ENOSPC:
    'more folders than a user may watch at once (sysctl fs.inotify.max_user_watches, user.max_inotify_watches): sudo sysctl fs.inotify.max_user_watches=1000000, or leave folders out with {ignore: […]} or {recursive: false}',
  EMFILE:
    'too many watchers at once (sysctl fs.inotify.max_user_instances, ulimit -n): close some, or sudo sysctl fs.inotify.max_user_instances=1024',
  ENFILE: 'too many open files in the whole system',
  ENOMEM: 'the system has no memory for it',
}

/** An error of the system about a folder. @param folder as text */
export function watchError(folder: string, error: unknown): SessionError {
  if (error instanceof SessionError) return error
  const { code = 'ERROR', message = String(error) } = error as NodeJS.ErrnoException
  return new SessionError(`watch ${printable(folder)}: ${WORDS[code] ?? message}`, code, { cause: error })
}
