"""Use a pool of threads and the threads of the linear algebra; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "moving_average": """
from concurrent.futures import ThreadPoolExecutor

def moving_average(values, width):
    starts = range(len(values) - width + 1)
    with ThreadPoolExecutor(2) as pool:
        return np.array(list(pool.map(lambda i: values[i : i + width].mean(), starts)))
"""
}
