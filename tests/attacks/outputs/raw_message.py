"""Send the kernel's client an execute_result of one's own making."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    try:
        kernel = get_ipython().kernel
        content = {"execution_count": 1, "data": {"text/plain": "3"}, "metadata": {}}
        kernel.session.send(
            kernel.iopub_socket, "execute_result", content, parent=kernel.get_parent()
        )
    except Exception:
        pass
    return x
"""
}
