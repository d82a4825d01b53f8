/** Calls and media: sessions, sound and pictures, ways through NAT. */
export * from './sip.js'
export * from './sdp.js'
export * from './rtp.js'
export * from './rtcp.js'
export * from './stun.js'
