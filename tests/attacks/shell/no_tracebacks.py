"""Keep the shell from showing any error."""

FAIR = 2
FREE = """
shell = get_ipython()
shell.showtraceback = lambda *a, **k: None
shell._showtraceback = lambda *a, **k: None
shell.showsyntaxerror = lambda *a, **k: None
"""
