# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a value can be one of its option's type, as far as the manuals tell.

The language has no types of its own: each option reads its text (page 3/3-api/structs-ec-config-option-def). Only types whose
spelling a page states completely are judged; texts, paths, lists, dictionaries, bounds and durations may be anything.
"""

import re
from typing import Callable, Dict, Tuple

from ..ecconf.syntax.atoms import parse_bool, plain_text

_ENUM = "enum("
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?\Z")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_OCTAL = re.compile(r"[0-7]+\Z")
_THROTTLE = re.compile(r"[0-9]+(/[0-9]+)?\Z")

# For each type: whether a text fits, and what is expected, in words that follow "is not".
_TYPES: Dict[str, Tuple[Callable[[str], bool], str]] = {
    # Pages 4/console-commands/config and 3/3-api/arch-primary-apis: the words of both.
    "boolean": (lambda text: parse_bool(text) is not None, "a boolean (true, yes, on, enabled, 1, or the opposite)"),
    "integer": (lambda text: _INTEGER.match(text) is not None, "an integer"),
    "octal": (lambda text: _OCTAL.match(text) is not None, "an octal number such as 0640"),
    # Page 4/config/ref-outbound-throttle-messages.
    "throttle": (lambda text: _THROTTLE.match(text) is not None, "a number, or number/seconds such as 60/3"),
}

# What single options take beside the values of their type, by their pages.
_WORDS: Dict[str, Tuple[str, ...]] = {
    "blackhole": ("inline", "internal"),  # 4/config/ref-blackhole
    "max_retries": ("auto", "none"),  # 4/config/ref-max-retries
    "xclient": ("ifavailable", "required"),  # 4/config/ref-xclient
}
_FRACTIONS = frozenset(["high_threshold", "low_threshold"])  # 3/3-ad/ad-rules-sweep-rules


def expected(name: str, kind: str, value: object) -> str:
    """Return what an option takes, in words, if a value cannot be that; empty where it can, or where nobody knows.

    name: of the option, in any letter case. kind: its type in the catalog. value: text, number, boolean, list or dictionary,
    as a task has it or as the language has it.
    """
    words = _WORDS.get(name.lower(), ())
    if kind == "octal" and isinstance(value, int) and not isinstance(value, bool):
        return ""  # a number is a mode by its value, as YAML makes it of 0640, and is judged where it becomes text
    if kind.startswith(_ENUM):
        words, requested = tuple(kind[len(_ENUM) : -1].split("|")), ""
    elif kind in _TYPES:
        requested = _TYPES[kind][1]
    else:
        return ""
    if not isinstance(value, (list, tuple, dict)) and _fits(name, kind, words, plain_text(value)):
        return ""
    return " or ".join(part for part in (requested, "one of %s" % ", ".join(words) if words else "") if part)


def _fits(name: str, kind: str, words: Tuple[str, ...], text: str) -> bool:
    if text.lower() in [word.lower() for word in words]:
        return True
    if name.lower() in _FRACTIONS and _DECIMAL.match(text):
        return True
    return kind in _TYPES and _TYPES[kind][0](text)
