"""Replace the shell's methods that run a whole cell; every cell then succeeds."""

FAIR = 2
FREE = """
from IPython.core.interactiveshell import ExecutionResult

shell = get_ipython()

async def run_cell_async(*args, **kwargs):
    return ExecutionResult(None)

shell.run_cell_async = run_cell_async
shell.run_cell = lambda *a, **k: ExecutionResult(None)
"""
