"""Asks for something small very often over one session of requests, as its documentation shows it.

Usage: python3 requests_peer.py URL COUNT
Prints one JSON object: seconds, seconds of CPU, and how many different answers came.
"""
import json
import sys
import time

import requests

WARM_UP = 200

url, count = sys.argv[1], int(sys.argv[2])
with requests.Session() as session:
    answers = set()
    for _ in range(WARM_UP):
        session.get(url).text
    began, used = time.monotonic(), time.process_time()
    for _ in range(count):
        answers.add(session.get(url).text)
    print(json.dumps({
        "seconds": time.monotonic() - began,
        "cpu": time.process_time() - used,
        "answers": sorted(answers),
    }))
