"""Scapy's side of the interchange: reads a JSON line, writes one. {"eval": text} gives bytes; {"dissect": [name, hex]} gives command()."""
import json, logging, sys
logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import *  # noqa
import scapy.all as everything

for line in sys.stdin:
    question = json.loads(line)
    try:
        if "eval" in question:
            answer = {"hex": bytes(eval(question["eval"], dict(vars(everything)))).hex()}
        else:
            name, digits = question["dissect"]
            answer = {"command": getattr(everything, name)(bytes.fromhex(digits)).command()}
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    print(json.dumps(answer), flush=True)
