/** The library: everything that the prompt has preloaded, typed. `import { IP, ICMP, sr1, stack } from 'netshell'`. */
import { useKernelRoutes } from './exchange/index.js'
import { colouredPainter } from './exchange/terminal-colours.js'
import { setPainter, unpainted } from './packet/index.js'

export {
  type CaptureErrorCode,
  CaptureFileError,
  type CaptureInformation,
  type CaptureInput,
  type CaptureInterface,
  type CaptureReading,
  type CaptureSection,
  type CaptureStatistics,
  CaptureWarning,
  CaptureWriter,
  type Conversation,
  CrossTable,
  PacketList,
  type PacketPredicate,
  type ReadCaptureOptions,
  type RingLimits,
  type RotateOptions,
  type TablePlace,
  readCapture,
  type WritablePackets,
  type WriteCaptureOptions,
  type WriteResult,
} from './capture/index.js'
export * from './exchange/index.js'
export * from './layers/index.js'
export {
  type Capture,
  type CaptureBatch,
  type CaptureOptions,
  compileFilter,
  type FrameFilter,
  type Interface,
  type InterfaceAddress,
  type InterfaceFlag,
  interfaces,
  type Link,
  type LinkAddresses,
  type LinkBackend,
  LinkError,
  type LinkErrorCode,
  type LinkStats,
  type MemoryLink,
  type MemoryLinkOptions,
  memoryLinkPair,
  mtuTo,
  type NamespaceOptions,
  type Neighbour,
  type NeighbourState,
  namespaces,
  neighbour,
  neighbours,
  type NextHop,
  type OpenLinkOptions,
  openLink,
  type OverrideOptions,
  type Passage,
  type Route,
  RouteEntry,
  type RouteFunction,
  type RouteOptions,
  type RoutesOptions,
  type RouteType,
  Rule,
  type RuleAction,
  type RulesOptions,
  route,
  routes,
  rules,
  validateFilter,
} from './link/index.js'
export * from './packet/index.js'
export * from './sessions/index.js'
export * from './tools/index.js'

useKernelRoutes()
// Colours only for whoever asks for them: `packet.show({ color: true })`.
setPainter(() => unpainted, colouredPainter)
