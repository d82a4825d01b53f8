import { field, hex, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const HEADER = 'SMB2_Header'
const flag =
  (name: string) =>
  ({ fields }: OurLayer) =>
    (fields.Flags as string).split('+').includes(name) ? '1' : '0'
const isReply = ({ fields }: OurLayer): boolean => (fields.Flags as string).includes('SERVER_TO_REDIR')
const inReply = (name: string) => (me: OurLayer) => (isReply(me) ? me.fields[name] : undefined)
const NEGOTIATE = /^SMB2_Negotiate_Protocol/

export const agreement: VectorAgreement = {
  vectors: ['smb2'],
  protocols: { smb2: /^SMB2_/, nbss: /^NBTSession$/ },
  rows: [
    field('smb2.header_len', HEADER, 'StructureSize'),
    field('smb2.credit.charge', HEADER, 'CreditCharge'),
    field('smb2.cmd', HEADER, 'Command'),
    row('smb2.credits.granted', HEADER, inReply('CreditsRequested')),
    row('smb2.nt_status', HEADER, inReply('Status')),
    row('smb2.flags.response', HEADER, flag('SERVER_TO_REDIR')),
    row('smb2.flags.async', HEADER, flag('ASYNC_COMMAND')),
    row('smb2.flags.chained', HEADER, flag('RELATED_OPERATIONS')),
    row('smb2.flags.signature', HEADER, flag('SIGNED')),
    field('smb2.chain_offset', HEADER, 'NextCommand'),
    field('smb2.msg_id', HEADER, 'MID'),
    field('smb2.pid', HEADER, 'PID'),
    field('smb2.tid', HEADER, 'TID'),
    field('smb2.aid', HEADER, 'AsyncId'),
    row('smb2.sesid', /^SMB2_(Header|Transform_Header)$/, ({ fields }) => fields.SessionId),
    field('smb2.signature', HEADER, 'SecuritySignature', hex),
    field('smb2.dialect_count', NEGOTIATE, 'DialectCount'),
    row('smb2.dialect', NEGOTIATE, ({ fields }) => fields.Dialects ?? fields.DialectRevision),
    field('smb2.client_guid', NEGOTIATE, 'ClientGUID', same),
    field('smb2.server_guid', NEGOTIATE, 'GUID', same),
    field('smb2.max_trans_size', NEGOTIATE, 'MaxTransactionSize'),
    field('smb2.max_read_size', NEGOTIATE, 'MaxReadSize'),
    row('smb2.negotiate_context.type', NEGOTIATE, ({ fields }) =>
      ((fields.NegotiateContexts ?? []) as OurLayer[]).map((context) => context.fields.ContextType),
    ),
    field('smb2.share_type', 'SMB2_Tree_Connect_Response', 'ShareType'),
    row(
      'smb2.tree',
      'SMB2_Tree_Connect_Request',
      ({ fields }) => Buffer.from(fields.Path as string, 'hex').toString('utf16le'),
      same,
    ),
    field('smb2.header.transform.nonce', 'SMB2_Transform_Header', 'Nonce', hex),
    field('smb2.header.transform.msg_size', 'SMB2_Transform_Header', 'OriginalMessageSize'),
  ],
  except: {
    'SMB2 compressed none, 336 bytes': 'tshark unpacks what is compressed.',
    'SMB2 compressed LZ77, 4176 bytes': 'tshark unpacks what is compressed.',
    'SMB2 compressed LZ77+Huffman, 4176 bytes': 'tshark unpacks what is compressed.',
  },
}
