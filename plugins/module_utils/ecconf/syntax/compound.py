# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing lists and dictionaries element by element, so that what stays keeps its place, quoting and comments.

A comment at the end of an element's line, and those on lines of their own directly above it, belong to that element: they stay with it
wherever it goes, pass to the value that takes its place, and go with it. What is above a blank line, after the opening bracket or
before the closing one belongs to the whole and stays; so does what is above the first element where no other one has its own.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .atoms import atom_text, plain_text, unquote
from .lexer import BARE, LIST_BARE, STRING, TRIVIA
from .trivia import is_white, line_end

_BLOCK = r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/"
_ELEMENT = re.compile(r"((?:{t},)*{t})({s}|{b})".format(t=TRIVIA, s=STRING, b=LIST_BARE))
_PAIR = re.compile(r"({t})({s}|{b})({t}={t})({s}|{b})".format(t=TRIVIA, s=STRING, b=BARE))
# The rest of a line with comments that belong to what is before them, and a line of what is between elements.
_TRAIL = re.compile(r"[ \t,]*(?:%s[ \t,]*)*(?:\#(?:[^\r\n]|\r(?!\n))*)?(?=\r?\n|\Z)" % _BLOCK)
_LINE = re.compile(r"(?:[ \t\r,]|%s)*(?:\#[^\n]*)?\n?" % _BLOCK)


class Element(NamedTuple):
    """An element of a list, or a pair of a dictionary (whose key and separator precede the text).

    ``trail`` is the comment at the end of its line.
    """

    lead: str
    key: str
    separator: str
    text: str
    trail: str


class _Compound(NamedTuple):
    """A value in pieces: ``head`` follows the opening bracket, ``rest`` the last element, with the closing bracket."""

    bracket: str
    head: str
    elements: List[Element]
    rest: str
    line_break: str


def _split(raw: str) -> Optional[_Compound]:
    """The pieces of a list or dictionary; None for nested values, and where there is nothing to keep."""
    pattern = _ELEMENT if raw[0] == "(" else _PAIR
    found: List[Element] = []
    pos = 1
    while True:
        match = pattern.match(raw, pos)
        if match is None:
            break
        lead, text = match.group(1), match.group(match.re.groups)
        key, separator = match.group(2, 3) if raw[0] == "[" else ("", "")
        trail = _TRAIL.match(raw, match.end())
        pos = trail.end() if trail and _has_comment(trail.group()) else match.end()
        found.append(Element(lead, key, separator, text, raw[match.end() : pos]))
    rest = raw[pos:]
    if not _is_end(rest) or not found and not _has_comment(rest[:-1]):
        return None
    head, rest = _head(found, rest)
    return _Compound(raw[0], head, found, rest, "\r\n" if "\r\n" in raw else "\n")


def _is_end(text: str) -> bool:
    """Whether nothing but white space, comments and commas are before the closing bracket."""
    return re.match(r"(?:%s,)*%s[)\]]\Z" % (TRIVIA, TRIVIA), text) is not None


def _head(elements: List[Element], rest: str) -> Tuple[str, str]:
    """Take what belongs to the whole from the first element, or from what is before the closing bracket where there is none."""
    if not elements:
        kept = rest[:-1].rstrip(" \t\r\n,")
        return kept, rest[len(kept) :]
    head, own = _apart(elements[0].lead)
    if _has_comment(own) and not any(_has_comment(_apart(one.lead)[1]) for one in elements[1:]):
        above = own[: own.rfind("\n") + 1].rstrip("\r\n")
        if is_white(own[own.rfind("\n") + 1 :]):
            head, own = head + above, own[len(above) :]
    elements[0] = elements[0]._replace(lead=own)
    return head, rest


def _apart(lead: str) -> Tuple[str, str]:
    """What is before an element but does not belong to it, and what does: its line, and the comments directly above."""
    found = _LINE.findall(lead)[:-1]
    if not found or found[-1].endswith("\n"):
        found.append("")
    start = len(found) - 1
    while start > 1 and _has_comment(found[start - 1]):
        start -= 1
    loose = "".join(found[:start]).rstrip("\r\n") if start else ""
    return (loose, lead[len(loose) :]) if _has_comment(loose) else ("", lead)


def _has_comment(trivia: str) -> bool:
    return not is_white(trivia.replace(",", ""))


def _glued(whole: _Compound, before: str, after: str) -> str:
    """Two pieces one after the other, with a line end between where the first one may end in a comment."""
    return before + (whole.line_break if "#" in before and not line_end(after) else "") + after


def _further(whole: _Compound) -> str:
    """What is before a further element, as the last one has it; comments are not repeated."""
    if not whole.elements:
        return _line_of(whole.head[: len(whole.head) - len(whole.head.lstrip())]) or " "
    lead = whole.elements[-1].lead
    if len(whole.elements) > 1 and lead and not _has_comment(lead):
        return lead
    return _line_of(lead) or " "


def _line_of(lead: str) -> str:
    """The line end and indentation before an element on a line of its own; else nothing."""
    head, line_break, indent = lead.rpartition("\n")
    if not line_break or not is_white(indent):
        return ""
    return ("\r\n" if head.endswith("\r") else "\n") + indent


def replace_list(raw: str, values: List[Any]) -> Optional[str]:
    """The list with these elements, those that it has already with all that belongs to them; None: write it anew."""
    whole = _split(raw)
    if whole is None:
        return None
    old = whole.elements
    new = [plain_text(value) for value in values]
    origins = _origins([unquote(element.text) for element in old], new)
    elements = []
    for index, (text, origin) in enumerate(zip(new, origins)):
        if origin is None:
            written = atom_text(text, old[-1].text if old else None, in_list=True)
            lead = _further(whole) if index or not old else _first_lead(whole)
            elements.append(Element(lead, "", "", written, ""))
        else:
            raw_text = old[origin].text
            written = raw_text if unquote(raw_text) == text else atom_text(text, raw_text, in_list=True)
            elements.append(_placed(whole, origin, index)._replace(text=written))
    return _assembled(whole, elements, origins)


def _origins(old: Sequence[str], new: Sequence[str]) -> List[Optional[int]]:
    """For each new text the index of the old element that it was, or whose place it takes; None for a further one."""
    limit = min(len(old), len(new))
    head = next((i for i in range(limit) if old[i] != new[i]), limit)
    tail = next((i for i in range(limit - head) if old[-1 - i] != new[-1 - i]), limit - head)
    there: Dict[str, List[int]] = {}
    for index in range(len(old) - tail - 1, head - 1, -1):
        there.setdefault(old[index], []).append(index)
    middle = [there[text].pop() if there.get(text) else None for text in new[head : len(new) - tail]]
    found: List[Optional[int]] = list(range(head)) + middle + list(range(len(old) - tail, len(old)))
    # What is new takes the place of what goes, where both follow the same element.
    taken = set(found)
    before = -1
    for index, origin in enumerate(found):
        if origin is None and before + 1 < len(old) and before + 1 not in taken:
            origin = found[index] = before + 1
            taken.add(origin)
        before = len(old) if origin is None else origin
    return found


def _placed(whole: _Compound, origin: int, index: int) -> Element:
    """An old element at an index of the new list, with its own comments and the white space of the place."""
    element = whole.elements[origin]
    if origin == index or (origin and index):
        return element
    if _has_comment(element.lead):
        return element if index else element._replace(lead=element.lead.lstrip(" \t,"))
    return element._replace(lead=_further(whole) if index else _first_lead(whole))


def _first_lead(whole: _Compound) -> str:
    """The white space before the first element."""
    lead = whole.elements[0].lead
    return (_line_of(lead) or " ") if _has_comment(lead) else lead


def _assembled(whole: _Compound, elements: List[Element], origins: Sequence[Optional[int]]) -> str:
    """The value of these elements. What is before those that go, but does not belong to them, stays before what follows."""
    places = {origin: index for index, origin in enumerate(origins) if origin is not None}
    loose = ""
    for origin, element in enumerate(whole.elements):
        if origin not in places:
            loose += _apart(element.lead)[0]
        elif loose:
            place = places[origin]
            elements[place] = elements[place]._replace(lead=_glued(whole, loose, elements[place].lead))
            loose = ""
    pieces, last = [whole.bracket], whole.head
    for index, element in enumerate(elements):
        lead = element.lead or " " if index else element.lead
        pieces += [_glued(whole, last, lead), element.key, element.separator, element.text]
        last = element.trail
    rest = _glued(whole, loose, whole.rest) if loose else whole.rest
    return "".join(pieces) + _glued(whole, last, rest)


def replace_dict(raw: str, values: Dict[str, Any]) -> Optional[str]:
    """The dictionary with these pairs: same keys keep all but changed values, others go or are appended."""
    whole = _split(raw)
    if whole is None:
        return None
    old = whole.elements
    new = {str(key): plain_text(value) for key, value in values.items()}
    # A repeated key: the last one counts, and stays alone.
    kept = {unquote(pair.key): index for index, pair in enumerate(old) if unquote(pair.key) in new}
    origins: List[Optional[int]] = []
    pairs: List[Element] = []
    for origin in sorted(kept.values()):
        pairs.append(_changed(_placed(whole, origin, len(pairs)), new[unquote(old[origin].key)]))
        origins.append(origin)
    last = old[-1] if old else Element("", "bare", " = ", '""', "")
    for key, text in new.items():
        if key not in kept:
            written = atom_text(key, last.key), last.separator, atom_text(text, last.text)
            pairs.append(Element(_further(whole), *written, trail=""))
            origins.append(None)
    return _assembled(whole, pairs, origins)


def _changed(pair: Element, text: str) -> Element:
    """The pair with this value, the same object's text where it has it already."""
    return pair if unquote(pair.text) == text else pair._replace(text=atom_text(text, pair.text))
