import {
  H2ContinuationFrame,
  H2DataFrame,
  H2Frame,
  H2GoAwayFrame,
  H2HeadersFrame,
  H2PingFrame,
  H2Preface,
  H2PriorityFrame,
  H2PushPromiseFrame,
  H2ResetFrame,
  H2SettingsFrame,
  H2WindowUpdateFrame,
} from '../../../src/layers/web/index.js'
import { familySuite } from '../family.js'

familySuite('http2', [
  H2ContinuationFrame,
  H2DataFrame,
  H2Frame,
  H2GoAwayFrame,
  H2HeadersFrame,
  H2PingFrame,
  H2Preface,
  H2PriorityFrame,
  H2PushPromiseFrame,
  H2ResetFrame,
  H2SettingsFrame,
  H2WindowUpdateFrame,
])
