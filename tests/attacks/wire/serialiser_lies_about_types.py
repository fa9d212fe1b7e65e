"""Make the student's process name other types than it sends, by patching its json."""

FAIR = 2
FREE = """
import json
import re

real, encode = json.dumps, json.JSONEncoder.encode
times = [0]

def lie(text):
    times[0] += 1
    kinds = ("O", "|O8", "V8", "U999999999", "f8,(1000000,)f8", "M8[ns]", "<f8" * 99, "x", "")
    kind = kinds[times[0] % len(kinds)]
    return re.sub(r'"(dtype|descr|typestr)": ?"[^"]*"', r'"\\1": "' + kind + '"', text)

json.dumps = lambda *a, **k: lie(real(*a, **k))
json.JSONEncoder.encode = lambda self, thing: lie(encode(self, thing))
"""
