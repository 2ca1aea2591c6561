# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

r"""Text on its way to a terminal: control characters become escapes that can be seen, and no line can be forged.

A service account writes file names, configuration and answers of the console. Sent to a terminal as they are, they could clear
it, retitle it, hide what was there, or look like Ansible's own lines. Pure; each function gives back unchanged what it has
given before. A backslash stays one, so a text that holds the four characters ``\x1b`` looks like an escaped ESC.

Forms: ``\x1b`` for the control characters of ASCII, and for a byte that is no UTF-8 (``\xff``); ``\u009b`` for the control
characters above it, separators of lines, and the invisible marks that turn the direction of a text around (Unicode TR 36).
"""

import re
from typing import Any, Dict, Match

_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
_IN_BLOCK = re.compile("[%s]" % _HIDDEN)
_IN_LINE = re.compile("[\t\n%s]" % _HIDDEN)
_CONTINUED = re.compile(r"\n(?=[^\s])")
INDENT = "  "

# What Ansible prints as they are, at the beginning of a line or after words of its own.
MESSAGES = frozenset(["msg", "warnings", "deprecations", "exception"])
LINES = frozenset(["before_header", "after_header"])


def block(text: str) -> str:
    """A text of several lines; line feeds and tabs stay."""
    return _IN_BLOCK.sub(_escape, text)


def line(text: str) -> str:
    """A text as one line."""
    return _IN_LINE.sub(_escape, text)


def message(text: str) -> str:
    """Words for people. Lines after the first are indented, so that none looks like a line of Ansible."""
    return _CONTINUED.sub("\n" + INDENT, block(text))


def is_clean(text: str) -> bool:
    """Whether `block` would change nothing."""
    return _IN_BLOCK.search(text) is None


def result(values: Dict[str, Any]) -> Dict[str, Any]:
    """The result of a module, every text and every key in it made visible."""
    return {line(key): _shown(key, value) for key, value in values.items()}


def _shown(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return message(value) if key in MESSAGES else line(value) if key in LINES else block(value)
    if isinstance(value, dict):
        return {line(name) if isinstance(name, str) else name: _shown(name, item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(key, item) for item in value]
    return value


def _escape(found: Match[str]) -> str:
    number = ord(found.group())
    if number > 0xFFFF:
        return "\\U%08x" % number
    if 0xDC80 <= number <= 0xDCFF:  # a byte that is no UTF-8, as surrogateescape keeps it
        return "\\x%02x" % (number - 0xDC00)
    return ("\\x%02x" if number < 0x80 else "\\u%04x") % number
