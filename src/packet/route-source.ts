/** Finds the source address that the kernel would take towards a destination; undefined when it does not know. */
export type RouteSource = (destination: string) => string | undefined

let find: RouteSource = () => undefined

let findHardware: RouteSource = () => undefined

/** Lets the link layer tell which source addresses the kernel would take. */
export function setRouteSource(source: RouteSource): void {
  find = source
}

/** The source address towards a destination, or undefined when nobody knows. */
export function routeSource(destination: string): string | undefined {
  return find(destination)
}

/** Lets the link layer tell which hardware (MAC) addresses packets towards a destination come from. */
export function setHardwareSource(source: RouteSource): void {
  findHardware = source
}

/** The hardware address of the interface towards a destination, or undefined when nobody knows. */
export function hardwareSource(destination: string): string | undefined {
  return findHardware(destination)
}
