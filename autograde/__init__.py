"""Build, release and grade the lessons; `python -m autograde --help` lists the commands."""
