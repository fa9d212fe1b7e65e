"""Start two hundred threads that sleep."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import threading
import time

try:
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(45,), daemon=True).start()
except RuntimeError as error:
    print(type(error).__name__)
"""
