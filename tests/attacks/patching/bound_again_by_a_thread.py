"""Let a thread bind the check's names again and again, whatever the set-up cell imported."""

FAIR = 2
FREE = """
import threading
import time

def bind():
    import __main__
    end = time.monotonic() + 20
    while time.monotonic() < end:
        __main__.check = lambda *a, **k: None
        __main__.np.testing.assert_allclose = __main__.check
        time.sleep(0.001)

threading.Thread(target=bind, daemon=True).start()
"""
