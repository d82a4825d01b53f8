"""Writes test/vectors/scapy-*.json and laid-*.json anew: `/usr/bin/python3 test/vectors/made`.

Needs Debian's python3-scapy, python3-cryptography, python3-dnspython, tshark and tcpdump.
"""

import importlib
import os
import pkgutil
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, FOLDER)

import book  # noqa: E402  (found by the line above)

for module in sorted(each.name for each in pkgutil.iter_modules([FOLDER])):
    if module.startswith(('scapy_', 'laid_')):
        importlib.import_module(module)
book.write()
for name, vectors in sorted(book.files.items()):
    print(name, len(vectors))
