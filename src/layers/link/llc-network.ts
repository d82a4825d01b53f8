/** Network protocols with a service access point of their own, without SNAP. IEEE, "LLC Address Assignments"; RFC 948. */
import { bind } from '../../packet/index.js'
import { IP } from '../network/ip.js'
import { LLC } from './llc.js'

bind(LLC, IP, { dsap: 0x06, ssap: 0x06, ctrl: 3 })
