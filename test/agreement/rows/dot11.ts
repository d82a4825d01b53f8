import { field, hexIfAny, number, type OurLayer, row, same } from '../row.js'
import type { VectorAgreement } from '../vectors.js'

const flag =
  (name: string) =>
  ({ fields }: OurLayer) =>
    (fields.FCfield as string).split('+').includes(name) ? '1' : '0'
const PS_POLL = 10
const isPsPoll = ({ fields }: OurLayer): boolean => fields.type === 1 && fields.subtype === PS_POLL
const capability =
  (name: string) =>
  ({ fields }: OurLayer) =>
    typeof fields.cap === 'string' ? (fields.cap.split('+').includes(name) ? '1' : '0') : undefined
const suites =
  (list: string, member: string) =>
  ({ fields }: OurLayer) =>
    ((fields[list] ?? []) as OurLayer[]).map((suite) => suite.fields[member])
const ANY_ELEMENT = /^Dot11Elt/

export const agreement: VectorAgreement = {
  vectors: ['dot11', 'dot11-management', 'dot11-elements'],
  protocols: { wlan: /^Dot11$/ },
  rows: [
    field('wlan.fc.version', 'Dot11', 'proto'),
    field('wlan.fc.type', 'Dot11', 'type'),
    field('wlan.fc.subtype', 'Dot11', 'subtype'),
    row('wlan.fc.frag', 'Dot11', flag('MF')),
    row('wlan.fc.retry', 'Dot11', flag('retry')),
    row('wlan.fc.pwrmgt', 'Dot11', flag('pw-mgt')),
    row('wlan.fc.moredata', 'Dot11', flag('MD')),
    row('wlan.fc.protected', 'Dot11', flag('protected')),
    row('wlan.fc.order', 'Dot11', flag('order')),
    row('wlan.duration', 'Dot11', (me) => (isPsPoll(me) ? undefined : me.fields.ID)),
    field('wlan.ra', 'Dot11', 'addr1', same),
    row(
      'wlan.ta',
      'Dot11',
      ({ fields }) => (fields.type === 1 && fields.subtype === 14 ? undefined : fields.addr2),
      same,
    ),
    row('wlan.seq', 'Dot11', ({ fields }) => (typeof fields.SC === 'number' ? fields.SC >> 4 : undefined)),
    row('wlan.frag', 'Dot11', ({ fields }) => (typeof fields.SC === 'number' ? fields.SC & 15 : undefined)),
    field('wlan.fcs', 'Dot11FCS', 'fcs'),
    field('wlan.qos.tid', 'Dot11QoS', 'TID'),
    field('wlan.qos.ack', 'Dot11QoS', 'Ack_Policy'),
    row('wlan.wep.iv', 'Dot11WEP', ({ fields }) => Number.parseInt(fields.iv as string, 16)),
    row('wlan.wep.key', /^Dot11(WEP|TKIP|CCMP)$/, ({ fields }) => fields.keyid ?? fields.key_id),
    field('wlan.wep.icv', 'Dot11WEP', 'icv'),
    field('wlan.fixed.timestamp', /^Dot11(Beacon|ProbeResp)$/, 'timestamp'),
    field('wlan.fixed.beacon', /^Dot11(Beacon|ProbeResp)$/, 'beacon_interval'),
    row('wlan.fixed.capabilities.ess', /^Dot11/, capability('ESS')),
    row('wlan.fixed.capabilities.privacy', /^Dot11/, capability('privacy')),
    row('wlan.fixed.capabilities.short_slot_time', /^Dot11/, capability('short-slot')),
    field('wlan.fixed.listen_ival', /^Dot11(Re)?[Aa]ssoReq$/, 'listen_interval'),
    field('wlan.fixed.current_ap', 'Dot11ReassoReq', 'current_AP', same),
    row('wlan.fixed.aid', /^Dot11(Re)?[Aa]ssoResp$/, ({ fields }) => (fields.AID as number) & 0x3fff),
    field('wlan.fixed.status_code', /^Dot11(A|Rea)/, 'status'),
    field('wlan.fixed.auth.alg', 'Dot11Auth', 'algo'),
    field('wlan.fixed.auth_seq', 'Dot11Auth', 'seqnum'),
    field('wlan.fixed.reason_code', /^Dot11(Disas|Deauth)$/, 'reason'),
    field('wlan.fixed.category_code', 'Dot11Action', 'category'),
    field('wlan.tag.number', ANY_ELEMENT, 'ID'),
    row('wlan.tag.length', ANY_ELEMENT, ({ fields }) => (fields.ID === 255 ? undefined : fields.len)),
    row('wlan.ssid', 'Dot11Elt', ({ fields }) => (fields.ID === 0 ? fields.info : undefined), hexIfAny),
    row('wlan.supported_rates', 'Dot11EltRates', ({ fields }) => (fields.ID === 1 ? fields.rates : undefined)),
    field('wlan.ds.current_channel', 'Dot11EltDSSSet', 'channel'),
    field('wlan.tim.dtim_count', 'Dot11EltTIM', 'dtim_count'),
    field('wlan.tim.dtim_period', 'Dot11EltTIM', 'dtim_period'),
    row('wlan.country_info.fnm.fcn', 'Dot11EltCountry', suites('descriptors', 'first_channel_number')),
    row('wlan.country_info.fnm.mtpl', 'Dot11EltCountry', suites('descriptors', 'mtp')),
    field('wlan.qbss.scount', 'Dot11EltBSSLoad', 'station_count'),
    field('wlan.qbss.cu', 'Dot11EltBSSLoad', 'channel_utilization'),
    field('wlan.mobility_domain.mdid', 'Dot11EltMobilityDomain', 'mdid'),
    field('wlan.ext_tag.number', 'Dot11EltExtension', 'ext_ID'),
    field('wlan.rsn.version', 'Dot11EltRSN', 'version'),
    row('wlan.rsn.gcs.type', 'Dot11EltRSN', suites('group_cipher_suite', 'cipher')),
    row('wlan.rsn.pcs.type', 'Dot11EltRSN', suites('pairwise_cipher_suites', 'cipher')),
    row('wlan.rsn.akms.type', 'Dot11EltRSN', suites('akm_suites', 'suite')),
    row('wlan.rsn.gmcs.type', 'Dot11EltRSN', suites('group_management_cipher_suite', 'cipher')),
    field('wlan.rsn.capabilities.mfpr', 'Dot11EltRSN', 'mfp_required'),
    field('wlan.rsn.capabilities.mfpc', 'Dot11EltRSN', 'mfp_capable'),
    field('wlan.rsn.capabilities.preauth', 'Dot11EltRSN', 'pre_auth'),
    row('wlan.wfa.ie.wpa.mcs.type', 'Dot11EltMicrosoftWPA', suites('group_cipher_suite', 'cipher')),
    row('wlan.wfa.ie.wpa.ucs.type', 'Dot11EltMicrosoftWPA', suites('pairwise_cipher_suites', 'cipher')),
    row('wlan.wfa.ie.wpa.type', 'Dot11EltMicrosoftWPA', suites('akm_suites', 'suite')),
    row('wlan.tag.oui', /^Dot11Elt(VendorSpecific|MicrosoftWPA)$/, ({ fields }) => fields.oui, number),
    field('wlan.ht.capabilities.short20', 'Dot11EltHTCapabilities', 'Short_GI_20Mhz'),
    field('wlan.ht.capabilities.sm', 'Dot11EltHTCapabilities', 'SM_Power_Save'),
    field('wlan.ht.capabilities.rxstbc', 'Dot11EltHTCapabilities', 'Rx_STBC'),
    field('wlan.ht.info.primarychannel', 'Dot11EltHTOperation', 'primary_channel'),
    field('wlan.vht.capabilities', 'Dot11EltVHTCapabilities', 'capabilities'),
    field('wlan.vht.op.channelwidth', 'Dot11EltVHTOperation', 'channel_width'),
    field('wlan.vht.op.channelcenter0', 'Dot11EltVHTOperation', 'center_0'),
  ],
  except: {
    'Dot11Action block-ack 1 02:00:00:00:00:00 > 02:00:00:00:01:00':
      'tshark reads what the action is about, which stays bytes here.',
    'Dot11Action public 0 02:00:00:00:00:02 > 02:00:00:00:00:02':
      'tshark reads what the action is about, which stays bytes here.',
  },
}
