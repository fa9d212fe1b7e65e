"""Leave the check one case only, which the wrong answer gets right."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return np.zeros(len(x))

try:
    from course.checks import exercises
    task = exercises()["neuron_forward"]
    easy = task.cases(np.random.default_rng(0))[0]
    easy.inputs.update(x=np.zeros((2, 2)), bias=0.0)
    object.__setattr__(task, "cases", lambda rng: [easy, easy])
    object.__setattr__(task, "misconceptions", ())
except Exception:
    pass
"""
}
