/** From program to program. */
export * from './tcp.js'
export * from './udp.js'
export * from './sctp.js'
export * from './sctp-chunks.js'
export * from './sctp-extension-chunks.js'
export { SCTPChunkUnknown } from './sctp-chunk.js'
