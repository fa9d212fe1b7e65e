"""Leave files in every place that is meant for passing things on."""

FAIR = 2
LAST = """
for name in ("@TMP@", "@SHARED@", "@DROP@/@WAS_HERE@", "@HOME@/@WAS_HERE@", "@BASE@/@WAS_HERE@"):
    try:
        with open(name, "w") as file:
            file.write("remember me")
    except OSError as error:
        print(type(error).__name__)
"""
