/** Programs that insist on folders of the system get empty ones of their own, which end with them. */

/** The program's words so that the folders are empty for it, and what it writes there is seen by nobody else. */
export function privately(folders: readonly string[], argv: readonly string[]): string[] {
  const script =
    'while [ "$1" != -- ]; do mkdir -p "$1" && mount -t tmpfs tmpfs "$1" || exit 1; shift; done; shift; exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', script, 'sh', ...folders, '--', ...argv]
}
