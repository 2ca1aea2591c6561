# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of scopes: ``ESMTP_Listener > Listen ":25"`` and back."""

from typing import Iterable, Optional, Tuple

from .syntax.atoms import quote, unquote
from .syntax.errors import InvalidValue
from .syntax.lexer import BARE_RE, INSTANCE_RE, STRING_RE, TRIVIA_RE

# From the outside in; () is the global scope.
Path = Tuple[Tuple[str, Optional[str]], ...]


def parse_path(elements: Iterable[str]) -> Path:
    """Read scope names as they are in a file, ``name`` or ``name instance``, the outermost first.

    Raises InvalidValue with the element that is no scope name.
    """
    return tuple(_parse_element(element) for element in elements)


def _parse_element(element: str) -> Tuple[str, Optional[str]]:
    """Read one scope name with the lexer of the language."""
    text = element.strip(" \t\r\n")
    name = BARE_RE.match(text)
    if name is None:
        raise InvalidValue("not the name of a scope: %r" % element)
    if name.end() == len(text):
        return text, None
    start = TRIVIA_RE.match(text, name.end()).end()  # type: ignore[union-attr]
    instance = STRING_RE.match(text, start) or INSTANCE_RE.match(text, start)
    if instance is None or instance.end() != len(text):
        raise InvalidValue("not the name of a scope, optionally followed by one instance name: %r" % element)
    return name.group(), unquote(instance.group())


def format_path(path: Path) -> str:
    """The scope path as people read it, outermost first; the global scope is 'global'."""
    return (
        " > ".join(name if instance is None else "%s %s" % (name, quote(instance)) for name, instance in path)
        or "global"
    )


def same_scope(a: Tuple[str, Optional[str]], b: Tuple[str, Optional[str]]) -> bool:
    """Whether two path elements name one scope: names in any letter case, instances exactly (A7)."""
    return a[0].lower() == b[0].lower() and a[1] == b[1]
