# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to a document, in place and as small as can be. Every function says whether the text changed.

A scope path is a tuple of ``(name, instance or None)`` pairs, ``()`` is the global scope. Where a scope or an option
occurs more than once, changes go to the last occurrence, which is the one in force (A8); removals go to all.
EditError is raised before anything is changed.
"""

from typing import Any, Collection, Dict, List, Optional, Sequence, Tuple

from .paths import Path, same_scope
from .place import insert, keep_apart, remove, to_comment
from .syntax.atoms import atom_text, parse_bool, plain_text
from .syntax.document import Container, Document, Include, Item, Option, Scope, text_of
from .syntax.errors import EditError
from .syntax.lexer import BARE_RE, KEYWORDS
from .syntax.members import forget, members, position
from .syntax.style import (
    DEFAULT_SEPARATOR,
    NEAR,
    Neighbours,
    before_brace,
    blank_before,
    child_indent,
    newline,
    sibling_scopes,
    spell_scope,
)
from .syntax.trivia import without_comments
from .syntax.values import to_text

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
        if _holds(option, value) or not assign(option, value):
            return False
        keep_apart(container, index)
        return True
    check_name(name)
    raw = new_text(_scope_or_none(document, path), value)
    add_options(document, _open(document, path), [new_option(name, raw)])
    return True


def _scope_or_none(document: Document, path: Path) -> Optional[Container]:
    found = find_scopes(document, path)
    return found[-1] if found else None


def _holds(option: Option, value: Any) -> bool:
    """Whether an option has the value already; a bool compares by meaning."""
    if isinstance(value, bool):
        return option.kind == "scalar" and parse_bool(str(option.value)) is value
    if isinstance(value, (list, tuple)):
        return option.kind == "list" and option.value == [plain_text(item) for item in value]
    if isinstance(value, dict):
        return option.kind == "dict" and option.value == {str(k): plain_text(item) for k, item in value.items()}
    return option.kind == "scalar" and option.value == plain_text(value)


def assign(option: Option, value: Any) -> bool:
    """Exchange the value as written, in its layout; False where it comes out the same. `part` must look at what follows then."""
    return _exchange(option, to_text(value, option.raw))


def _exchange(option: Option, raw: str) -> bool:
    """Exchange the text of a value."""
    if option.raw == raw:
        return False
    option.raw = raw
    if option.kind == "scalar" and "=" not in without_comments(option.separator):
        option.separator = option.separator.rstrip(" \t") + " = "
    return True


def part(container: Container, options: Collection[Option]) -> None:
    """Put a blank after those of these options whose new bare value would run into what follows."""
    for index, _option in _indexed(container, options):
        keep_apart(container, index)


def _indexed(container: Container, chosen: Collection[Item]) -> List[Tuple[int, Item]]:
    """Some items of a container with their indexes, in the order of the text."""
    if len(chosen) == 1:
        return [(position(container, one), one) for one in chosen]
    requested = {id(one) for one in chosen}
    return [(index, item) for index, item in enumerate(container.items) if id(item) in requested]


def new_text(container: Optional[Container], value: Any) -> str:
    """The value of a new option as it is written in a scope: a list in the layout of the lists there."""
    like = None
    if container is not None and isinstance(value, (list, tuple)):
        options = reversed(members(container, Option)[-NEAR:])
        like = next((item.raw[:2] for item in options if isinstance(item, Option) and item.kind == "list"), None)
    return to_text(value, like)


def new_option(name: str, raw: str) -> Option:
    """An option that is about to be added, with its value as written."""
    return Option("", name, DEFAULT_SEPARATOR, raw)


def add_options(document: Document, container: Container, options: Sequence[Option], last: bool = False) -> None:
    """Write new options like their neighbours, after the last one of the scope, else after its includes.

    With `last` they come after all includes, so that what these bring is overridden.
    """
    neighbours = Neighbours(document, container)
    index = _after_last(container, Option) or _after_last(container, Include)
    if last:
        index = max(index, _after_last(container, Include))
    if len(options) > 1:
        forget(container)
    for option in options:
        option.name = neighbours.spell(option.name)
        option.separator = neighbours.separator(option.name)
        insert(document, container, index, option)
        keep_apart(container, index)
        index += 1


def _after_last(container: Container, kind: type, *name: Any) -> int:
    """The index after the last item of a kind, 0 where there is none."""
    found = members(container, kind, *name)
    return position(container, found[-1]) + 1 if found else 0


def unset_option(document: Document, path: Path, name: str) -> bool:
    """Remove every assignment of an option: its line where it stood alone, else only its bytes."""
    found = _assignments(document, path, name)
    for container, _index, option in reversed(found):
        drop(document, container, [option])
    return bool(found)


def comment_out(document: Document, path: Path, name: str) -> bool:
    """Turn every assignment of an option into a comment where it stands."""
    found = _assignments(document, path, name)
    for container, _index, option in reversed(found):
        drop(document, container, [option], comment=True)
    return bool(found)


def drop(document: Document, container: Container, items: Collection[Item], comment: bool = False) -> None:
    """Take items out of a container, or turn them into comments: of each its line where it stood alone, else its bytes."""
    found = _indexed(container, items)
    if len(found) > 1:
        forget(container)
    for index, item in reversed(found):
        if comment:
            to_comment(document, container, index, text_of(item))
        else:
            remove(document, container, index)


def rename_option(document: Document, path: Path, old: str, new: str) -> bool:
    """Give every assignment of an option another name."""
    check_name(new)
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
        _exchange(option, raw)
        keep_apart(container, index)
    else:
        add_options(document, _open(document, to_path), [new_option(spelt, raw)])
    return True


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
        check_element(element)
    for element in path[known:]:
        scope = new_scope(document, container, element)
        add_scopes(document, container, [scope])
        container = scope
    return container


def new_scope(document: Document, container: Container, element: PathElement) -> Scope:
    """A scope that is about to be added to a container, in the letter case and quoting of its siblings."""
    siblings = sibling_scopes(document, container, element[0].lower())
    raw = "" if element[1] is None else _instance_text(element[1], siblings)
    return Scope("", spell_scope(document, container, element[0]), " ", raw, "{")


def add_scopes(document: Document, container: Container, scopes: Sequence[Scope], last: bool = False) -> None:
    """Write new scopes, each after the last one of its name, else after the last scope, else at the end; with `last` at the end."""
    places: Dict[int, List[Tuple[Scope, List[Scope]]]] = {}
    groups: Dict[str, List[Scope]] = {}
    for scope in scopes:
        groups.setdefault(scope.key, []).append(scope)
    for key, group in groups.items():
        index = _after_last(container, Scope, key) or _after_last(container, Scope)
        siblings = sibling_scopes(document, container, key)
        place = places.setdefault(len(container.items) if last or not index else index, [])
        place.extend((scope, siblings) for scope in group)
    if len(scopes) > 1:
        forget(container)
    for index in sorted(places, reverse=True):
        for offset, (scope, siblings) in enumerate(places[index]):
            _add_scope(document, container, index + offset, scope, siblings)


def _add_scope(document: Document, container: Container, index: int, scope: Scope, siblings: List[Scope]) -> None:
    """Write one new scope at an index, in the looks of its siblings."""
    insert(document, container, index, scope, blank_before(document, container, siblings))
    line_break = newline(document, scope.lead)
    indent = child_indent(document, container, index)
    blanks = before_brace(siblings, line_break, indent)
    if scope.raw:
        scope.brace = blanks + "{"
    else:
        scope.gap = blanks
    model = siblings[-1] if siblings and siblings[-1].key == scope.key else None
    scope.tail = model.tail if model and not model.items and not model.tail.strip(" ") else line_break + indent


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
    check_element(to)
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
        # Of an anonymous scope the gap is all that is before the brace.
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
    check_target(target)
    add_includes(document, _open(document, path), [new_include(target, readonly)])
    return True


def new_include(target: str, readonly: bool = False) -> Include:
    """An include that is about to be added."""
    return Include("", "readonly_include" if readonly else "include", " ", to_text(target, '"'))


def add_includes(document: Document, container: Container, includes: Sequence[Include]) -> None:
    """Write new includes after the last one of a container, else at its end."""
    index = _after_last(container, Include) or len(container.items)
    if len(includes) > 1:
        forget(container)
    for include in includes:
        insert(document, container, index, include)
        index += 1


def remove_include(document: Document, path: Path, target: str) -> bool:
    """Remove every include of a target from a scope."""
    found = _includes(document, path, target)
    for container, _index, include in reversed(found):
        drop(document, container, [include])
    return bool(found)


def _includes(document: Document, path: Path, target: str) -> List[Tuple[Container, int, Include]]:
    """Every include of a target in a scope with its container and index."""
    return [
        (container, position(container, item), item)
        for container in find_scopes(document, path)
        for item in members(container, Include, target)
        if isinstance(item, Include)
    ]


def check_name(name: str) -> None:
    """Refuse a name that would not read back as one bare word, or that holds control characters."""
    found = BARE_RE.match(name)
    if found is None or found.end() != len(name) or name.lower() in KEYWORDS or "\ufeff" in name or _has_controls(name):
        raise EditError("not a name that can be written: %r" % name)


def check_element(element: PathElement) -> None:
    """Refuse a scope name or instance that cannot be written, or that nobody can mean."""
    check_name(element[0])
    if element[1] is None:
        return
    if not element[1] or _has_controls(element[1]):
        raise EditError("not an instance name that can be written: %r" % element[1])
    atom_text(element[1], '"')


def check_target(target: str) -> None:
    """Refuse what no include can name."""
    if not target or _has_controls(target):
        raise EditError("not a file, directory or URI that can be included: %r" % target)
    to_text(target, '"')


def _has_controls(text: str) -> bool:
    return any(char < " " or char == "\x7f" for char in text)
