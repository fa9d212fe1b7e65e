"""Read the cells that ran before, hidden tests among them, from the shell's history."""

from ..harness import TELL

FAIR = 2
LAST = TELL + "tell(*In)\ntell(*get_ipython().user_ns['_ih'])\ntell(_i, _ii, _iii)"
