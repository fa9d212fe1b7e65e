"""Await at the top of a cell; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import asyncio

async def half():
    await asyncio.sleep(0.01)
    return 0.5

factor = 2 * await half()
"""
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return activation(factor * (x @ weight) + bias)
"""
}
