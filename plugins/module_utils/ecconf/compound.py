# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing lists and dictionaries element by element, so that what stays keeps its place, quoting and comments."""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .lexer import BARE, LIST_BARE, STRING, TRIVIA
from .trivia import is_white, line_end
from .values import atom_text, plain_text, unquote

_ELEMENT = re.compile(r"((?:{t},)*{t})({s}|{b})".format(t=TRIVIA, s=STRING, b=LIST_BARE))
# The rest of a line up to and with a comment that belongs to what stands before it.
_TRAIL = re.compile(r"[ \t,]*\#(?:[^\r\n]|\r(?!\n))*")
_PAIR = re.compile(r"({t})({s}|{b})({t}={t})({s}|{b})".format(t=TRIVIA, s=STRING, b=BARE))


class Element(NamedTuple):
    """An element of a list, or a pair of a dictionary (whose key and separator precede the text).

    ``trail`` is the comment at the end of its line.
    """

    lead: str
    key: str
    separator: str
    text: str
    trail: str


def _split(raw: str) -> Optional[Tuple[List[Element], str]]:
    """The elements and what follows the last one, the closing bracket included; None for nested values."""
    pattern = _ELEMENT if raw[0] == "(" else _PAIR
    found: List[Element] = []
    pos = 1
    while True:
        match = pattern.match(raw, pos)
        if match is None:
            return (found, raw[pos:]) if _is_end(raw[pos:]) else None
        lead, text = match.group(1), match.group(match.re.groups)
        key, separator = match.group(2, 3) if raw[0] == "[" else ("", "")
        trail = _TRAIL.match(raw, match.end())
        found.append(Element(lead, key, separator, text, trail.group() if trail else ""))
        pos = trail.end() if trail else match.end()


def _is_end(text: str) -> bool:
    """Whether nothing but white space, comments and commas stand before the closing bracket."""
    return re.match(r"(?:%s,)*%s[)\]]\Z" % (TRIVIA, TRIVIA), text) is not None


def _join(raw: str, old: List[Element], elements: List[Element], rest: str) -> str:
    """Put the value together again, with a line end after each comment and a blank wherever words would meet."""
    line_break = "\r\n" if "\r\n" in raw else "\n"
    pieces = [raw[0]]
    trail = ""
    for index, element in enumerate(elements):
        lead = element.lead if index else old[0].lead
        if trail and not line_end(lead):
            lead = line_break + lead
        elif index and not lead:
            lead = _new_lead(old)
        pieces += [lead, element.key, element.separator, element.text, element.trail]
        trail = element.trail
    return "".join(pieces) + (line_break if trail and not line_end(rest) else "") + rest


def _new_lead(elements: List[Element]) -> str:
    """What stands before a further element, as the last one has it; comments are not repeated."""
    lead = elements[-1].lead
    if len(elements) > 1 and lead and is_white(lead.replace(",", "")):
        return lead
    head, line_break, indent = lead.rpartition("\n")
    if line_break and is_white(indent):
        return ("\r\n" if head.endswith("\r") else "\n") + indent
    return " "


def replace_list(raw: str, values: List[Any]) -> Optional[str]:
    """The list with these elements, those at its start and end that stay untouched; None: write it anew."""
    parts = _split(raw)
    if parts is None or not parts[0] or not values:
        return None
    old, rest = parts
    new = [plain_text(value) for value in values]
    have = [unquote(element.text) for element in old]
    limit = min(len(old), len(new))
    head = next((i for i in range(limit) if have[i] != new[i]), limit)
    tail = next((i for i in range(limit - head) if have[-1 - i] != new[-1 - i]), limit - head)
    middle = [_element(old, index, text) for index, text in enumerate(new[head : len(new) - tail], head)]
    elements = old[:head] + middle + old[len(old) - tail :]
    return _join(raw, old, elements, rest)


def _element(old: List[Element], index: int, text: str) -> Element:
    """A new element at an index, in the dress of the one that stood there or of the last one."""
    like = old[min(index, len(old) - 1)]
    lead = like.lead if 0 < index < len(old) else _new_lead(old)
    return Element(lead, "", "", atom_text(text, like.text, in_list=True), "")


def replace_dict(raw: str, values: Dict[str, Any]) -> Optional[str]:
    """The dictionary with these pairs: same keys keep all but changed values, others go or are appended."""
    parts = _split(raw)
    if parts is None or not parts[0] or not values:
        return None
    old, rest = parts
    new = {str(key): plain_text(value) for key, value in values.items()}
    kept = {unquote(pair.key): pair for pair in old if unquote(pair.key) in new}
    # A repeated key: the last one counts, and stays alone.
    pairs = [_changed(pair, new[key]) for pair in old for key in [unquote(pair.key)] if kept.get(key) is pair]
    last = old[-1]
    pairs += [
        Element(_new_lead(old), atom_text(key, last.key), last.separator, atom_text(text, last.text), "")
        for key, text in new.items()
        if key not in kept
    ]
    return _join(raw, old, pairs, rest)


def _changed(pair: Element, text: str) -> Element:
    """The pair with this value, the same object's text where it has it already."""
    return pair if unquote(pair.text) == text else pair._replace(text=atom_text(text, pair.text))
