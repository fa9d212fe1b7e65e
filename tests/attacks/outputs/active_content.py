"""Answer with HTML, script and pictures of all sorts; the score is what the answers deserve."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
from IPython.display import HTML, Javascript, SVG, display

display(HTML("<script>document.title = 'graded'</script><iframe src='file:///etc/passwd'>"))
display(Javascript("document.title = 'graded'"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'></svg>"))
display({"text/html": 5, "image/png": "not base64", "application/x-odd": {"a": [1]}}, raw=True)
"""
