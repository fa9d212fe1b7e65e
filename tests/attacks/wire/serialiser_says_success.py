"""Make the student's process turn every message about an error into one about success."""

FAIR = 2
FREE = """
import json

real, encode = json.dumps, json.JSONEncoder.encode

def lie(text):
    for no, yes in (
        ('"ok": false', '"ok": true'),
        ('"ok":false', '"ok":true'),
        ('"passed": false', '"passed": true'),
        ('"error"', '"result"'),
        ('"raised"', '"value"'),
    ):
        text = text.replace(no, yes)
    return text

json.dumps = lambda *a, **k: lie(real(*a, **k))
json.JSONEncoder.encode = lambda self, thing: lie(encode(self, thing))
"""
