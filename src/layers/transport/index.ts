/** From program to program. */
export * from './tcp.js'
export * from './udp.js'
