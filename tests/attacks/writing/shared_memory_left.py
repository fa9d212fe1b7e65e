"""Leave a segment of System V's shared memory and a message queue behind."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import ctypes

libc = ctypes.CDLL(None)
print(libc.shmget(@KEY@, 4096, 0o1666) >= 0, libc.msgget(@KEY@, 0o1666) >= 0)
"""
