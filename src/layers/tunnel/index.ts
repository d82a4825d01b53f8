/** Networks inside networks. */
export * from './openvpn.js'
