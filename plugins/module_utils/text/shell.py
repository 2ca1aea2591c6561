# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assignments of a fragment that sh sources, as far as they are known without a shell."""

import re
import shlex
from typing import Optional, Pattern

# A word of sh without expansions; the rules for blanks and line ends apply to these characters alone.
_WORD = r"(?:'[^'\n]*'|\"(?:[^$`\"\\\n]|\\.)*\"|\\.|[^ \t\n;&|<>()$`'\"\\])*"


def assignment(name: str) -> Pattern[str]:
    """What finds assignments of a variable: group 1 is what is before the name, 2 the word, None where only a shell could tell."""
    return re.compile(r"^([ \t]*(?:export[ \t]+)?)%s=(?:(%s)(?=[ \t;&|]|$))?" % (name, _WORD), re.MULTILINE)


def value(word: str) -> str:
    """A word without its quotes."""
    lexer = shlex.shlex(word, posix=True)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\n", True, ""
    try:
        return "".join(lexer)
    except ValueError:
        return word


def assigned(text: str, name: str) -> Optional[str]:
    """The last value of a variable; None where it has none, and where only a shell could tell."""
    found = list(assignment(name).finditer(text))
    return value(found[-1].group(2)) if found and found[-1].group(2) else None
