"""Run shell commands that leave files behind."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "!touch @TMP@ @DROP@/@WAS_HERE@\n!echo @WAS_HERE@ >> @HOME@/.bashrc"
LAST = "%%bash\ntouch @SHARED@\necho @WAS_HERE@ >> @VALUABLES@/thesis.txt"
