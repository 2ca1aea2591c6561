# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files to a tree: includes expanded where they stand, names and values judged, Local_Changes_File last."""

import os
from typing import Dict, List, NamedTuple, Optional

from . import ecreader, errors, names, paths, tls
from .ecreader import Event
from .tree import Scope, Setting


class Loaded(NamedTuple):
    """A configuration: its tree, and the files and directories that it was read from, in load order. of_the_node: what the files
    in the node's own directory said."""

    main: str
    tree: Scope
    paths: List[str]
    of_the_node: Dict[str, str]


class Loader:
    """Reads one configuration. search_path: directories in which includes are looked for after the including file's. held: for a
    reload, what the node's own directory said at the start, which holds until a restart (page "Configuration overview")."""

    def __init__(self, main: str, search_path: List[str], held: Optional[Dict[str, str]] = None) -> None:
        self.main, self.search_path = main, search_path
        self.tree = Scope("Global")
        self.paths: List[str] = []
        self.open_files: List[str] = []
        self.held = held
        self.of_the_node: Dict[str, str] = {}

    def load(self) -> Loaded:
        """Read everything. Raises ConfigurationError."""
        self._file(self.main, self.tree)
        self._local_changes()
        _judge_tls(self.tree)
        return Loaded(self.main, self.tree, self.paths, self.of_the_node)

    def _local_changes(self) -> None:
        """Page "Local_Changes_File": loaded last wherever it is set; not the main file, nor an included one."""
        path = self.tree.text("Local_Changes_File")
        if not path:
            return
        if path in self.paths:
            raise errors.ConfigurationError("Local_Changes_File '%s' is already a part of the configuration" % path)
        if os.path.exists(path):
            self._file(path, self.tree)

    def _file(self, path: str, scope: Scope) -> None:
        if path in self.open_files:
            raise errors.ConfigurationError("'%s' includes itself" % path)
        if len(self.open_files) >= ecreader.DEEPEST:
            raise errors.ConfigurationError("'%s': more than %d files include one another" % (path, ecreader.DEEPEST))
        text = self._text(path)
        self.paths.append(path)
        self.open_files.append(path)
        for event in ecreader.read(text, path):
            scope = self._apply(event, scope)
        self.open_files.pop()

    def _text(self, path: str) -> str:
        if not path.startswith(paths.node_directory() + "/"):
            return _read(path)
        self.of_the_node[path] = _read(path) if self.held is None else self.held.get(path, "")
        return self.of_the_node[path]

    def _is_there(self, path: str) -> bool:
        if self.held is not None and path.startswith(paths.node_directory() + "/"):
            return path in self.held
        return os.path.lexists(path)

    def _apply(self, event: Event, scope: Scope) -> Scope:
        """One event; the scope in which the next one stands."""
        if event.kind == "option":
            _judge_option(event, scope)
            scope.options[event.name.lower()] = Setting(event.name, event.value or "", event.file, event.line)
        elif event.kind == "open":
            _judge_scope(event.name, scope)
            return scope.open(event.name, event.value if isinstance(event.value, str) else None)
        elif event.kind == "close":
            return scope.parent or scope
        else:
            self._include(str(event.value), os.path.dirname(event.file), scope)
        return scope

    def _include(self, target: str, directory: str, scope: Scope) -> None:
        path = self._find(target, directory)
        if not os.path.isdir(path):
            return self._file(path, scope)
        self.paths.append(path)
        for name in _entries(path):
            self._file(os.path.join(path, name), scope)
        return None

    def _find(self, target: str, directory: str) -> str:
        """An include's file: the including file's directory first, then the search path (page "Configuration overview")."""
        target = target[len("file://") :] if target.startswith("file://") else target
        if "://" in target:
            raise errors.ConfigurationError("'%s': the stand-in includes nothing but files" % target)
        for one in [directory] + self.search_path:
            path = os.path.normpath(os.path.join(one, target))
            if self._is_there(path):
                return path
        raise errors.unreadable(os.path.normpath(os.path.join(directory, target)), "No such file or directory")


def load(main: str, search_path: List[str], held: Optional[Dict[str, str]] = None) -> Loaded:
    """Read a configuration. Raises ConfigurationError."""
    return Loader(main, search_path, held).load()


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError as error:
        raise errors.unreadable(path, os.strerror(error.errno or 0))


def _entries(path: str) -> List[str]:
    """Alphabetical, hidden files left out, no recursion (page "Configuration overview")."""
    try:
        found = sorted(name for name in os.listdir(path) if not name.startswith("."))
    except OSError as error:
        raise errors.unreadable(path, os.strerror(error.errno or 0))
    return [name for name in found if not os.path.isdir(os.path.join(path, name))]


def _judge_option(event: Event, scope: Scope) -> None:
    """Unknown options of the core, and values that do not have their option's type."""
    known: Optional[names.Known] = names.OPTIONS.get(event.name.lower())
    if _of_a_module(scope):
        return
    if known is None:
        raise errors.capability(scope.name, event.name)
    if not names.fits(known.type, event.value):
        text = "Invalid value for option '%s' (%s) in %s at line %d"
        raise errors.ConfigurationError(text % (event.name, known.type, event.file, event.line))


def _judge_tls(tree: Scope) -> None:
    """Values that OpenSSL refuses; GnuTLS, where it is the engine, has another language, which the stand-in does not speak."""
    if tree.text("TLS_Engine").lower() == "gnutls":
        return
    for scope in tree.walk():
        for setting in () if _of_a_module(scope) else scope.options.values():
            try:
                tls.judge(setting.name, str(setting.value))
            except (OSError, ValueError) as error:
                text = "Invalid value for option '%s' in %s at line %d: %s"
                raise errors.ConfigurationError(text % (setting.name, setting.file, setting.line, error))


def _of_a_module(scope: Optional[Scope]) -> bool:
    """Whether a scope, or one around it, is a module's."""
    while scope is not None and scope.parent is not None:
        if names.SCOPES.get(scope.name.lower()) == "module":
            return True
        scope = scope.parent
    return False


def _judge_scope(name: str, parent: Scope) -> None:
    """Unknown stanzas; and Security is valid at the global level alone (page "Security")."""
    if _of_a_module(parent):
        return
    if name.lower() not in names.SCOPES or (name.lower() == "security" and parent.parent is not None):
        raise errors.scope_name(name, parent.name)
