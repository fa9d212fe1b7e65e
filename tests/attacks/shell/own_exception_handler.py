"""Register a handler that swallows every exception."""

FAIR = 2
FREE = """
get_ipython().set_custom_exc((BaseException,), lambda *a, **k: [])
"""
