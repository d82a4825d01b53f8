import { route } from '../link/index.js'
import { setRouteSource } from '../packet/index.js'

/** Lets packets take their unset source address from the kernel's routes; where there is no route, or no way to ask, they keep 127.0.0.1. */
export function useKernelRoutes(): void {
  setRouteSource((destination) => {
    try {
      return route(destination).source
    } catch {
      return undefined
    }
  })
}
