# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The edits that bring requested settings about, on a configuration of their own.

A file that several scopes include is changed only where all of these ask for the same. Else an option is written into its scope,
after the include, and what cannot be had that way is refused with the names of the other scopes. The work is
proportional to configuration and settings: edits are collected, and each container is written in one pass.
"""

from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..catalog import catalog
from ..ecconf import EditError, edit
from ..ecconf.loader import Configuration
from ..ecconf.merged import Assignment, MergedScope, Mount, Tree
from ..ecconf.paths import Path, format_path
from ..ecconf.syntax.document import Container, Document, Include, Item, Option, Scope
from ..errors import PlanError
from .changes import Change, DesiredSetting, FileEdit, Reload, Requests, fold, refuse_new_scope
from .state import State

SHOWN = 3  # scopes that an error names; there may be thousands


class _Batch:
    """What is to be written into one container and taken out of it."""

    def __init__(self, document: Document, container: Container) -> None:
        self.document = document
        self.container = container
        self.assigned: List[Option] = []
        self.options: Dict[bool, List[Option]] = {False: [], True: []}
        self.includes: List[Include] = []
        self.scopes: Dict[bool, List[Scope]] = {False: [], True: []}
        self.dropped: Dict[bool, Dict[int, Item]] = {False: {}, True: {}}

    def write(self) -> None:
        """Make all edits. What is collected under True comes last in the container; what is dropped under True becomes a comment."""
        for comment, items in self.dropped.items():
            if items:
                edit.drop(self.document, self.container, list(items.values()), comment)
        for last, options in self.options.items():
            if options:
                edit.add_options(self.document, self.container, options, last)
        if self.includes:
            edit.add_includes(self.document, self.container, self.includes)
        for last, scopes in self.scopes.items():
            if scopes:
                edit.add_scopes(self.document, self.container, scopes, last)
        if self.assigned:
            edit.part(self.container, self.assigned)


class _InsertionPoint(NamedTuple):
    """Where something new goes: a container of a file, the scopes that it stands for there, and what of a path is missing in it.

    With `last` it goes to the end, after all that is included.
    """

    container: Container
    file: str
    missing: Path
    last: bool


class Editor:
    """Edits the documents of a configuration, which is its own, and records what it did."""

    def __init__(self, configuration: Configuration, reload: Reload, requests: Requests) -> None:
        """`reload` gives the configuration with some files replaced."""
        self._reload = reload
        self._requests = requests
        self._before: Dict[str, bytes] = {}
        self._after: Dict[str, bytes] = {}
        self._notes: List[Tuple[int, Change]] = []
        self._look(configuration)

    def _look(self, configuration: Configuration) -> None:
        """Begin on a configuration as it is."""
        self._configuration = configuration
        self._state = State(configuration, Tree(configuration))
        self._of_node = {file.path for file in configuration.files if file.of_node}
        self._order = self._state.tree.size
        self._batches: Dict[int, _Batch] = {}
        self._homes: Dict[int, Optional[Tuple[int, Container, str]]] = {}
        self._stands: Dict[int, List[Tuple[MergedScope, Mount]]] = {}
        for path, mounts in self._state.tree.mounted.items():
            self._stands[id(configuration.document(path))] = [(mount.scope, mount) for mount in mounts.values()]
        for scope in self._state.tree.scopes:
            for _order, item, mount, _container in scope.opened:
                stands = self._stands.setdefault(id(item), [])
                if not stands or stands[-1][0] is not scope:
                    stands.append((scope, mount))

    def run(self) -> Tuple[List[FileEdit], List[Change]]:
        """Make every request hold, and return the files that differ and the changes in the order of the requests."""
        for index, one in self._of("include", "absent"):
            self._remove_include(index, one)
        self._write()
        self._ensure_includes()
        for index, one in self._of("scope", "absent"):
            self._remove_scope(index, one)
        self._write()
        self._drop_options()
        self._count_in_force()
        for index, one in enumerate(self._requests.all):
            if one.state == "present" and one.kind != "include" and not self._state.holds(one):
                (self._ensure_scope if one.kind == "scope" else self._set_option)(index, one)
        self._flush()
        edits = [FileEdit(path, before, self._after[path]) for path, before in self._before.items()]
        changes = [change for _index, change in sorted(self._notes, key=lambda note: note[0])]
        return [one for one in edits if one.before != one.after], changes

    def _of(self, kind: str, *states: str) -> Iterator[Tuple[int, DesiredSetting]]:
        """The requests of a kind and state that do not hold, with their numbers."""
        for index, one in enumerate(self._requests.all):
            if one.kind == kind and one.state in states and not self._state.holds(one):
                yield index, one

    # -- writing

    def _batch(self, file: str, container: Container) -> _Batch:
        """What is collected for a container; its file is about to change."""
        document = self._configuration.document(file)
        if file not in self._before:
            self._before[file] = bytes(document)
        self._after.setdefault(file, b"")
        return self._batches.setdefault(id(container), _Batch(document, container))

    def _flush(self) -> None:
        """Make the edits that are collected."""
        for batch in self._batches.values():
            batch.write()
        for file in self._after:
            if self._configuration.loaded(file) is not None:
                self._after[file] = bytes(self._configuration.document(file))

    def _write(self) -> None:
        """Make the edits that are collected, and look at what the files are then."""
        if not self._batches:
            return
        self._flush()
        old, new = self._configuration, self._reload(self._after)
        for file in self._after:
            if old.loaded(file) is not None and new.loaded(file) is not None:
                _number(old.document(file), new.document(file))
        self._look(new)

    def _note(
        self, index: int, one: DesiredSetting, file: str, line: int, action: str, before: Any, after: Any
    ) -> None:
        subject = one.include if one.include is not None else one.option or ""
        change = Change(file, line, format_path(one.path), subject, action, before, after, self._activation(one, file))
        self._notes.append((index, change))

    def _activation(self, one: DesiredSetting, file: str) -> str:
        """What a change needs; files of one node alone are not seen by `config reload` (page *conf-overview*)."""
        if file in self._of_node:
            return "restart"
        return catalog.activation(one.option, one.path) if one.option else catalog.scope_activation(one.path)

    # -- files that several scopes include

    def _others(self, container: Container, scope: Optional[MergedScope]) -> List[MergedScope]:
        """The other scopes that a container stands for."""
        return [other for other, _mount in self._stands.get(id(container), ()) if other is not scope]

    def _is_shared(self, container: Container) -> bool:
        return len(self._stands.get(id(container), ())) > 1

    def _count_in_force(self) -> None:
        """Find the assignments that are in force for several scopes, and whether all of these ask for the same."""
        self._holders: Dict[int, List[MergedScope]] = {}
        self._verdicts: Dict[int, Optional[DesiredSetting]] = {}
        for scope in [self._state.tree.root] + self._state.tree.scopes:
            for key in scope.settings:
                found = self._state.winner(scope, key)
                if found is not None and self._is_shared(found[3]):
                    self._holders.setdefault(id(found[1]), []).append(scope)

    def _is_free(self, one: DesiredSetting, scope: MergedScope, found: Assignment) -> bool:
        """Whether an assignment may change: all other scopes for which it is in force ask for the same."""
        holders = self._holders.get(id(found[1]), [])
        if not holders or holders == [scope]:
            return True
        if id(found[1]) not in self._verdicts:
            self._verdicts[id(found[1])] = self._common(holders, one.option or "")
        common = self._verdicts[id(found[1])]
        return common is not None and common.agrees(one)

    def _common(self, holders: Sequence[MergedScope], option: str) -> Optional[DesiredSetting]:
        """What all of some scopes ask for, None where they do not agree."""
        common: Optional[DesiredSetting] = None
        for scope in holders:
            asked = self._requests.of_option(fold(scope.path()), option.lower())
            common = common or next(iter(asked), None)
            if common is None or not any(common.agrees(other) for other in asked):
                return None
        return common

    def _refuse(self, one: DesiredSetting, file: str, line: int, others: Sequence[MergedScope]) -> None:
        """Stop for what would change scopes that the task does not name."""
        names = ["'%s'" % (format_path(other.path()) or "global") for other in others[:SHOWN]]
        if len(others) > SHOWN:
            names.append("%d more" % (len(others) - SHOWN))
        raise PlanError(
            "%s: %s%s is included in %s as well, which would change too. Ask for the same there, give this scope a file of its "
            "own, or set the option to the value that it is to have"
            % (one.words(), file, ":%d" % line if line else "", ", ".join(names))
        )

    def _refuse_unasked(
        self, one: DesiredSetting, file: str, line: int, others: Sequence[MergedScope], inner: Path = ()
    ) -> None:
        """Stop if one of some scopes, or what is `inner` of it, is not asked for as this request asks."""
        unasked = [other for other in others if not self._asks_too(fold(other.path() + inner), one)]
        if unasked:
            self._refuse(one, file, line, unasked)

    def _asks_too(self, where: Path, one: DesiredSetting) -> bool:
        if one.option is not None:
            return any(other.agrees(one) for other in self._requests.of_option(where, one.option.lower()))
        return any(
            (other.kind, other.state, other.include, other.readonly) == (one.kind, one.state, one.include, one.readonly)
            for other in self._requests.of_scope(where)
        )

    # -- finding a place

    def _home(self, one: DesiredSetting) -> _InsertionPoint:
        """Where something new of a scope goes: the file that is named, else where the scope or those around it are opened last."""
        if one.file is not None:
            return self._home_in(self._state.file(one.file), one)
        for depth in range(len(one.path), -1, -1):
            scope = self._state.tree.find(one.path[:depth])
            found = self._last_of_its_own(scope) if scope is not None else None
            if found is not None:
                missing = one.path[depth:]
                return _InsertionPoint(found[1], found[2], missing, self._is_opened(one.path, depth + 1))
        raise PlanError("%s does not exist" % self._configuration.main)

    def _is_opened(self, path: Path, depth: int) -> bool:
        """Whether a scope that is about to be opened is so elsewhere; the first place decides about its precedence."""
        return depth <= len(path) and self._state.tree.find(path[:depth]) is not None

    def _last_of_its_own(self, scope: MergedScope) -> Optional[Tuple[int, Container, str]]:
        """The last place at which a scope, and no other, is opened: its load order, the container and the file.

        The file of console changes is none: it is Momentum's own.
        """
        if id(scope) not in self._homes:
            self._homes[id(scope)] = next(self._own_places(scope), None)
        return self._homes[id(scope)]

    def _own_places(self, scope: MergedScope) -> Iterator[Tuple[int, Container, str]]:
        local = self._configuration.local_changes
        for order, item, mount, _container in reversed(scope.opened):
            if mount.file != local and not self._is_shared(item) and id(item) not in self._state.gone:
                yield order, item, mount.file
        if scope is self._state.tree.root and self._configuration.main in self._state.tree.mounted:
            yield 0, self._configuration.document(self._configuration.main), self._configuration.main

    def _home_in(self, file: str, one: DesiredSetting) -> _InsertionPoint:
        for depth in range(len(one.path), -1, -1):
            scope = self._state.tree.find(one.path[:depth])
            if scope is None:
                continue
            opened = self._state.opened(scope, file)
            container: Optional[Container] = opened[-1][1] if opened else None
            if container is None and id(scope) in self._state.tree.mounted.get(file, {}):
                container = self._configuration.document(file)
            if container is not None:
                missing = one.path[depth:]
                self._refuse_unasked(one, file, 0, self._others(container, scope), missing)
                return _InsertionPoint(container, file, missing, False)
        raise PlanError(
            "%s: %s is included in other scopes; leave 'file' out, or name one that this scope includes"
            % (one.words(), file)
        )

    def _make(self, one: DesiredSetting, place: _InsertionPoint) -> Tuple[Container, str]:
        """Open the scopes of a place that are missing, and return the innermost."""
        refuse_new_scope(one, place.missing)
        container, last = place.container, place.last
        for element in place.missing:
            batch = self._batch(place.file, container)
            scope = edit.new_scope(batch.document, container, element)
            batch.scopes[last].append(scope)
            self._order += 1
            for outer, mount in self._stands[id(container)]:
                merged = self._state.tree.child(outer, element[0], element[1])
                self._state.opening(merged, (self._order, scope, mount, container))
                self._stands.setdefault(id(scope), []).append((merged, mount))
                self._homes.pop(id(merged), None)
            container, last = scope, False
        return container, place.file

    # -- options

    def _set_option(self, index: int, one: DesiredSetting) -> None:
        """Give an option its value where it is in force, or where its scope is."""
        scope = self._state.tree.find(one.path)
        found = self._state.in_force(one, scope)
        if scope is None or found is None:
            self._add_option(index, one, self._home(one))
        elif self._is_free(one, scope, found) or one.file is not None and self._is_asked_by_all(one, scope, found):
            self._assign(index, one, found)
        else:
            self._add_option(index, one, self._place_after(one, scope, found), found)

    def _is_asked_by_all(self, one: DesiredSetting, scope: MergedScope, found: Assignment) -> bool:
        """Refuse what is in force for another scope that does not ask for the same."""
        others = [other for other in self._holders[id(found[1])] if other is not scope]
        self._refuse_unasked(one, found[2].file, found[1].line, others)
        return True

    def _assign(self, index: int, one: DesiredSetting, found: Assignment) -> None:
        _order, option, mount, container = found
        batch = self._batch(mount.file, container)
        before = option.value
        try:
            edit.assign(option, one.value)
        except EditError as error:
            raise PlanError("%s: %s" % (one.words(), error))
        batch.assigned.append(option)
        self._note(index, one, mount.file, option.line, "set", before, option.value)

    def _add_option(
        self, index: int, one: DesiredSetting, place: _InsertionPoint, hidden: Optional[Assignment] = None
    ) -> None:
        last = place.last and not place.missing
        try:
            container, file = self._make(one, place)
            option = edit.new_option(one.option or "", edit.new_text(container, one.value))
        except EditError as error:
            raise PlanError("%s: %s" % (one.words(), error))
        self._batch(file, container).options[last].append(option)
        self._order += 1
        for scope, mount in self._stands[id(container)]:
            self._state.assigned(scope, (self._order, option, mount, container))
        self._note(index, one, file, 0, "add", None if hidden is None else hidden[1].value, option.value)

    def _place_after(self, one: DesiredSetting, scope: MergedScope, found: Assignment) -> _InsertionPoint:
        """Where an option is in force over an assignment that other scopes have, too: where its scope is opened later, else after the
        include that brings the assignment, in the innermost file that no other scope includes."""
        own = self._last_of_its_own(scope)
        if own is not None and own[0] > found[0]:
            return _InsertionPoint(own[1], own[2], (), False)
        mount, container = found[2], found[3]
        while self._is_shared(container) and mount.container is not None and mount.outer is not None:
            around, container = mount.scope, mount.container
            mount = mount.outer
        return _InsertionPoint(container, mount.file, one.path[len(around.path()) :], True)

    def _drop_options(self) -> None:
        """Take assignments away, the overridden ones too, because one of them would come into force."""
        self._count_in_force()
        gone: List[int] = []
        for index, one in list(self._of("option", "absent", "commented")):
            scope = self._state.tree.find(one.path)
            last: Dict[str, Assignment] = {}
            for found in self._state.assignments(one, scope) if scope is not None else ():
                if scope is not None and not self._is_free(one, scope, found):
                    self._is_asked_by_all(one, scope, found)
                dropped = self._batch(found[2].file, found[3]).dropped
                if id(found[1]) not in dropped[one.state == "absent"]:
                    dropped[one.state == "commented"][id(found[1])] = found[1]
                gone.append(id(found[1]))
                last[found[2].file] = found
            for file, found in last.items():
                action = "unset" if one.state == "absent" else "comment"
                self._note(index, one, file, found[1].line, action, found[1].value, None)
        self._state.gone.update(gone)

    # -- scopes

    def _ensure_scope(self, index: int, one: DesiredSetting) -> None:
        """Open a scope that is opened nowhere."""
        _container, file = self._make(one, self._home(one))
        self._note(index, one, file, 0, "add_scope", None, None)

    def _remove_scope(self, index: int, one: DesiredSetting) -> None:
        """Remove every opening of a scope, with all it holds."""
        if not one.path:
            raise PlanError("the global scope cannot be removed")
        scope = self._state.tree.find(one.path)
        first: Dict[str, int] = {}
        for _order, item, mount, container in self._state.opened(scope, one.file) if scope is not None else ():
            dropped = self._batch(mount.file, container).dropped[False]
            if id(item) not in dropped:
                self._refuse_unasked(one, mount.file, item.line, self._others(item, scope))
                dropped[id(item)] = item
            first.setdefault(mount.file, item.line)
        for file, line in first.items():
            self._note(index, one, file, line, "remove_scope", None, None)

    # -- includes

    def _remove_include(self, index: int, one: DesiredSetting) -> None:
        """Remove every include line that stands for a target."""
        scope = self._state.tree.find(one.path)
        first: Dict[str, int] = {}
        for _order, item, mount, container in self._state.includes(one, scope):
            dropped = self._batch(mount.file, container).dropped[False]
            if id(item) not in dropped:
                self._refuse_unasked(one, mount.file, item.line, self._others(container, scope))
                dropped[id(item)] = item
            first.setdefault(mount.file, item.line)
        for file, line in first.items():
            self._note(index, one, file, line, "remove_include", one.include, None)

    def _ensure_includes(self) -> None:
        """Write include lines: first into scopes that are there, then into those that the first ones bring, at last into new ones."""
        left = list(self._of("include", "present"))
        while left:
            known = [pair for pair in left if self._state.tree.find(pair[1].path) is not None]
            new = [pair for pair in left if self._state.tree.find(pair[1].path) is None] if known else []
            for index, one in known or left:
                self._ensure_include(index, one)
            self._write()
            left = new

    def _ensure_include(self, index: int, one: DesiredSetting) -> None:
        if self._state.holds(one):  # by the line of another request
            return
        scope = self._state.tree.find(one.path)
        found = self._state.includes(one, scope)
        brought = None if found else self._state.brought(one, scope)
        if brought is not None:
            raise PlanError(
                "%s: %s:%d includes its directory, in another way; change that line"
                % (one.words(), brought[2].file, brought[1].line)
            )
        keyword = "readonly_include" if one.readonly else "include"
        for _order, item, mount, container in found:
            self._refuse_unasked(one, mount.file, item.line, self._others(container, scope))
            self._batch(mount.file, container)
            item.name = keyword
            self._note(index, one, mount.file, item.line, "add_include", None, one.include)
        if not found:
            container, file = self._make(one, self._home(one))
            line = edit.new_include(one.include or "", one.readonly)
            self._batch(file, container).includes.append(line)
            self._order += 1
            for inside, mount in self._stands[id(container)]:
                self._state.included(inside, (self._order, line, mount, container))
            self._note(index, one, file, 0, "add_include", None, one.include)


def _number(old: Document, new: Document) -> None:
    """Give the items of a document the lines that they had before they were written; new ones have none."""
    for (_holder, was), (_container, item) in zip(old.walk(), new.walk()):
        item.line = was.line
