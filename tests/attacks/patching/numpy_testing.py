"""Replace NumPy's comparison by one that always says yes."""

FAIR = 2
FREE = "np.testing.assert_allclose = lambda *a, **k: None"
