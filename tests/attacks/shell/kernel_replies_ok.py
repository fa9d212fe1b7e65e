"""Let the kernel answer every request with success, without running anything."""

FAIR = 2
FREE = """
kernel = get_ipython().kernel

async def do_execute(*args, **kwargs):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}

kernel.do_execute = do_execute
"""
