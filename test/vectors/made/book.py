"""Collects known packets, has laid-out ones read by tshark or tcpdump, and writes them as files of vectors."""

import json
import os
import subprocess
import tempfile

from scapy.all import VERSION, Packet, raw, wrpcap

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Link types (pcap-linktype) of the layers that a packet may start with.
LINK_TYPES = {'Ether': 1, 'Dot11': 105, 'HDLC': 50, 'LoopbackBE': 108, 'CookedLinuxV2': 276}

files = {}


def part(name, **fields):
    """A layer inside a field, as the JSON contract has it. A name that Python has already gets a _ behind it here."""
    return {'name': name, 'fields': {key.rstrip('_'): value for key, value in fields.items()}}


def built(group, layer, name, expression, fields, names, start='Ether', **more):
    """A packet that Scapy builds of `expression`, with names from `names`; `fields` are the values it was given."""
    packet = eval(expression, names)
    add('scapy', group, layer, name, f'Scapy {VERSION}: {expression}', 'Scapy', start, raw(packet), fields, more)


def laid(group, layer, name, after, data, fields, shows, reader='tshark', start='Ether', options=(), **more):
    """Bytes laid out by hand after a standard; the reader's text must have each part of a line in `shows`."""
    data = raw(data) if isinstance(data, Packet) else data
    text, version = READERS[reader](data, LINK_TYPES[start], options)
    for each in shows:
        if each not in text:
            raise ValueError(f'{layer} {name}: {reader} does not say {each!r}:\n{text}')
    if 'Malformed' in text or '[|' in text:
        raise ValueError(f'{layer} {name}: {reader} finds it malformed:\n{text}')
    source = f'laid out by hand after {after}, read by {reader} {version}'
    add('laid', group, layer, name, source, reader, start, data, fields, more)


def add(kind, group, layer, name, source, tool, start, data, fields, more):
    vector = {'layer': layer, 'name': name, 'source': source, 'tool': tool, 'from': start, 'hex': data.hex()}
    files.setdefault(f'{kind}-{group}', []).append({**vector, 'fields': fields, **more})


def write():
    for name, vectors in sorted(files.items()):
        with open(os.path.join(FOLDER, f'{name}.json'), 'w', encoding='utf-8') as file:
            json.dump({'vectors': vectors}, file, indent=2, ensure_ascii=False)
            file.write('\n')


def read_by(command, version):
    def read(data, link_type, options):
        with tempfile.NamedTemporaryFile(suffix='.pcap') as file:
            wrpcap(file.name, [data], linktype=link_type)
            done = subprocess.run(
                [*command, file.name, *options], capture_output=True, text=True, timeout=60, check=True
            )
        return done.stdout, version

    return read


def version_of(command, word):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return (done.stdout + done.stderr).split(word, 1)[1].split()[0]


READERS = {
    'tshark': read_by(['tshark', '-V', '-n', '-r'], version_of(['tshark', '--version'], 'TShark (Wireshark) ')),
    'tcpdump': read_by(['tcpdump', '-n', '-vv', '-e', '-r'], version_of(['tcpdump', '--version'], 'tcpdump version ')),
}
