"""Make the student's process send other shapes than the arrays have, by patching its json."""

FAIR = 2
FREE = """
import json
import re

real, encode = json.dumps, json.JSONEncoder.encode
times = [0]

def lie(text):
    times[0] += 1
    shapes = ("[27]", "[1000000000000]", "[-1]", "[2,-1]", "[0]", '["2"]', "[[2]]", "[1e3]", "null")
    shape = shapes[times[0] % len(shapes)]
    return re.sub(r'"shape": ?\\[[^]]*]', '"shape": ' + shape, text)

json.dumps = lambda *a, **k: lie(real(*a, **k))
json.JSONEncoder.encode = lambda self, thing: lie(encode(self, thing))
"""
