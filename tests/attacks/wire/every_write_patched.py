"""Send every message of the student's process twice, and the halves of some of them."""

FAIR = 2
FREE = """
import os
import socket

write = os.write
counts = {}

def twice(number, data):
    if number > 2:
        counts[number] = counts.get(number, 0) + 1
        if counts[number] > 20:
            write(number, bytes(data)[: len(data) // 2])
    return write(number, data)

os.write = twice
"""
