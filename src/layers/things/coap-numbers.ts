/** Numbers of CoAP and their names. IANA, "Constrained RESTful Environments (CoRE) Parameters"; option formats: RFC 7252 §5.10. */
type Names = Readonly<Record<number, string>>

export const COAP_TYPES: Names = { 0: 'CON', 1: 'NON', 2: 'ACK', 3: 'RST' }

/** Class and detail, three and five bits: requests by their method, answers as they are spoken of. */
export const COAP_CODES: Names = {
  0: 'Empty',
  1: 'GET',
  2: 'POST',
  3: 'PUT',
  4: 'DELETE',
  5: 'FETCH',
  6: 'PATCH',
  7: 'iPATCH',
  65: '2.01 Created',
  66: '2.02 Deleted',
  67: '2.03 Valid',
  68: '2.04 Changed',
  69: '2.05 Content',
  95: '2.31 Continue',
  128: '4.00 Bad Request',
  129: '4.01 Unauthorized',
  130: '4.02 Bad Option',
  131: '4.03 Forbidden',
  132: '4.04 Not Found',
  133: '4.05 Method Not Allowed',
  134: '4.06 Not Acceptable',
  136: '4.08 Request Entity Incomplete',
  137: '4.09 Conflict',
  140: '4.12 Precondition Failed',
  141: '4.13 Request Entity Too Large',
  143: '4.15 Unsupported Content-Format',
  150: '4.22 Unprocessable Entity',
  157: '4.29 Too Many Requests',
  160: '5.00 Internal Server Error',
  161: '5.01 Not Implemented',
  162: '5.02 Bad Gateway',
  163: '5.03 Service Unavailable',
  164: '5.04 Gateway Timeout',
  165: '5.05 Proxying Not Supported',
  168: '5.08 Hop Limit Reached',
}

/** How the value of an option is written: `block` is number, more and size (RFC 7959 §2.2), `format` a media type. */
export type CoapForm = 'uint' | 'text' | 'opaque' | 'empty' | 'block' | 'format'

/** Name and form of each option. */
export const COAP_OPTIONS: Readonly<Record<number, readonly [name: string, form: CoapForm]>> = {
  1: ['If-Match', 'opaque'],
  3: ['Uri-Host', 'text'],
  4: ['ETag', 'opaque'],
  5: ['If-None-Match', 'empty'],
  6: ['Observe', 'uint'],
  7: ['Uri-Port', 'uint'],
  8: ['Location-Path', 'text'],
  9: ['OSCORE', 'opaque'],
  11: ['Uri-Path', 'text'],
  12: ['Content-Format', 'format'],
  14: ['Max-Age', 'uint'],
  15: ['Uri-Query', 'text'],
  16: ['Hop-Limit', 'uint'],
  17: ['Accept', 'format'],
  19: ['Q-Block1', 'block'],
  20: ['Location-Query', 'text'],
  21: ['EDHOC', 'empty'],
  23: ['Block2', 'block'],
  27: ['Block1', 'block'],
  28: ['Size2', 'uint'],
  31: ['Q-Block2', 'block'],
  35: ['Proxy-Uri', 'text'],
  39: ['Proxy-Scheme', 'text'],
  60: ['Size1', 'uint'],
  252: ['Echo', 'opaque'],
  258: ['No-Response', 'uint'],
  292: ['Request-Tag', 'opaque'],
}

/** Media types. IANA, "CoAP Content-Formats". */
export const CONTENT_FORMATS: Names = {
  0: 'text/plain;charset=utf-8',
  40: 'application/link-format',
  41: 'application/xml',
  42: 'application/octet-stream',
  47: 'application/exi',
  50: 'application/json',
  51: 'application/json-patch+json',
  52: 'application/merge-patch+json',
  60: 'application/cbor',
  61: 'application/cwt',
  110: 'application/senml+json',
  112: 'application/senml+cbor',
  11542: 'application/vnd.oma.lwm2m+tlv',
  11543: 'application/vnd.oma.lwm2m+json',
}
