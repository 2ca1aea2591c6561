# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load a configuration: the main file, everything it includes, and the Local_Changes_File, in load order.

Every file is read and parsed once. What cannot be loaded is reported as a `Problem`; nothing but strict=True raises.
Rules: pages 4/conf-overview (include), 4/config/ref-ecelerity-conf (search path), 4/config/ref-local-changes-file.
"""

import os
import posixpath
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from .reader import DIRECTORY, FILE, Reader
from .search import DEFAULT_SEARCH_PATH, SearchPath, expand
from .syntax.document import Document, Include, Option
from .syntax.errors import MomentumError, ParseError
from .syntax.limits import BYTES, FILES, INCLUDE_DEPTH, INCLUSIONS, STATEMENTS
from .syntax.parser import parse

DEFAULT = DEFAULT_SEARCH_PATH
PREFIX = "/opt/msys/ecelerity/"
UNDECLARED_LOCAL_CHANGES = PREFIX + "etc/local_changes.conf"


class Problem(NamedTuple):
    """Something of the configuration that is not loaded.

    `kind` is missing, unreadable, parse, cycle, limit, uri or local_changes; `path` what it is about; `file` and `line`
    where it was included (None and 0 for the main file); `error` the ParseError of kind parse.
    """

    kind: str
    path: str
    file: Optional[str]
    line: int
    message: str
    error: Optional[ParseError] = None


class LoadError(MomentumError, ValueError):
    """Raised by load(..., strict=True) for the first problem that is no ParseError; it is kept as `problem`."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem; its message is that of the error."""
        super(LoadError, self).__init__(problem.message)
        self.problem = problem


class LoadedFile(NamedTuple):
    """A file of the configuration, once, at the place of its first loading.

    `readonly`: Momentum would not write to it (readonly_include, included more than once, or below such a file).
    `of_node`: it lies in a {NODENAME} directory, so that changes need a restart: `config reload` does not see them.
    """

    path: str
    document: Document
    readonly: bool
    included_by: Optional[str]
    line: int
    of_node: bool


class Configuration:
    """Everything that was loaded, in load order; `local_changes` is the path of the Local_Changes_File or None.

    That file may be missing: Momentum creates it when it first writes to it.
    """

    __slots__ = (
        "main",
        "files",
        "problems",
        "local_changes",
        "_search",
        "_reader",
        "_documents",
        "_targets",
        "_identities",
    )

    def __init__(
        self, main: str, local_changes: Optional[str], problems: List[Problem], search: SearchPath, reader: Reader
    ) -> None:
        """Start empty; `load` fills it."""
        self.main = main
        self._search = search
        self._identities: Dict[str, str] = {}
        self.local_changes = local_changes
        self.problems = problems
        self.files: List[LoadedFile] = []
        self._reader = reader
        self._documents: Dict[str, Document] = {}
        self._targets: Dict[Tuple[str, str], List[str]] = {}

    def document(self, path: str) -> Document:
        """The document of a loaded file, by any path that leads to it; KeyError when it is not loaded."""
        return self._documents[self.loaded(path) or path]

    def loaded(self, path: str) -> Optional[str]:
        """The path of a loaded file as the configuration has it, by any path that leads to it; None when it is not loaded."""
        if path in self._documents:
            return path
        if not self._identities:
            self._identities = {self._reader.identity(known): known for known in self._documents}
        return self._identities.get(self._reader.identity(path))

    def identity(self, path: str) -> str:
        """A text that is the same for every path that leads to the same file."""
        return self._reader.identity(path)

    def meaning(self, file: str, target: str) -> str:
        """What an include in a file stands for: the same text for every spelling that leads to the same file or directory.

        Where nothing is there it is the first place of the search; a URI that only Momentum can load stands for itself.
        """
        name = local_name(target)
        if name is None:
            return target
        path = first(self._search, self._reader, name, file)
        if path is None:
            path = next(self._search.candidates(name, file), "")
        # No file system can hold a name with a NUL, and asking for one is an error.
        return path if "\0" in path else self._reader.identity(path)

    def roots(self) -> List[str]:
        """The files nobody includes, in load order: the main file and the Local_Changes_File, as far as loaded."""
        return [path for path in (self.main, self.local_changes) if path is not None and path in self._documents]

    def included(self, path: str, target: str) -> Sequence[str]:
        """The loaded files that an include in a file stands for, in load order."""
        return self._targets.get((path, target), ())


def load(
    main: str,
    search_path: Sequence[str] = DEFAULT,
    nodename: Optional[str] = None,
    subcluster: Optional[str] = None,
    environment: Optional[Mapping[str, str]] = None,
    *,
    reader: Reader,
    strict: bool = False,
) -> Configuration:
    """Load a main file and everything that belongs to it.

    `reader` opens the files. `search_path` elements may hold {NODENAME} (this node's name unless given) and {SUBCLUSTER};
    EC_CONF_SEARCH_PATH of `environment` (the daemon's, not ours) replaces them. With strict the first problem raises ParseError or LoadError.
    """
    search = expand(search_path, nodename or os.uname()[1], subcluster, environment)
    return _Loading(search, reader, strict).run(main)


class _Full(MomentumError):
    """All files together have too much; the text says of what."""


class _Node:
    """A file while loading: `times` is how often it is included, `children` are the files it includes, in order."""

    __slots__ = ("path", "identity", "document", "readonly", "included_by", "line", "times", "children")

    def __init__(self, path: str, identity: str, document: Document, included_by: Optional[str], line: int) -> None:
        self.path = path
        self.identity = identity
        self.document = document
        self.included_by = included_by
        self.line = line
        self.readonly = False
        self.times = 0
        self.children: List[_Node] = []


class _Loading:
    """The state of one load."""

    def __init__(self, search: SearchPath, reader: Reader, strict: bool) -> None:
        self.search = search
        self.reader = reader
        self.strict = strict
        self.problems: List[Problem] = []
        self.nodes: Dict[str, _Node] = {}
        self.failed: Set[str] = set()
        self.active: Set[str] = set()
        self.finished: List[_Node] = []
        self.bytes = 0
        self.statements = 0
        self.included = 0
        self.full = False
        self.targets: Dict[Tuple[str, str], List[str]] = {}

    def run(self, main: str) -> Configuration:
        """Load everything that belongs to a main file."""
        path = self.find(main, None)
        if path is None:
            self.report("missing", main, None, 0, "%s does not exist" % main)
        else:
            self.load_tree(path, None, 0)
        configuration = Configuration(path or main, self.load_local_changes(), self.problems, self.search, self.reader)
        self.spread_readonly()
        for node in self.nodes.values():
            of_node = self.search.is_of_node(node.path)
            configuration.files.append(
                LoadedFile(node.path, node.document, node.readonly, node.included_by, node.line, of_node)
            )
            configuration._documents[node.path] = node.document
        configuration._targets.update(self.targets)
        return configuration

    def report(
        self, kind: str, path: str, file: Optional[str], line: int, what: str, error: Optional[ParseError] = None
    ) -> None:
        """Collect a problem, or raise it when strict."""
        where = "" if file is None else "%s:%d: " % (file, line)
        problem = Problem(kind, path, file, line, where + what, error)
        if self.strict:
            raise error or LoadError(problem)
        self.problems.append(problem)

    def find(self, name: str, including: Optional[str]) -> Optional[str]:
        """The first path of the search at which something is; what cannot be looked at counts as being there."""
        return first(self.search, self.reader, name, including)

    def load_tree(self, path: str, included_by: Optional[str], line: int) -> None:
        """Load a file that nobody includes and all below it: depth first, without recursion."""
        root = self.open(path, included_by, line)
        stack = [(root, self.inclusions(root))] if root is not None else []
        while stack:
            node, inclusions = stack[-1]
            child = self.next_child(node, inclusions)
            if child is not None:
                stack.append((child, self.inclusions(child)))
                continue
            stack.pop()
            self.active.discard(node.identity)
            self.finished.append(node)

    def next_child(self, node: _Node, inclusions: "Iterator[Tuple[Include, str, List[str]]]") -> Optional[_Node]:
        """The next file below a node that was not loaded before; what is known already is counted on the way."""
        for include, path, found in inclusions:
            identity = self.reader.identity(path)
            if identity in self.active:
                self.report("cycle", path, node.path, include.line, "%s would include itself" % path)
                continue
            child = self.nodes.get(identity)
            new = child is None and identity not in self.failed
            if new and len(self.active) >= INCLUDE_DEPTH:
                self.stop(path, node.path, include.line, "more than %d files include one another" % INCLUDE_DEPTH)
            elif new:
                child = self.open(path, node.path, include.line)
            if child is None:
                continue
            child.times += 1
            child.readonly = include.readonly  # a second inclusion makes it read-only anyway
            node.children.append(child)
            found.append(child.path)
            if new:
                return child
        return None

    def inclusions(self, node: _Node) -> "Iterator[Tuple[Include, str, List[str]]]":
        """Every file that a file includes, with the include and the list of what the include stands for."""
        for _container, item in node.document.walk():
            if self.full:
                return
            if isinstance(item, Include):
                found: List[str] = []
                paths = self.resolve(node, item)
                self.included += 1 + len(paths)
                if self.included > INCLUSIONS:
                    self.stop(item.target, node.path, item.line, "more than %d inclusions" % INCLUSIONS)
                for path in paths:
                    if self.full:
                        return
                    yield item, path, found
                # The same words in the same file stand for the same files, wherever and however often they are said.
                self.targets.setdefault((node.path, item.target), found)

    def resolve(self, node: _Node, include: Include) -> List[str]:
        """The paths of the files that an include asks for."""
        target = local_name(include.target)
        if target is None:
            target, scheme = include.target, _scheme(include.target)
            self.report("uri", target, node.path, include.line, "%s: only Momentum can load %s://" % (target, scheme))
            return []
        path = self.find(target, node.path)
        if path is None:
            self.report("missing", target, node.path, include.line, "%r is found nowhere in the search path" % target)
            return []
        return self.contents(path, node, include)

    def contents(self, path: str, node: _Node, include: Include) -> List[str]:
        """The file itself, or the visible files of a directory in alphabetical order, its sub-directories left out."""
        try:
            if self.reader.kind(path) != DIRECTORY:
                return [path]
            names = sorted(self.reader.files(path))
        except OSError as error:
            self.report("unreadable", path, node.path, include.line, "%s: %s" % (path, error.strerror))
            return []
        return [posixpath.join(path, name) for name in names if not name.startswith(".")]

    def open(self, path: str, included_by: Optional[str], line: int) -> Optional[_Node]:
        """Read and parse a file; None and a problem when that is not possible."""
        identity = self.reader.identity(path)
        try:
            kind = self.reader.kind(path)
            if kind == FILE:
                node = _Node(path, identity, self.parsed(path), included_by, line)
                self.nodes[identity] = node
                self.active.add(identity)
                return node
            problem, what = ("missing", "does not exist") if kind is None else ("unreadable", "is no regular file")
            self.report(problem, path, included_by, line, "%s %s" % (path, what))
        except OSError as error:
            self.report("unreadable", path, included_by, line, "%s: %s" % (path, error.strerror))
        except ParseError as error:
            self.report("parse", path, included_by, line, str(error), error)
        except _Full as limit:
            self.stop(path, included_by, line, str(limit))
        self.failed.add(identity)
        return None

    def parsed(self, path: str) -> Document:
        """Read and parse a file. Raises _Full where all files together have too much, OSError, ParseError."""
        if len(self.nodes) >= FILES:
            raise _Full("this configuration has more than %d files" % FILES)
        content = self.reader.read(path)
        self.bytes += len(content)
        if self.bytes > BYTES:
            raise _Full("the files of this configuration have more than %d bytes together" % BYTES)
        document = parse(content, filename=path)
        self.statements += document.statements
        if self.statements > STATEMENTS:
            raise _Full("the files of this configuration have more than %d statements together" % STATEMENTS)
        return document

    def stop(self, path: str, file: Optional[str], line: int, what: str) -> None:
        """Report that a limit is exceeded; nothing is read any more."""
        self.full = True
        self.report(
            "limit",
            path,
            file,
            line,
            "%s: %s; what follows is left out. Remove what is no configuration" % (path, what),
        )

    def load_local_changes(self) -> Optional[str]:
        """Load the file named by the last global Local_Changes_File, after everything else; returns its path."""
        declared = self.last_declaration()
        if declared is None:
            self.look_for_undeclared()
            return None
        node, option = declared  # pylint: disable=unpacking-non-sequence  # it is no None here
        name = option.value
        if not isinstance(name, str) or not name:
            self.report("local_changes", node.path, node.path, option.line, "Local_Changes_File must name one file")
            return None
        path = self.find(name, node.path) or next(self.search.candidates(name, node.path))
        identity = self.reader.identity(path)
        if identity in self.nodes or identity in self.failed:
            what = "Local_Changes_File must not be the main file or an included one: %s" % path
            self.report("local_changes", path, node.path, option.line, what)
            return None
        if self.exists(path):
            self.load_tree(path, node.path, option.line)
        return path

    def look_for_undeclared(self) -> None:
        """Point out a file that may be in force: no problem of the configuration, so strict does not stop for it.

        The options summary gives Local_Changes_File a default, its own page says that there is none.
        """
        path = UNDECLARED_LOCAL_CHANGES
        loaded = self.reader.identity(path) in self.nodes
        if self.finished and self.finished[-1].path.startswith(PREFIX) and not loaded and self.exists(path):
            what = "%s exists but no Local_Changes_File is set: whether Momentum loads it is undocumented" % path
            self.problems.append(Problem("local_changes", path, None, 0, what))

    def last_declaration(self) -> Optional[Tuple[_Node, Option]]:
        """The last global assignment of Local_Changes_File in load order, with its file.

        Files are finished after the files they include, so one look at each suffices however often it is included.
        """
        last: Dict[str, Optional[Tuple[_Node, Option]]] = {}
        for node in self.finished:
            found: Optional[Tuple[_Node, Option]] = None
            for item in node.document.items:
                if isinstance(item, Include):
                    for path in self.targets.get((node.path, item.target), ()):
                        found = last.get(path) or found
                elif isinstance(item, Option) and item.key == "local_changes_file":
                    found = node, item
            last[node.path] = found
        return last[self.finished[-1].path] if self.finished else None

    def exists(self, path: str) -> bool:
        """Whether something is at a path, or cannot be looked at."""
        try:
            return self.reader.kind(path) is not None
        except OSError:
            return True

    def spread_readonly(self) -> None:
        """Mark what is included more than once, and everything below a read-only file (page 4/conf-overview)."""
        stack = [node for node in self.nodes.values() if node.readonly or node.times > 1]
        seen: Set[str] = set()
        while stack:
            node = stack.pop()
            node.readonly = True
            if node.identity not in seen:
                seen.add(node.identity)
                stack.extend(node.children)


def first(search: SearchPath, reader: Reader, name: str, including: Optional[str]) -> Optional[str]:
    """The first path of a search at which something is; what cannot be looked at counts as being there."""
    for candidate in search.candidates(name, including):
        try:
            if reader.kind(candidate) is not None:
                return candidate
        except OSError:
            return candidate
    return None


def local_name(target: str) -> Optional[str]:
    """The file name in the target of an include; None for a URI that only Momentum can load."""
    scheme = _scheme(target)
    return target[len("file://") :] if scheme == "file" else target if scheme is None else None


def _scheme(target: str) -> Optional[str]:
    """The scheme of a URI in lower case, None for a file name."""
    scheme, separator, _rest = target.partition("://")
    plain = scheme.replace("+", "").replace("-", "").replace(".", "")
    return scheme.lower() if separator and plain.isalnum() and scheme[0].isalpha() else None
