"""
Scapy's side of the phrasebook: reads {"phrases": [[before, line, is_only_names], ...]} from a file, writes an outcome for each to
another one. Of lines that would not end or need a window, only the names are looked up.
"""
import ast
import builtins
import contextlib
import io
import json
import logging
import os
import signal
import sys

logging.getLogger("scapy").setLevel(logging.CRITICAL)
import scapy.all as everything
from scapy.all import *  # noqa
from scapy.config import conf
from scapy.fields import FlagValue
from scapy.plist import _PacketList

# What Scapy prints while it waits is not looked at.
conf.verb = 0
conf.color_theme = everything.NoTheme()
# Seconds that a line may take; some wait for ever.
PATIENCE = 4


class Late(BaseException):
    """None of the exceptions that Scapy catches."""


def late(*_):
    raise Late("took longer than %d s" % PATIENCE)


signal.signal(signal.SIGALRM, late)


def hex_of(packet):
    return [bytes(each).hex() for each in packet]


def value_of(value):
    if isinstance(value, Packet):
        all_of_it = hex_of(value)
        return {"kind": "packets", "hex": all_of_it, "isOne": len(all_of_it) == 1}
    if isinstance(value, everything.SndRcvList):
        return {"kind": "pairs", "count": len(value)}
    if isinstance(value, type) and issubclass(value, Packet):
        return {"kind": "layer", "name": value.__name__}
    if isinstance(value, bytes):
        return {"kind": "bytes", "hex": value.hex()}
    if isinstance(value, FlagValue):
        return {"kind": "plain", "value": str(value)}
    if value is None or isinstance(value, (str, bool, int, float)):
        return {"kind": "plain", "value": value}
    if isinstance(value, (list, tuple, _PacketList)):
        items = list(value)
        if isinstance(value, _PacketList) or (items and all(isinstance(each, Packet) for each in items)):
            return {"kind": "packets", "hex": [bytes(each).hex() for each in items], "isOne": False}
        return {"kind": "list", "items": [value_of(each) for each in items]}
    try:
        return {"kind": "plain", "value": float(value)}
    except (TypeError, ValueError):
        return {"kind": "other", "name": type(value).__name__}


def unknown_names(tree, names):
    """Names, and attributes of names, that nobody has."""
    own = {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
    own |= {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and each.id not in own and each.id not in names and not hasattr(builtins, each.id):
            yield each.id
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in names:
            if not hasattr(names[each.value.id], each.attr):
                yield ast.unparse(each)


def outcome_of(before, line, is_only_names):
    names = dict(vars(everything))
    exec(before, names)
    tree = ast.parse(line)
    if is_only_names:
        # What comes before the last statement loads names.
        exec(compile(ast.Module(tree.body[:-1], []), "line", "exec"), names)
        missing = list(unknown_names(tree, names))
        answer = {"value": {"kind": "plain", "value": None}, "shown": "", "isExpression": False, "pkt": hex_of(names["pkt"])}
        if missing:
            answer["error"] = "there is no %s" % ", ".join(missing)
        return answer
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    answer = {"isExpression": last is not None}
    value = None
    # Again and again: one may be lost where Python cannot raise it.
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, 1)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(tree, "line", "exec"), names)
            value = None if last is None else eval(compile(last, "line", "eval"), names)
            answer["value"] = value_of(value)
    except BaseException as error:
        answer["error"] = "%s: %s" % (type(error).__name__, error)
        answer.setdefault("value", {"kind": "plain", "value": None})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    answer["shown"] = printed.getvalue()
    answer["pkt"] = hex_of(names["pkt"])
    return answer


question, output = sys.argv[1:]
with open(question) as file, open(output, "w") as out:
    for before, line, is_only_names in json.load(file)["phrases"]:
        out.write(json.dumps(outcome_of(before, line, is_only_names)) + "\n")
        out.flush()

# Threads that some lines leave behind do not end.
out.close()
os._exit(0)
