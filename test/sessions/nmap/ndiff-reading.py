# Reads nmap's XML with ndiff's own reader and prints what it has found as JSON: another opinion of what the XML says.
import json
import sys

import ndiff

scan = ndiff.Scan()
scan.load_from_file(sys.argv[1])
hosts = []
for host in scan.hosts:
    ports = []
    for (number, protocol), port in sorted(host.ports.items()):
        ports.append([number, protocol, port.state, port.service.name, port.service.product, port.service.version,
                      [[script.id, script.output] for script in port.script_results]])
    hosts.append({
        "state": host.state,
        "addresses": [address.s for address in host.addresses],
        "names": host.hostnames,
        "ports": ports,
        "extraports": sorted(host.extraports.items()),
        "os": [match for match in host.os],
    })
print(json.dumps({"args": scan.args, "version": scan.version, "hosts": hosts}))
