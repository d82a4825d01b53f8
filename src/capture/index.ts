export { batchMeta } from './batch-meta.js'
export type { CaptureInput } from './byte-source.js'
export type { CaptureFileBatch, CaptureInterface } from './capture-batch.js'
export { type CaptureErrorCode, CaptureFileError, CaptureWarning } from './capture-error.js'
export type { CaptureInformation, CaptureSection } from './capture-parser.js'
export type { WritableItem, WritablePackets } from './capture-records.js'
export { CaptureWriter, type WriteCaptureOptions } from './capture-writer.js'
export type { InterfaceCounts } from './pcapng-writer.js'
export { CrossTable, type TablePlace } from './cross-table.js'
export { type Conversation, type Endpoints, endpointsOf } from './conversations.js'
export { layerOfBytes, linkTypeOf } from './link-type.js'
export { CaptureReading, type ReadCaptureOptions, readCapture } from './open-capture.js'
export { type CaptureStatistics, PacketList, type PacketPredicate } from './packet-list.js'
export { checkRing, PacketRing, type RingLimits } from './packet-ring.js'
export type { StorableBatch } from './packet-store.js'
export { isUntouched } from './packet-views.js'
export {
  batchPacket,
  type CompiledFilter,
  PcapReader,
  pcapReader,
  type ReadPacketsOptions,
  rdpcap,
} from './read-packets.js'
export { RotatingWriter, type RotatingWriterOptions } from './rotating-writer.js'
export { checkRotate, type RotateOptions } from './rotation.js'
export { type WriteResult, wrpcap } from './write-packets.js'
