# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a configuration has of what a task requests: the one place that says whether a setting holds, before a plan and after it."""

import os
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..ecconf.loader import Configuration
from ..ecconf.merged import Assignment, Inclusion, MergedScope, Opening, Tree
from ..errors import PlanError
from .changes import DesiredSetting


class _Includes(NamedTuple):
    """The include lines of one scope: by directory of their file and what they stand for; the files that directories bring;
    and one file of each directory."""

    lines: Dict[Tuple[str, str], List[Inclusion]]
    brought: Dict[Tuple[str, str], Inclusion]
    files: Dict[str, str]


class State:
    """A configuration with the means to look up what is requested. `gone` are the ids of items that are to be taken out."""

    def __init__(self, configuration: Configuration, tree: Tree) -> None:
        """`tree` are the merged scopes of the configuration."""
        self.configuration = configuration
        self.tree = tree
        self.gone: Set[int] = set()
        self._by_file: Dict[Tuple[int, str], Dict[str, List[Assignment]]] = {}
        self._opened: Dict[int, Dict[str, List[Opening]]] = {}
        self._includes: Dict[int, _Includes] = {}

    def file(self, name: str) -> str:
        """The path of a loaded file that a task names, absolute or relative to the directory of the main file. PlanError: not loaded."""
        path = self._path(name)
        found = self.configuration.loaded(path)
        if found is None:
            raise PlanError(
                "%s is not part of the configuration of %s; include it first, or leave 'file' out"
                % (path, self.configuration.main)
            )
        return found

    def _path(self, name: str) -> str:
        return os.path.join(os.path.dirname(self.configuration.main), name)

    def assignments(self, one: DesiredSetting, scope: Optional[MergedScope]) -> Sequence[Assignment]:
        """The assignments of an option in its scope, of the file that the task names; the last one is in force."""
        if scope is None or one.option is None:
            return ()
        key = one.option.lower()
        found: Sequence[Assignment] = scope.settings.get(key, ())
        if one.file is None:
            return found
        place = id(scope), key
        if place not in self._by_file:
            self._by_file[place] = {}
            for assignment in found:
                self._by_file[place].setdefault(assignment[2].file, []).append(assignment)
        return self._by_file[place].get(self.file(one.file), ())

    def in_force(self, one: DesiredSetting, scope: Optional[MergedScope]) -> Optional[Assignment]:
        """The last of these that is not to be taken out."""
        return next((found for found in reversed(self.assignments(one, scope)) if id(found[1]) not in self.gone), None)

    def assigned(self, scope: MergedScope, assignment: Assignment) -> None:
        """Take note of an assignment that is about to be written, after all others of its scope."""
        key = assignment[1].key
        scope.settings.setdefault(key, []).append(assignment)
        if (id(scope), key) in self._by_file:
            self._by_file[id(scope), key].setdefault(assignment[2].file, []).append(assignment)

    def opened(self, scope: MergedScope, file: Optional[str]) -> Sequence[Opening]:
        """The places at which a scope is opened, in one file or in all."""
        if file is None:
            return scope.opened
        if id(scope) not in self._opened:
            self._opened[id(scope)] = {}
            for opening in scope.opened:
                self._opened[id(scope)].setdefault(opening[2].file, []).append(opening)
        return self._opened[id(scope)].get(self.file(file), ())

    def opening(self, scope: MergedScope, opening: Opening) -> None:
        """Take note of a scope that is about to be written."""
        scope.opened.append(opening)
        if id(scope) in self._opened:
            self._opened[id(scope)].setdefault(opening[2].file, []).append(opening)

    def includes(self, one: DesiredSetting, scope: Optional[MergedScope]) -> List[Inclusion]:
        """The include lines of a scope that stand for the same as the requested one would in their place."""
        if scope is None:
            return []
        index = self._index(scope)
        found = [
            inclusion
            for directory, file in index.files.items()
            for inclusion in index.lines.get((directory, self.configuration.meaning(file, one.include or "")), ())
        ]
        return found if one.file is None else [line for line in found if line[2].file == self.file(one.file)]

    def brought(self, one: DesiredSetting, scope: Optional[MergedScope]) -> Optional[Inclusion]:
        """The include line of a directory that has the requested file among its files, if one does."""
        if scope is None or one.file is not None:
            return None
        index = self._index(scope)
        found = (
            index.brought.get((directory, self.configuration.meaning(file, one.include or "")))
            for directory, file in index.files.items()
        )
        return next((line for line in found if line is not None), None)

    def included(self, scope: MergedScope, inclusion: Inclusion) -> None:
        """Take note of an include line that is about to be written."""
        scope.includes.append(inclusion)
        if id(scope) in self._includes:
            self._enter(self._includes[id(scope)], inclusion)

    def _index(self, scope: MergedScope) -> _Includes:
        if id(scope) not in self._includes:
            index = self._includes[id(scope)] = _Includes({}, {}, {})
            for inclusion in scope.includes:
                self._enter(index, inclusion)
        return self._includes[id(scope)]

    def _enter(self, index: _Includes, inclusion: Inclusion) -> None:
        file, target = inclusion[2].file, inclusion[1].target
        directory = os.path.dirname(file)
        meaning = self.configuration.meaning(file, target)
        index.files.setdefault(directory, file)
        index.lines.setdefault((directory, meaning), []).append(inclusion)
        for path in self.configuration.included(file, target):
            identity = self.configuration.identity(path)
            if identity != meaning:
                index.brought[directory, identity] = inclusion

    def holds(self, one: DesiredSetting) -> bool:
        """Whether a requested setting is so already; not where it is about a file that is not loaded."""
        if one.file is not None and self.configuration.loaded(self._path(one.file)) is None:
            return False
        scope = self.tree.find(one.path)
        if one.kind == "include":
            return self._holds_include(one, scope)
        if one.kind == "scope":
            opened = scope is not None and (not one.path or bool(self.opened(scope, one.file)))
            inside = scope is not None and one.file is not None and self._is_top(self.file(one.file), scope)
            return not opened if one.state == "absent" else opened or inside
        if one.state != "present":
            return not self.assignments(one, scope)
        found = self.in_force(one, scope)
        return found is not None and one.means(found[1].value)

    def _is_top(self, file: str, scope: MergedScope) -> bool:
        """Whether the top level of a file belongs to a scope."""
        return id(scope) in self.tree.mounted.get(file, {})

    def _holds_include(self, one: DesiredSetting, scope: Optional[MergedScope]) -> bool:
        found = self.includes(one, scope)
        if one.state != "present":
            return not found
        brought = None if found else self.brought(one, scope)
        return any(line[1].readonly == one.readonly for line in found + ([brought] if brought else []))

    def winner(self, scope: MergedScope, key: str) -> Optional[Assignment]:
        """The assignment of an option (lower case) that is in force in a scope once what is `gone` is taken out."""
        return next((found for found in reversed(scope.settings.get(key, ())) if id(found[1]) not in self.gone), None)
