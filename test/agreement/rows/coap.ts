import { field, hex, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

type Option = readonly [name: string | number, value?: unknown]

/** Values of all options of that name. */
const option =
  (wanted: string) =>
  ({ fields }: OurLayer): unknown =>
    (fields.options as Option[]).filter(([name]) => name === wanted).map(([, value]) => value)

const bytesOption =
  (wanted: string) =>
  (layer: OurLayer): unknown =>
    (option(wanted)(layer) as { hex: string }[]).map(({ hex }) => hex)

/** One of the three parts of a block, which both options of blocks have. */
const block =
  (part: number, convert = (text: string): unknown => text) =>
  ({ fields }: OurLayer): unknown =>
    (fields.options as Option[])
      .filter(([name]) => name === 'Block1' || name === 'Block2')
      .map(([, value]) => convert(String(value).split('/')[part]!))

export const agreement: VectorAgreement = {
  vectors: ['coap'],
  protocols: { coap: /^CoAP$/ },
  rows: [
    field('coap.version', 'CoAP', 'ver'),
    field('coap.type', 'CoAP', 'type'),
    field('coap.token_len', 'CoAP', 'tkl'),
    field('coap.code', 'CoAP', 'code'),
    field('coap.mid', 'CoAP', 'msg_id'),
    field('coap.token', 'CoAP', 'token', hex),
    // '#2: Uri-Path'; tshark 4.0 does not know the youngest.
    row(
      'coap.opt.name',
      'CoAP',
      ({ fields }) =>
        (fields.options as Option[]).map(([name]) =>
          name === 'Request-Tag'
            ? 'unknown option (292)'
            : typeof name === 'number'
              ? `unknown option (${name})`
              : name.toLowerCase(),
        ),
      (text) => text.replace(/^#\d+: /, '').toLowerCase(),
    ),
    row('coap.opt.uri_path', 'CoAP', option('Uri-Path'), same),
    row('coap.opt.uri_query', 'CoAP', option('Uri-Query'), same),
    row('coap.opt.uri_host', 'CoAP', option('Uri-Host'), same),
    row('coap.opt.uri_port', 'CoAP', option('Uri-Port')),
    row('coap.opt.location_path', 'CoAP', option('Location-Path'), same),
    row('coap.opt.max_age', 'CoAP', option('Max-Age')),
    row('coap.opt.observe', 'CoAP', option('Observe')),
    row('coap.opt.size1', 'CoAP', option('Size1')),
    row('coap.opt.etag', 'CoAP', bytesOption('ETag'), hex),
    row('coap.opt.block_number', 'CoAP', block(0)),
    row('coap.opt.block_mflag', 'CoAP', block(1)),
    // The lowest bits of Size2 stand there too.
    row('coap.opt.block_size', 'CoAP', (layer) => [
      ...(block(2, (size) => Math.log2(Number(size)) - 4)(layer) as number[]),
      ...(option('Size2')(layer) as number[]).map((size) => size & 7),
    ]),
    // The charset stands with a space before it.
    row('coap.opt.ctype', 'CoAP', option('Content-Format'), (text) => text.replace('; ', ';')),
  ],
}
