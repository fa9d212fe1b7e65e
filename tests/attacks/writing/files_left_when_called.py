"""Leave files behind while the tests run."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    for name in ("@TMP@", "@SHARED@", "@DROP@/@WAS_HERE@", "@VALUABLES@/thesis.txt"):
        try:
            with open(name, "w") as file:
                file.write("remember me")
        except OSError:
            pass
    return x
"""
}
