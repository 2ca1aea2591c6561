# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of the configuration, and the plan that brings it about.

A pure function: configuration and wishes in, plan out. Check mode, the difference, `changed`, `activation` and the
files to write are all read off the plan, so they cannot disagree.
"""

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from . import catalog, consequences
from .activation import strongest
from .ecconf import EditError, edit
from .ecconf.document import Document, Include
from .ecconf.effective import Effective
from .ecconf.loader import Configuration
from .ecconf.paths import Path, format_path
from .errors import PlanError

Reload = Callable[[Dict[str, bytes]], Configuration]

FAR_REACHING = ("add_include", "remove_include", "remove_scope")


class Wanted(NamedTuple):
    """One wish: an option, or an include line, or (with neither) a scope."""

    path: Path
    option: Optional[str] = None
    value: Any = None
    state: str = "present"
    include: Optional[str] = None
    readonly: bool = False
    file: Optional[str] = None
    same: Optional[Callable[[Any, Any], bool]] = None


class Change(NamedTuple):
    """One step of a plan, in words that a result can carry."""

    file: str
    line: int
    scope: str
    subject: str
    action: str
    before: Any
    after: Any
    activation: str


class FileEdit(NamedTuple):
    """The bytes of one file before (None: no such file) and after."""

    path: str
    before: Optional[bytes]
    after: bytes


class Plan(NamedTuple):
    """What has to be done; empty where all wishes already hold."""

    edits: List[FileEdit]
    changes: List[Change]
    warnings: List[str]

    @property
    def activation(self) -> str:
        """The most that one of the changes needs: none, reload or restart."""
        return strongest(*[change.activation for change in self.changes])


NOTHING = Plan([], [], [])


def plan(configuration: Configuration, reload: Reload, wishes: Sequence[Wanted]) -> Plan:
    """Compute the smallest edits after which every wish holds.

    `reload` loads the configuration anew with some files replaced, to see what the edits lead to. Raises PlanError for
    wishes that contradict each other or cannot be written.
    """
    _refuse_contradictions(wishes)
    editor = _Editor(configuration, reload)
    for wish in wishes:
        editor.meet(wish)
    edits = editor.edits()
    if not edits:
        return NOTHING
    after = Effective(reload({edit.path: edit.after for edit in edits}))
    return Plan(edits, _with_consequences(editor.changes, after, reload), consequences.hidden(after, editor.written))


def _with_consequences(changes: List[Change], after: Effective, reload: Reload) -> List[Change]:
    """Judge what reaches further than one option by all that it brings or takes away."""
    if not any(change.action in FAR_REACHING for change in changes):
        return changes
    level = consequences.activation(Effective(reload({})), after)
    return [change._replace(activation=level) if change.action in FAR_REACHING else change for change in changes]


def _refuse_contradictions(wishes: Sequence[Wanted]) -> None:
    seen: Dict[Any, Wanted] = {}
    for wish in wishes:
        if wish.option is None:
            continue
        key = (_fold(wish.path), wish.option.lower(), wish.file)
        other = seen.setdefault(key, wish)
        if other.state != wish.state or wish.state == "present" and not _same(wish, other.value):
            raise PlanError(
                "option %r of scope %r is wanted twice, with different values; keep one of them"
                % (other.option, format_path(wish.path) or "global")
            )


def _same(wish: Wanted, value: Any) -> bool:
    """Whether a value means what is wanted."""
    if wish.same is not None:
        return wish.same(value, wish.value)
    return catalog.same(wish.option or "", wish.path, value, wish.value)


def _fold(path: Path) -> Path:
    return tuple((name.lower(), instance) for name, instance in path)


class _Editor:
    """Edits the documents of one configuration and writes down what it did."""

    def __init__(self, configuration: Configuration, reload: Reload) -> None:
        self._reload = reload
        self._read(configuration)
        self.opened: Dict[str, Document] = {}
        self.before: Dict[str, bytes] = {}
        self.changes: List[Change] = []
        self.written: List[Tuple[Path, str, str]] = []

    def _read(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.effective = Effective(configuration)
        self.has_more = False

    def meet(self, wish: Wanted) -> None:
        """Make one wish come true, with what an include line of an earlier one has brought."""
        if self.has_more:
            self._read(self._reload({edit.path: edit.after for edit in self.edits()}))
        kind = "include" if wish.include is not None else "scope" if wish.option is None else "option"
        _MEANS[kind, wish.state](self, wish)

    def edits(self) -> List[FileEdit]:
        """The files whose bytes differ from what was read."""
        pairs = [(path, before, bytes(self.opened[path])) for path, before in self.before.items()]
        return [FileEdit(path, before, after) for path, before, after in pairs if before != after]

    # -- finding the place

    def file_of(self, wish: Wanted) -> str:
        """The file that something new is written to: the one named, else where the scope or those around it are opened last."""
        if wish.file is not None:
            return self._named(wish.file)
        for depth in range(len(wish.path), 0, -1):
            opened = [file for file, _line in self.effective.where(wish.path[:depth])]
            own = [file for file in opened if file != self.configuration.local_changes]
            if own:
                return own[-1]
        return self.configuration.main

    def _named(self, name: str) -> str:
        path = os.path.join(os.path.dirname(self.configuration.main), name)
        if path not in {file.path for file in self.configuration.files}:
            raise PlanError(
                "%s is not part of the configuration of %s; include it first, or leave 'file' out"
                % (path, self.configuration.main)
            )
        return path

    def _local(self, file: str, wish: Wanted) -> Path:
        """The scope's path inside a file, which may itself be included in a scope."""
        path = self.effective.local_path(file, wish.path)
        if path is None:
            raise PlanError("%s is included in other scopes than %s; leave 'file' out" % (file, format_path(wish.path)))
        return path

    def _files(self, wish: Wanted) -> List[str]:
        """The files in which the scope of a wish may be."""
        files = [self._named(wish.file)] if wish.file else [file.path for file in self.configuration.files]
        return [file for file in files if self.effective.local_path(file, wish.path) is not None]

    def open(self, file: str) -> Document:
        """The document of a file that is about to be edited."""
        document = self.configuration.document(file)
        self.opened[file] = document
        self.before.setdefault(file, bytes(document))
        return document

    # -- meeting a wish

    def set_option(self, wish: Wanted) -> None:
        """Give an option its value where it is in force, or where its scope is."""
        name = wish.option or ""
        setting = self.effective.get(wish.path, name) if wish.file is None else None
        file = self.file_of(wish) if setting is None else setting.file
        local = self._local(file, wish)
        found = edit.find_options(self.configuration.document(file), local, name)
        line, before = (found[-1].line, found[-1].value) if found else (0, None)
        if found and _same(wish, before):
            return
        try:
            written = edit.set_option(self.open(file), local, name, wish.value)
        except EditError as error:
            raise PlanError("option %r of scope %r: %s" % (name, format_path(wish.path) or "global", error))
        if written:
            after = edit.find_options(self.configuration.document(file), local, name)[-1].value
            self.written.append((wish.path, name, file))
            self._note(wish, file, line, "set" if found else "add", before, after)

    def unset_option(self, wish: Wanted) -> None:
        """Remove every assignment of an option."""
        self._drop(wish, edit.unset_option, "unset")

    def comment_option(self, wish: Wanted) -> None:
        """Turn every assignment of an option into a comment."""
        self._drop(wish, edit.comment_out, "comment")

    def _drop(self, wish: Wanted, act: Callable[..., bool], action: str) -> None:
        """Take every assignment away: also those that lose now, because one of them would come into force."""
        name = wish.option or ""
        for file in self._files(wish):
            local = self._local(file, wish)
            options = edit.find_options(self.configuration.document(file), local, name)
            if options:
                before, line = options[-1].value, options[-1].line
                act(self.open(file), local, name)
                self._note(wish, file, line, action, before, None)

    def ensure_scope(self, wish: Wanted) -> None:
        """Open a scope that is opened nowhere."""
        if wish.file is None and self.effective.where(wish.path):
            return
        file = self.file_of(wish)
        if edit.ensure_scope(self.open(file), self._local(file, wish)):
            self._note(wish, file, 0, "add_scope", None, None)

    def remove_scope(self, wish: Wanted) -> None:
        """Remove every opening of a scope, with all it holds."""
        for file in self._files(wish):
            scopes = edit.find_scopes(self.configuration.document(file), self._local(file, wish))
            if scopes and not isinstance(scopes[0], Document):
                line = scopes[0].line
                edit.remove_scope(self.open(file), self._local(file, wish))
                self._note(wish, file, line, "remove_scope", None, None)

    def ensure_include(self, wish: Wanted) -> None:
        """Write an include line where there is none for its target."""
        if any(item.readonly == wish.readonly for file in self._files(wish) for item in self._includes(file, wish)):
            return
        file = self.file_of(wish)
        if edit.ensure_include(self.open(file), self._local(file, wish), wish.include or "", readonly=wish.readonly):
            self._note(wish, file, 0, "add_include", None, wish.include)
            self.has_more = True

    def remove_include(self, wish: Wanted) -> None:
        """Remove every include line of a target."""
        for file in self._files(wish):
            found = self._includes(file, wish)
            if found:
                edit.remove_include(self.open(file), self._local(file, wish), wish.include or "")
                self._note(wish, file, found[0].line, "remove_include", wish.include, None)

    def _includes(self, file: str, wish: Wanted) -> List[Include]:
        scopes = edit.find_scopes(self.configuration.document(file), self._local(file, wish))
        items = (item for scope in scopes for item in scope.items if isinstance(item, Include))
        return [item for item in items if item.target == wish.include]

    def _note(self, wish: Wanted, file: str, line: int, action: str, before: Any, after: Any) -> None:
        subject = wish.include if wish.include is not None else wish.option or ""
        activation = self._activation(wish, file)
        self.changes.append(Change(file, line, format_path(wish.path), subject, action, before, after, activation))

    def _activation(self, wish: Wanted, file: str) -> str:
        """What a change needs; files of one node alone are not seen by `config reload` (page *conf-overview*)."""
        if any(loaded.of_node for loaded in self.configuration.files if loaded.path == file):
            return "restart"
        return catalog.activation(wish.option, wish.path) if wish.option else catalog.scope_activation(wish.path)


_MEANS = {
    ("option", "present"): _Editor.set_option,
    ("option", "absent"): _Editor.unset_option,
    ("option", "commented"): _Editor.comment_option,
    ("scope", "present"): _Editor.ensure_scope,
    ("scope", "absent"): _Editor.remove_scope,
    ("include", "present"): _Editor.ensure_include,
    ("include", "absent"): _Editor.remove_include,
}
