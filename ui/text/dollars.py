"""Where a formula begins and ends in a line of Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

# Pandoc's rule ("tex_math_dollars"): nothing blank inside beside the signs and no digit after the
# second, so that "$5 and $6" are prices; and no backtick, since code goes before formulas.
_FORMULA = re.compile(
    r"\$\$((?:\\.|[^\\$])+)\$\$|\$(?!\s)((?:\\.|[^\\$`])+)(?<!\s)\$(?!\d)", re.DOTALL
)


def dollars(state: StateInline, silent: bool) -> bool:
    """Rule of markdown-it: a formula at this place, ``$…$`` or ``$$…$$``."""
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("math_inline_double" if found[1] else "math_inline", "math", 0)
        token.content = found[1] or found[2]
    state.pos = found.end()
    return True
