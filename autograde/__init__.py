"""Build, release and grade the lessons; `python -m autograde --help` lists the commands."""

import sys

# For the internationalised addresses that none of our schemas has, jsonschema imports a package
# that builds a grammar first: more than half of the start of a command.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
