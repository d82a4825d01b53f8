/** The list of all layers. A new layer is added here and nowhere else. */
export * from './raw.js'
export * from './ethernet.js'
export * from './ip.js'
export * from './tcp.js'
export * from './udp.js'
