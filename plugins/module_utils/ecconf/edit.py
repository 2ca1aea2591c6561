# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to a document, in place and as small as can be. Every function says whether the text changed.

A scope path is a tuple of ``(name, instance or None)`` pairs, ``()`` is the global scope. Where a scope or an option
occurs more than once, changes go to the last occurrence, which is the one in force (A8); removals go to all.
EditError is raised before anything is changed.
"""

from typing import Any, List, Optional, Tuple

from .document import Container, Document, Include, Option, Scope, text_of
from .errors import EditError
from .lexer import BARE_RE, KEYWORDS
from .members import forget, members, position
from .paths import Path, same_scope
from .place import insert, keep_apart, remove, to_comment
from .style import NEAR, before_brace, blank_before, child_indent, newline, separator, sibling_scopes, spell
from .trivia import without_comments
from .values import atom_text, parse_bool, plain_text, to_text

PathElement = Tuple[str, Optional[str]]


def find_scopes(document: Document, path: Path) -> List[Container]:
    """Every occurrence of a scope in the order of the text; the document itself for ()."""
    found: List[Container] = [document]
    for element in path:
        found = _inside(found, element)
    return found


def _inside(containers: List[Container], element: PathElement) -> List[Container]:
    """The scopes of a name and instance directly inside some containers."""
    name = element[0].lower(), element[1]
    return [item for container in containers for item in members(container, Scope, *name) if isinstance(item, Scope)]


def find_options(document: Document, path: Path, name: str) -> List[Option]:
    """Every assignment of an option in a scope in the order of the text; the last one is in force."""
    return [option for _container, _index, option in _assignments(document, path, name)]


def _assignments(document: Document, path: Path, name: str) -> List[Tuple[Container, int, Option]]:
    """The same with the container and the index in it."""
    return [
        (container, position(container, item), item)
        for container in find_scopes(document, path)
        for item in members(container, Option, name.lower())
        if isinstance(item, Option)
    ]


def set_option(document: Document, path: Path, name: str, value: Any) -> bool:
    """Give an option a value: text, bool, number, flat list or flat dictionary.

    An existing assignment has its value's bytes changed and nothing else, and not even those where the value is the
    same after unquoting. A new option is written like its neighbours, after the last of them; includes that follow
    keep the last word, as overlays must. Missing scopes are made.
    """
    found = _assignments(document, path, name)
    if found:
        container, index, option = found[-1]
        return not _holds(option, value) and _assign(container, index, option, to_text(value, option.raw))
    _check_name(name)
    return _add_option(document, path, name, to_text(value, _raw_like(document, path, value)))


def _holds(option: Option, value: Any) -> bool:
    """Whether an option has the value already; a bool compares by meaning."""
    if isinstance(value, bool):
        return option.kind == "scalar" and parse_bool(str(option.value)) is value
    if isinstance(value, (list, tuple)):
        return option.kind == "list" and option.value == [plain_text(item) for item in value]
    if isinstance(value, dict):
        return option.kind == "dict" and option.value == {str(k): plain_text(item) for k, item in value.items()}
    return option.kind == "scalar" and option.value == plain_text(value)


def _assign(container: Container, index: int, option: Option, raw: str) -> bool:
    """Exchange the value as written."""
    option.raw = raw
    if option.kind == "scalar" and "=" not in without_comments(option.separator):
        option.separator = option.separator.rstrip(" \t") + " = "
    keep_apart(container, index)
    return True


def _raw_like(document: Document, path: Path, value: Any) -> Optional[str]:
    """A list of the neighbours whose layout a new one follows."""
    if not isinstance(value, (list, tuple)):
        return None
    options = (
        item
        for container in reversed(find_scopes(document, path))
        for item in reversed(members(container, Option)[-NEAR:])
    )
    return next((item.raw[:2] for item in options if isinstance(item, Option) and item.kind == "list"), None)


def _add_option(document: Document, path: Path, name: str, raw: str) -> bool:
    """Write a new option into the last occurrence of its scope."""
    container = _open(document, path)
    index = _after_last(container, Option) or _after_last(container, Include)
    spelt = spell(document, container, name, Option)
    insert(document, container, index, Option("", spelt, separator(document, container, spelt), raw))
    keep_apart(container, index)
    return True


def _after_last(container: Container, kind: type, *name: Any) -> int:
    """The index behind the last item of a kind, 0 where there is none."""
    found = members(container, kind, *name)
    return position(container, found[-1]) + 1 if found else 0


def unset_option(document: Document, path: Path, name: str) -> bool:
    """Remove every assignment of an option: its line where it stood alone, else only its bytes."""
    found = _assignments(document, path, name)
    for container, index, _option in reversed(found):
        remove(document, container, index)
    return bool(found)


def comment_out(document: Document, path: Path, name: str) -> bool:
    """Turn every assignment of an option into a comment where it stands."""
    found = _assignments(document, path, name)
    for container, index, option in reversed(found):
        to_comment(document, container, index, text_of(option))
    return bool(found)


def rename_option(document: Document, path: Path, old: str, new: str) -> bool:
    """Give every assignment of an option another name."""
    _check_name(new)
    changed = [found for found in _assignments(document, path, old) if found[2].name != new]
    for container, _index, option in changed:
        option.name = new
        forget(container)
    return bool(changed)


def move_option(document: Document, path: Path, name: str, to_path: Path) -> bool:
    """Move the value in force, as written, into another scope, which is made where it is missing."""
    found = find_options(document, path, name)
    if not found or same_path(path, to_path):
        return False
    raw, spelt = found[-1].raw, found[-1].name
    unset_option(document, path, name)
    there = _assignments(document, to_path, name)
    if there:
        container, index, option = there[-1]
        return _assign(container, index, option, raw)
    return _add_option(document, to_path, spelt, raw)


def same_path(a: Path, b: Path) -> bool:
    """Whether two paths name one scope."""
    return len(a) == len(b) and all(same_scope(x, y) for x, y in zip(a, b))


def ensure_scope(document: Document, path: Path) -> bool:
    """Make a scope, and those around it, where there is none."""
    if find_scopes(document, path):
        return False
    _open(document, path)
    return True


def _open(document: Document, path: Path) -> Container:
    """The last occurrence of a scope; what is missing of the path is made."""
    found: List[Container] = [document]
    known = 0
    for element in path:
        inner = _inside(found, element)
        if not inner:
            break
        found, known = inner, known + 1
    container = found[-1]
    for element in path[known:]:
        _check_element(element)
    for element in path[known:]:
        container = _add_scope(document, container, element)
    return container


def _add_scope(document: Document, container: Container, element: PathElement) -> Scope:
    """Write a new scope after the last one of its name, else after the last scope, else at the end."""
    siblings = sibling_scopes(document, container, element[0].lower())
    key = element[0].lower()
    index = _after_last(container, Scope, key) or _after_last(container, Scope) or len(container.items)
    raw = "" if element[1] is None else _instance_text(element[1], siblings)
    scope = Scope("", spell(document, container, element[0], Scope), " ", raw, "{")
    insert(document, container, index, scope, blank_before(document, container, siblings))
    line_break = newline(document, scope.lead)
    indent = child_indent(document, container, index)
    blanks = before_brace(siblings, line_break, indent)
    if raw:
        scope.brace = blanks + "{"
    else:
        scope.gap = blanks
    model = siblings[-1] if siblings and siblings[-1].key == scope.key else None
    scope.tail = model.tail if model and not model.items and not model.tail.strip(" ") else line_break + indent
    return scope


def _instance_text(instance: str, siblings: List[Scope]) -> str:
    """An instance name as written: quoted, or bare where the sibling of the same name is bare and it may be."""
    like = siblings[-1].raw if siblings else ""
    return atom_text(instance, like if like[:1] not in ("", "'") else '"')


def remove_scope(document: Document, path: Path) -> bool:
    """Remove every occurrence of a scope with all that is in it."""
    if not path:
        raise EditError("the global scope cannot be removed")
    found = [
        (container, scope)
        for container in find_scopes(document, path[:-1])
        for scope in members(container, Scope, path[-1][0].lower(), path[-1][1])
    ]
    for container, scope in reversed(found):
        remove(document, container, position(container, scope))
    return bool(found)


def rename_scope(document: Document, path: Path, to: PathElement) -> bool:
    """Give every occurrence of a scope another name and instance; its content stays."""
    _check_element(to)
    changed = False
    for scope in find_scopes(document, path):
        if not isinstance(scope, Scope):
            raise EditError("the global scope has no name")
        changed = _rename_scope(scope, to) or changed
    for container in find_scopes(document, path[:-1]):
        forget(container)
    return changed


def _rename_scope(scope: Scope, to: PathElement) -> bool:
    """Rename one occurrence."""
    before = scope.pieces()
    if scope.name != to[0]:
        scope.name = to[0]
    if scope.instance != to[1]:
        bare = scope.raw[:1] not in ("", '"', "'")
        scope.raw = "" if to[1] is None else atom_text(to[1], "bare" if bare else '"')
        # Of an anonymous scope the gap is all that stands before the brace.
        if to[1] is None:
            scope.gap, scope.brace = scope.gap + scope.brace[:-1], "{"
        elif before[3] == "":
            scope.gap, scope.brace = " ", scope.gap + "{"
        elif bare or not scope.gap:
            scope.gap = scope.gap or " "
    return before != scope.pieces()


def ensure_include(document: Document, path: Path, target: str, readonly: bool = False) -> bool:
    """Include a file or directory in a scope: after the last include there, else at the scope's end."""
    found = [include for _container, _index, include in _includes(document, path, target)]
    keyword = "readonly_include" if readonly else "include"
    if found:
        changed = [include for include in found if include.readonly != readonly]
        for include in changed:
            include.name = keyword
        return bool(changed)
    raw = to_text(target, '"')
    container = _open(document, path)
    index = _after_last(container, Include) or len(container.items)
    insert(document, container, index, Include("", keyword, " ", raw))
    return True


def remove_include(document: Document, path: Path, target: str) -> bool:
    """Remove every include of a target from a scope."""
    found = _includes(document, path, target)
    for container, index, _include in reversed(found):
        remove(document, container, index)
    return bool(found)


def _includes(document: Document, path: Path, target: str) -> List[Tuple[Container, int, Include]]:
    """Every include of a target in a scope with its container and index."""
    return [
        (container, position(container, item), item)
        for container in find_scopes(document, path)
        for item in members(container, Include, target)
        if isinstance(item, Include)
    ]


def _check_name(name: str) -> None:
    """Refuse a name that would not read back as one bare word."""
    found = BARE_RE.match(name)
    if found is None or found.end() != len(name) or name.lower() in KEYWORDS or "\ufeff" in name:
        raise EditError("not a name that can be written: %r" % name)


def _check_element(element: PathElement) -> None:
    """Refuse a scope name or instance that cannot be written."""
    _check_name(element[0])
    if element[1] is not None:
        atom_text(element[1], '"')
