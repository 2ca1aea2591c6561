# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts and values without their secrets.

In files and values secrets are hidden by position: what the parser says is the value of a secret option, a member of a dictionary, or a
part of a connection string. So a secret may be any text, and a short one hides nothing but itself. Only the output of programs, which
have no grammar, are searched for secrets that are known (`hide`).
"""

import json
import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import Any, Collection, Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Tuple
from urllib.parse import unquote

from ..ecconf import Document, ParseError, parse
from ..ecconf.syntax.spans import NAME, TRIVIA, Piece, decoded, option_of, pieces, tokens
from . import connection_strings, loose_secrets, secret_names

MASK = "********"
SHORTEST = 4  # characters; a shorter text occurs in too much that is no secret to be searched for
_SHORTEST_BARE = 8  # characters of a secret that are looked for whatever is between them
# What may be between its characters, or in the place of its blanks.
_NOISE = re.compile(r"[\s\\\"'`+]+")
_CHARACTERS = re.compile(r"[^\s\\\"'`+]+")
_URL_CHARACTERS = re.compile(r"(?:%[0-9A-Fa-f]{2})+|[^\s\\\"'`%+]+|%")
_TELLING = 12  # characters of a secret's beginning that are searched for where all of it is not there
NO_NAMES: FrozenSet[str] = frozenset()
_LONGEST_LINE = 4096  # characters; program.SHOWN is less
_NOT_SHOWN = "(a line of the configuration)"
_PRIVATE_KEY = "PRIVATE KEY-----"
# Without one of these there is neither a member, nor a connection string, nor a key, nor a comment in a value.
_SUSPICIOUS = ("=", ":", "#", "/*", _PRIVATE_KEY)


class Hidden(NamedTuple):
    """A place that is hidden: start and end in a text, which secret of the text it is, its text, and whether it is a whole value.

    A whole value is shown in quotation marks, as if it had them: whether it needs them tells something about it.
    """

    start: int
    end: int
    place: Tuple[str, ...]
    text: str
    whole: bool = False

    def mask(self, mark: str) -> str:
        """Return what is shown in its place."""
        return '"%s%s"' % (MASK, mark) if self.whole else MASK + mark


def is_secret(option: str, extra: FrozenSet[str] = NO_NAMES, value: Any = "") -> bool:
    """Tell whether an option holds a secret; `extra` are further names in lower case."""
    if option.lower() in extra or (isinstance(value, str) and _PRIVATE_KEY in value):
        return True
    if isinstance(value, str) and value in secret_names.PLACEHOLDERS:
        return False
    kind = secret_names.kind(option)
    return kind == secret_names.SECRET or (kind == secret_names.KEY and not secret_names.names_key_file(value))


def mask_value(option: str, value: Any, extra: FrozenSet[str] = NO_NAMES) -> Any:
    """Return a value as it may be shown: masked if the option is secret, else without the secrets inside it."""
    if value is None:
        return None
    if is_secret(option, extra, value):
        return MASK
    if isinstance(value, dict):
        return {key: mask_value(str(key), item, extra) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_value("", item, extra) for item in value]
    return mask_text(value) if isinstance(value, str) else value


def is_open(option: str, value: Any, extra: FrozenSet[str] = NO_NAMES) -> bool:
    """Tell whether a value holds no secret and may be shown whole."""
    return next(secrets_in(option, value, extra), None) is None


def mask_text(text: str) -> str:
    """Mask the secrets of a value that may be a connection string."""
    return _replaced(text, [(start, end, MASK) for start, end in connection_strings.spans(text, _is_secret_member)])


def secrets_in(option: str, value: Any, extra: FrozenSet[str] = NO_NAMES) -> Iterator[str]:
    """Return every secret text inside the value of an option; booleans are none."""
    if value is None or isinstance(value, bool):
        return
    secret = is_secret(option, extra, value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from secrets_in(option if secret else str(key), item, extra)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_in(option if secret else "", item, extra)
    elif secret:
        yield str(value)
    elif isinstance(value, str):
        yield from (value[start:end] for start, end in connection_strings.spans(value, _is_secret_member))


@lru_cache(maxsize=None)
def spellings(secret: str) -> FrozenSet[str]:
    """Return the forms in which a text may quote a secret: as it is, by lines, and with the escapes of Python, JSON, XML and our language.

    Forms of less than SHORTEST characters are left out.
    """
    forms = {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms.update(repr(form)[1:-1] for form in list(forms))
    forms.update(secret.replace(quote, "\\" + quote) for quote in ("'", '"', "\\"))
    xml = secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    forms.update((xml, xml.replace('"', "&quot;"), xml.replace('"', "&quot;").replace("'", "&apos;")))
    forms.update(line.strip() for form in list(forms) for line in form.splitlines())
    return frozenset(form for form in forms if len(form) >= SHORTEST)


def hide(text: str, secrets: Collection[str]) -> str:
    """Mask known secrets, however they are spelled, and what looks like one, in words that have no grammar."""
    masked = without(text, secrets)
    found = loose_secrets.spans(masked, _is_secret_member, "=")
    return _replaced(masked, [(start, end, MASK) for start, end, _name in found])


def without(text: str, secrets: Collection[str]) -> str:
    """Mask known secrets, however they are spelled, and also where a program cut one off; longer ones first.

    A program may break a line within a secret, exchange blanks, quote it, put backslashes before its characters, or encode it for a URL: what such
    a text has beside the secret's own characters is not compared.
    """
    known = frozenset(secrets)
    found = _places(text, _by_beginning(known))
    for bare in _bare(text):
        places = _places(bare.text, _by_bare_beginning(known))
        found += [bare.place(start, end) for start, end in places]
    return _replaced(text, [(start, end, MASK) for start, end in found])


class _Bare:
    """A text without what a program may put between the characters of a secret. parts: start, end and text of what is left; a part of several
    characters that is decoded counts as a whole."""

    def __init__(self, parts: List[Tuple[int, int, str]]) -> None:
        self._parts = parts
        self._ends: List[int] = []  # where in `text` each part ends; only where something is found
        self.text = "".join(part for _start, _end, part in parts)

    def place(self, start: int, end: int) -> Tuple[int, int]:
        """Return where in the original text a part of this one is."""
        ends = self._ends = self._ends or list(accumulate(len(part) for _start, _end, part in self._parts))
        first, last = bisect_right(ends, start), bisect_left(ends, end)
        return self._offset(first, start - ends[first], False), self._offset(last, end - ends[last], True)

    def _offset(self, index: int, from_end: int, is_end: bool) -> int:
        """from_end: characters of the part's text before its end, negative."""
        start, end, part = self._parts[index]
        if end - start == len(part):
            return end + from_end
        return end if is_end else start


def _bare(text: str) -> Iterator[_Bare]:
    """Yield a text without blanks, quotation marks, backslashes and + (in a URL it is a blank), and, where it may be encoded for a URL, decoded as
    well (RFC 3986)."""
    yield _Bare([(match.start(), match.end(), match.group()) for match in _CHARACTERS.finditer(text)])
    if "%" in text:
        parts = [(match.start(), match.end(), match.group()) for match in _URL_CHARACTERS.finditer(text)]
        yield _Bare([(start, end, _decoded(part)) for start, end, part in parts])


def _decoded(part: str) -> str:
    return _NOISE.sub("", unquote(part, errors="surrogateescape")) if part[0] == "%" else part


def _places(text: str, known: Dict[int, Dict[str, List[str]]]) -> List[Tuple[int, int]]:
    """Return where the known forms are in a text."""
    pieces = {text[at : at + length] for length in known for at in range(len(text) - length + 1)}
    found = (form for length, forms in known.items() for piece in pieces & forms.keys() for form in forms[piece])
    forms = {_part_in(form, text) for form in found} - {""}
    if not forms:
        return []
    pattern = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return [match.span() for match in re.finditer(pattern, text)]


@lru_cache(maxsize=4)
def _by_beginning(secrets: FrozenSet[str]) -> Dict[int, Dict[str, List[str]]]:
    """All spellings of some secrets by how much of them tells them apart: its length, then its text.

    There may be as many secrets as texts to search, so that no text is searched for each.
    """
    return _sorted(form for secret in secrets for form in spellings(secret))


@lru_cache(maxsize=4)
def _by_bare_beginning(secrets: FrozenSet[str]) -> Dict[int, Dict[str, List[str]]]:
    """The same of secrets without what `_bare` takes away. What is left of a short one is in many texts."""
    forms = {_NOISE.sub("", secret) for secret in secrets}
    return _sorted(form for form in forms if len(form) >= _SHORTEST_BARE)


def _sorted(forms: Iterable[str]) -> Dict[int, Dict[str, List[str]]]:
    known: Dict[int, Dict[str, List[str]]] = {}
    for form in forms:
        beginning = form[:_TELLING]
        known.setdefault(len(beginning), {}).setdefault(beginning, []).append(form)
    return known


def _part_in(form: str, text: str) -> str:
    """Return what a text has of a secret: all of it, or a beginning that is long enough to tell it from other words, or nothing."""
    if form in text:
        return form
    at = text.find(form[:_TELLING]) if len(form) > _TELLING else -1
    if at < 0:
        return ""
    return form[: next((i for i, (a, b) in enumerate(zip(form, text[at:])) if a != b), len(text) - at)]


def without_lines(text: str, contents: Iterable[bytes]) -> str:
    """Return the output of a program without the lines that they quote of the files it read, as far as these may have a value."""
    lines = {line.strip() for content in contents for line in _printable_bytes(content).splitlines()}
    quoted = [line for line in lines if len(line) >= SHORTEST and ("=" in line or '"' in line) and line in text]
    for line in sorted(quoted, key=len, reverse=True):
        text = text.replace(line, _NOT_SHOWN)
    return text


def secrets_of(contents: Iterable[bytes], extra: FrozenSet[str] = NO_NAMES) -> FrozenSet[str]:
    """Return all secrets of some files, as meant, as written, and with the rest of their lines."""
    texts = [_printable_bytes(content) for content in contents]
    return frozenset(form for text in texts for one in _hidden(text, extra) for form in _forms(text, one))


def difference(before: bytes, after: bytes, extra: FrozenSet[str] = NO_NAMES) -> Tuple[str, str]:
    """Return two versions of a file as they may be shown: secrets masked by position, and marked where they differ."""
    texts = [content.decode("utf-8", "surrogateescape") for content in (before, after)]
    found = [_hidden(text, extra) for text in texts]
    known = [{(one.place, one.text) for one in hidden} for hidden in found]
    marks = (" (old)", " (new)")
    shown = [
        _replaced(
            text, [(one.start, one.end, one.mask("" if (one.place, one.text) in other else mark)) for one in hidden]
        )
        for text, hidden, other, mark in zip(texts, found, reversed(known), marks)
    ]
    return _printable(shown[0]), _printable(shown[1])


def _is_secret_member(name: str, value: str) -> bool:
    return is_secret(name, NO_NAMES, value)


def _printable(text: str) -> str:
    return _printable_bytes(text.encode("utf-8", "surrogateescape"))


def _printable_bytes(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _forms(text: str, one: Hidden) -> Iterator[str]:
    for form in (one.text, text[one.start : one.end], text[one.start : one.end].strip("\"'"), _lines_of(text, one)):
        if len(form) >= SHORTEST:
            yield form


def _lines_of(text: str, one: Hidden) -> str:
    """The lines around a secret, '' where they are longer than what is shown of a program's words: no program can quote them then,
    and a line may hold as many secrets as its author likes."""
    begin = text.rfind("\n", max(0, one.start - _LONGEST_LINE), one.start) + 1
    end = text.find("\n", one.end, one.end + _LONGEST_LINE)
    end = len(text) if end < 0 and len(text) <= one.end + _LONGEST_LINE else end
    return text[begin:end].strip() if end >= 0 and (begin or one.start <= _LONGEST_LINE) else ""


def _hidden(text: str, extra: FrozenSet[str]) -> List[Hidden]:
    """Return the places of all secrets of a file, in order, without overlaps."""
    try:
        document = parse(text)
    except ParseError:
        return _apart(_loose(text, 0, (), extra))
    return _apart(_of_document(document, extra))


def _of_document(document: Document, extra: FrozenSet[str]) -> Iterator[Hidden]:
    for piece in pieces(document):
        if piece.kind == TRIVIA:
            if "#" in piece.text or "/*" in piece.text:
                yield from _loose(piece.text, piece.start, piece.scopes, extra)
        elif piece.kind != NAME and piece.text:
            yield from _of_value(piece, extra)


def _of_value(piece: Piece, extra: FrozenSet[str]) -> Iterator[Hidden]:
    """The secrets in a value: all of it, or members of a dictionary, or parts of connection strings; and comments inside it."""
    option = option_of(piece)
    name = piece.item.key if piece.item is not None else ""
    place = piece.scopes + (name,)
    if is_secret(name, extra, decoded(piece.text)[0] if option is None else option.value):
        yield Hidden(piece.start, piece.start + len(piece.text), place, decoded(piece.text)[0], True)
        return
    if not any(sign in piece.text for sign in _SUSPICIOUS):
        return
    for token in tokens(piece.text) if option is not None else ():
        text, start = piece.text[token.start : token.end], piece.start + token.start
        if token.kind == TRIVIA:
            yield from _loose(text, start, place, extra)
        elif any(is_secret(key, extra, decoded(text)[0]) for key in token.keys):
            yield Hidden(start, start + len(text), place + token.keys, decoded(text)[0], True)
        elif token.kind != NAME:
            yield from _inside(text, start, place + token.keys)
    if option is None:
        yield from _inside(piece.text, piece.start, place)


def _inside(raw: str, start: int, place: Tuple[str, ...]) -> Iterator[Hidden]:
    """The secrets inside one atom, which may be a connection string or a private key."""
    text, offsets = decoded(raw)
    found = [(0, len(text))] if _PRIVATE_KEY in text else connection_strings.spans(text, _is_secret_member)
    for first, last in found:
        yield Hidden(start + offsets[first], start + offsets[last], place, text[first:last])


def _loose(text: str, start: int, place: Tuple[str, ...], extra: FrozenSet[str]) -> Iterator[Hidden]:
    found = loose_secrets.spans(text, lambda name, value: is_secret(name, extra, value))
    for first, last, name in found:
        yield Hidden(start + first, start + last, place + (name,), text[first:last])


def _apart(found: Iterable[Hidden]) -> List[Hidden]:
    """Sort, and keep of places that overlap the one that begins first, as long as both."""
    result: List[Hidden] = []
    texts: List[List[str]] = []
    for one in sorted(found):
        if result and one.start < result[-1].end:
            result[-1] = result[-1]._replace(end=max(result[-1].end, one.end))
            texts[-1].append(one.text)
        else:
            result.append(one)
            texts.append([one.text])
    return [one._replace(text="\0".join(parts)) for one, parts in zip(result, texts)]


def _replaced(text: str, masks: Iterable[Tuple[int, int, str]]) -> str:
    """Put a mask in each place; places that overlap are one."""
    parts: List[str] = []
    pos = 0
    for start, end, mask in sorted(masks):
        if start >= pos:
            parts += [text[pos:start], mask]
        pos = max(pos, end)
    return "".join(parts) + text[pos:]
