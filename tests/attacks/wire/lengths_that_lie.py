"""Make the student's process announce other lengths than it sends, by patching its struct."""

FAIR = 2
FREE = """
import struct

real = struct.pack
times = [0]

def pack(form, *values):
    times[0] += 1
    for wrong in ((2**31 - 1,), (0,), (2**32 - 1,), (2**63 - 1,)):
        if times[0] % 3 == 0 and len(values) == 1 and isinstance(values[0], int):
            try:
                return real(form, *wrong)
            except struct.error:
                continue
    return real(form, *values)

struct.pack = pack
"""
