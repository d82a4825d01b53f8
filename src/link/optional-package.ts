import { firstLine } from './foreign.js'
import { LinkError } from './link.js'

/** Packages that netshell uses when they are installed beside it, and does not install itself. */
export type OptionalPackage = 'cap' | 'raw-socket'

const load = () => process.getBuiltinModule('node:module').createRequire(import.meta.url)

/** Path of the main file of a package, or undefined when it is not installed. Looks for files only; never throws. */
export function findPackage(name: OptionalPackage): string | undefined {
  try {
    return load().resolve(name)
  } catch {
    return undefined
  }
}

/** The package's module. Throws a LinkError (`LIBRARY_MISSING`) that says how to install it. */
export function requirePackage(name: OptionalPackage): unknown {
  const path = findPackage(name)
  if (path === undefined) {
    throw new LinkError(
      'LIBRARY_MISSING',
      `the npm package '${name}' is not installed: run 'npm install --no-save ${name}' in netshell's folder ` +
        '(it is compiled then, which needs a C++ compiler, python3 and the headers of libpcap)',
    )
  }
  try {
    return load()(path)
  } catch (cause) {
    throw new LinkError(
      'LIBRARY_MISSING',
      `the npm package '${name}' does not load (${firstLine(cause)}): ` +
        `run 'npm rebuild ${name}' in netshell's folder`,
      { cause },
    )
  }
}
