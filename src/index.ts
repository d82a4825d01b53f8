/** The library: everything that the prompt has preloaded, typed. `import { IP, ICMP, sr1, stack } from 'netshell'`. */
import { useKernelRoutes } from './exchange/index.js'

export {
  type CaptureInformation,
  CaptureFileError,
  CaptureWarning,
  CaptureWriter,
  PacketList,
  readCapture,
  type WriteCaptureOptions,
} from './capture/index.js'
export * from './exchange/index.js'
export * from './layers/index.js'
export {
  type Capture,
  type CaptureBatch,
  type CaptureOptions,
  compileFilter,
  type Interface,
  interfaces,
  type Link,
  LinkError,
  type LinkStats,
  memoryLinkPair,
  neighbour,
  neighbours,
  type LinkBackend,
  mtuTo,
  namespaces,
  type OpenLinkOptions,
  openLink,
  type Route,
  route,
  routes,
  rules,
  validateFilter,
} from './link/index.js'
export * from './packet/index.js'
export * from './tools/index.js'

useKernelRoutes()
