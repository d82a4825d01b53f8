import { field, row } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const FRAME = /^H2(?!Preface|Setting$)/

export const agreement: VectorAgreement = {
  vectors: ['http2'],
  protocols: { http2: /^H2/ },
  decodeAs: ['tcp.port==8101-8210,http2', 'tcp.port==8080,http2', 'tcp.port==18080,http2'],
  rows: [
    field('http2.length', FRAME, 'len'),
    field('http2.type', FRAME, 'type'),
    field('http2.streamid', FRAME, 'stream_id'),
    row('http2.settings.id', 'H2SettingsFrame', ({ fields }) =>
      (fields.settings as { fields: { id: number } }[]).map((each) => each.fields.id),
    ),
    field('http2.window_update.window_size_increment', 'H2WindowUpdateFrame', 'win_size_incr'),
    field('http2.rst_stream.error', 'H2ResetFrame', 'error'),
    field('http2.goaway.error', 'H2GoAwayFrame', 'error'),
    field('http2.goaway.last_stream_id', 'H2GoAwayFrame', 'last_stream_id'),
    field('http2.push_promise.promised_stream_id', 'H2PushPromiseFrame', 'promised_stream_id'),
    row('http2.pad_length', /^H2(Data|Headers|PushPromise|Continuation)Frame$/, ({ fields }) => fields.padlen ?? 0),
  ],
}
