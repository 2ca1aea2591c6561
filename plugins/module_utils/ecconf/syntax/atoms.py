# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atoms: one word or string of the language, between its text in a file and plain Python data."""

import re
from typing import Any, Optional

from .errors import EditError
from .lexer import BARE_RE, STRING_RE

TRUE = frozenset(("on", "true", "enabled", "yes", "1"))
FALSE = frozenset(("off", "false", "disabled", "no", "0"))
_PAIR = re.compile(r"\\([\s\S])")
# R3: white space or one of these demands quotation marks. A leading byte order mark would vanish at a file's start.
_MUST_QUOTE = re.compile(r"""[\s#/"'={}\[\]()\ufeff]""")
# Words that the manuals write bare; any other text is quoted because quotes are never wrong (R21 shows an option
# that needs them).
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")


def parse_bool(text: str) -> Optional[bool]:
    """True, False, or None for a text that is no boolean (R12, the union of both documented lists)."""
    word = text.lower()
    return True if word in TRUE else False if word in FALSE else None


def kind_of(raw: str) -> str:
    """Say whether a value as written is a 'scalar', a 'list' or a 'dict'."""
    return "list" if raw[:1] == "(" else "dict" if raw[:1] == "[" else "scalar"


def unquote(raw: str) -> str:
    r"""The text of an atom: the delimiters gone and ``\"`` (or ``\'``) resolved; every other ``\x`` keeps both."""
    quote = raw[:1]
    if quote not in ('"', "'") or not quote:
        return raw
    body = raw[1:-1]
    if "\\" not in body:
        return body
    return _PAIR.sub(lambda m: quote if m.group(1) == quote else m.group(0), body)


def quote(text: str) -> str:
    """The text as a double-quoted string; not every text survives that, see ``to_text``."""
    return '"%s"' % text.replace('"', '\\"')


def plain_text(value: Any) -> str:
    """A scalar as the text that the language would give back for it; EditError for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise EditError("a value must be text, a number or a boolean, not %s" % type(value).__name__)


def atom_text(text: str, like: Optional[str] = None, in_list: bool = False) -> str:
    """Write one atom, in the quoting of ``like`` where that fits, so that it reads back as the same text."""
    if "\0" in text:
        raise EditError("the value has a NUL character, at which a program written in C ends it")
    bare = text if text and not _MUST_QUOTE.search(text) and not (in_list and "," in text) else None
    if like is None or like[:1] in ("(", "["):
        word = _PLAIN.match(text) is not None or text.lower() in TRUE | FALSE
    else:
        word = like[:1] not in ('"', "'")
    single = "'%s'" % text.replace("'", "\\'") if like is not None and like[:1] == "'" else None
    for candidate in (bare if word else None, single, quote(text), bare):
        if candidate is not None and _reads_back(candidate, text):
            return candidate
    # The text is not quoted: it may be a secret.
    raise EditError(
        "the value cannot be written in this language: it has a backslash before a quotation mark or at its end"
    )


def _reads_back(candidate: str, text: str) -> bool:
    """Whether the candidate is one whole atom with this text."""
    found = STRING_RE.match(candidate) or BARE_RE.match(candidate)
    return found is not None and found.end() == len(candidate) and unquote(candidate) == text
