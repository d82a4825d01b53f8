import { findInterface, route } from '../link/index.js'
import { setHardwareSource, setRouteSource } from '../packet/index.js'

/** Lets packets take unset source addresses from the kernel's routes; where there is no route, or no way to ask, they keep their defaults. */
export function useKernelRoutes(): void {
  setRouteSource((destination) => quietly(() => route(destination).source))
  setHardwareSource((destination) => quietly(() => findInterface(route(destination).interfaceName)?.mac))
}

function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}
