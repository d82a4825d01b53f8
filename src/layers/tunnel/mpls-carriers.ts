/** MPLS directly in UDP (RFC 7510) and in IP (RFC 4023). */
import { bind } from '../../packet/index.js'
import { MPLS } from '../link/mpls.js'
import { bindTransport } from '../network/next-header.js'
import { Raw } from '../raw.js'
import { UDP } from '../transport/udp.js'

const PORT = 6635
const PROTOCOL = 137

bind(UDP, MPLS, { dport: PORT })
bindTransport(PROTOCOL, MPLS, Raw)
