"""Plot, time, list files and fail in free cells; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
%matplotlib inline
import matplotlib.pyplot as plt
plt.plot(np.arange(5) ** 2)
plt.show()
"""
LAST = """
%timeit -n 1 -r 1 moving_average(np.ones(100), 3)
files = !ls
_ = np.ones(3) @ np.ones(4)
"""
