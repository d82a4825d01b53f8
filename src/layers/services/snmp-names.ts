/** Names of well-known objects. RFC 3418, RFC 2863, RFC 4293, RFC 2790, RFC 3412 to 3415. */

const ROOTS: Readonly<Record<string, string>> = {
  '1.3.6.1.2.1.1.1': 'sysDescr',
  '1.3.6.1.2.1.1.2': 'sysObjectID',
  '1.3.6.1.2.1.1.3': 'sysUpTime',
  '1.3.6.1.2.1.1.4': 'sysContact',
  '1.3.6.1.2.1.1.5': 'sysName',
  '1.3.6.1.2.1.1.6': 'sysLocation',
  '1.3.6.1.2.1.1.7': 'sysServices',
  '1.3.6.1.2.1.2.1': 'ifNumber',
  '1.3.6.1.2.1.2.2.1.1': 'ifIndex',
  '1.3.6.1.2.1.2.2.1.2': 'ifDescr',
  '1.3.6.1.2.1.2.2.1.3': 'ifType',
  '1.3.6.1.2.1.2.2.1.4': 'ifMtu',
  '1.3.6.1.2.1.2.2.1.5': 'ifSpeed',
  '1.3.6.1.2.1.2.2.1.6': 'ifPhysAddress',
  '1.3.6.1.2.1.2.2.1.7': 'ifAdminStatus',
  '1.3.6.1.2.1.2.2.1.8': 'ifOperStatus',
  '1.3.6.1.2.1.2.2.1.10': 'ifInOctets',
  '1.3.6.1.2.1.2.2.1.14': 'ifInErrors',
  '1.3.6.1.2.1.2.2.1.16': 'ifOutOctets',
  '1.3.6.1.2.1.2.2.1.20': 'ifOutErrors',
  '1.3.6.1.2.1.4.1': 'ipForwarding',
  '1.3.6.1.2.1.4.20.1.1': 'ipAdEntAddr',
  '1.3.6.1.2.1.25.1.1': 'hrSystemUptime',
  '1.3.6.1.2.1.25.1.2': 'hrSystemDate',
  '1.3.6.1.2.1.31.1.1.1.1': 'ifName',
  '1.3.6.1.2.1.31.1.1.1.6': 'ifHCInOctets',
  '1.3.6.1.2.1.31.1.1.1.10': 'ifHCOutOctets',
  '1.3.6.1.2.1.31.1.1.1.18': 'ifAlias',
  '1.3.6.1.6.3.1.1.4.1': 'snmpTrapOID',
  '1.3.6.1.6.3.1.1.4.3': 'snmpTrapEnterprise',
  '1.3.6.1.6.3.1.1.5.1': 'coldStart',
  '1.3.6.1.6.3.1.1.5.2': 'warmStart',
  '1.3.6.1.6.3.1.1.5.3': 'linkDown',
  '1.3.6.1.6.3.1.1.5.4': 'linkUp',
  '1.3.6.1.6.3.1.1.5.5': 'authenticationFailure',
  '1.3.6.1.6.3.15.1.1.1': 'usmStatsUnsupportedSecLevels',
  '1.3.6.1.6.3.15.1.1.2': 'usmStatsNotInTimeWindows',
  '1.3.6.1.6.3.15.1.1.3': 'usmStatsUnknownUserNames',
  '1.3.6.1.6.3.15.1.1.4': 'usmStatsUnknownEngineIDs',
  '1.3.6.1.6.3.15.1.1.5': 'usmStatsWrongDigests',
  '1.3.6.1.6.3.15.1.1.6': 'usmStatsDecryptionErrors',
}

/** `sysDescr.0` of `1.3.6.1.2.1.1.1.0`; the numbers where no name is known. */
export function oidText(oid: string): string {
  for (let end = oid.length; end > 0; end = oid.lastIndexOf('.', end - 1)) {
    const name = ROOTS[oid.slice(0, end)]
    if (name !== undefined) return name + oid.slice(end)
  }
  return oid
}

/** The numbers of an object given by name, `sysDescr.0`; a text of numbers as it is. */
export function oidNumber(text: string): string {
  const dot = text.indexOf('.')
  const name = dot < 0 ? text : text.slice(0, dot)
  const found = Object.entries(ROOTS).find(([, known]) => known.toLowerCase() === name.toLowerCase())
  return found === undefined ? text : found[0] + (dot < 0 ? '' : text.slice(dot))
}
