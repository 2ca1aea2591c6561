# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The httpd.conf of the web UI of 3.x, where TLS is offered or required.

Page *install-solaris*: with `<VirtualHost _default_:443>` the web console may not start; `<VirtualHost *:443>` is the remedy. Page *install-security*: TLS may
be required of who uses the web UI; then no port but those of TLS is listened on, except for the node itself. Lines are read as Apache joins and
divides them (ap_cfg_getline, ap_getword_conf), with the files that they include; conditional sections count as active, and the program itself and the wire
decide in the end.
"""

import fnmatch
import os
import re
from typing import Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import PlanError
from ..files import reading

OFFERED, REQUIRED = "offered", "required"
CLOSED = "# TLS is required: "
DEPTH = 20  # files that include one another; Apache has 128
_WORD = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+))""")
_ADDRESS = re.compile(r"(?:(\[[^\]]*\]|[^:\[\]]*):)?([0-9]{1,5}|\*)\Z")
_LOOPBACK = re.compile(r"(?:127(?:\.[0-9]{1,3}){1,3}|\[::1\]|localhost)\Z", re.IGNORECASE)

Read = Callable[[str], str]


class Directive(NamedTuple):
    """A directive: its name in lower case, its words, its file, and the first and the last of its lines, counted from 0."""

    name: str
    words: Tuple[str, ...]
    file: str
    first: int
    last: int

    @property
    def place(self) -> str:
        """`FILE:LINE`."""
        return "%s:%d" % (self.file, self.first + 1)


class Host(NamedTuple):
    """A virtual host, with the directives of SSLEngine in it."""

    opening: Directive
    engines: List[Directive]


class Server(NamedTuple):
    """What decides about TLS, of a file and all that it includes. engines: those outside of virtual hosts."""

    listens: List[Directive]
    hosts: List[Host]
    engines: List[Directive]


class Address(NamedTuple):
    """An address of Listen or of a virtual host; no port means every port."""

    host: str
    port: Optional[int]


def read_file(path: str) -> str:
    """Return a file that is included. Raises MomentumError, OSError."""
    return reading.read(path, "keywords").decode("utf-8", "surrogateescape")


def edited(text: str, path: str, level: str, read: Read = read_file) -> str:
    """Return httpd.conf with virtual hosts that let it start and, where TLS is required, without ports that have none.

    level: `offered` or `required`. read: gives the text of an included file. Raises PlanError for what cannot be judged, and where a port without TLS is
    listened on by another file, or no port has TLS.
    """
    server = _read(text, path, read)
    lines = text.split("\n")
    for host in server.hosts:
        if host.opening.file == path and _engine(host.engines, server.engines):
            _name_all(lines, host.opening)
    if level == REQUIRED:
        for listen in _without_tls(server, path):
            for index in range(listen.first, listen.last + 1):
                lines[index] = CLOSED + lines[index]
    return "\n".join(lines)


def _name_all(lines: List[str], opening: Directive) -> None:
    for index in range(opening.first, opening.last + 1):
        lines[index] = re.sub(r"(?i)(?<=[\s\"'])_default_:", "*:", lines[index])


def _without_tls(server: Server, path: str) -> List[Directive]:
    """Return the lines of the file that listen to others without TLS. Raises PlanError."""
    ports = _Ports(server)
    plain, secure = [], 0
    for listen in server.listens:
        address = _address(listen, listen.words[0] if listen.words else "")
        if ports.have_tls(address):
            secure += 1
        elif not _LOOPBACK.match(address.host):
            plain.append(listen)
    for listen in plain:
        if listen.file != path:
            raise PlanError(
                "%s listens on %s without TLS, which is required, and the file is another one; remove the line, or have the file in the list, too"
                % (listen.place, listen.words[0])
            )
    if not secure:
        raise PlanError(
            "TLS is required, but no port that is listened on has a virtual host with 'SSLEngine on'; let the installer of 3.x require SSL for the web UI "
            "(page install-security), or do not require TLS"
        )
    return plain


class _Ports:
    """What answers at each port, found once."""

    def __init__(self, server: Server) -> None:
        self._all_of_server = _engine([], server.engines)
        self._hosts: Dict[Optional[int], List[Tuple[Host, Address, bool]]] = {}
        for host in server.hosts:
            for one in _addresses(host):
                self._hosts.setdefault(one.port, []).append((host, one, _engine(host.engines, server.engines)))
        self._known: Dict[Optional[int], Tuple[bool, FrozenSet[str]]] = {}

    def have_tls(self, address: Address) -> bool:
        """Whether all that answers at an address of Listen does TLS. Raises PlanError where some of it does."""
        if address.port not in self._known:
            self._known[address.port] = self._at(address.port)
        secure, names = self._known[address.port]
        if not names:
            return self._all_of_server
        # Who asks for another address than those of the virtual hosts gets the server around them.
        return secure and (self._all_of_server or not names.isdisjoint(("*", "_default_", address.host)))

    def _at(self, port: Optional[int]) -> Tuple[bool, FrozenSet[str]]:
        there = self._hosts.get(port, []) + self._hosts.get(None, [])
        answers = {secure: host for host, _one, secure in there}
        if len(answers) > 1:
            raise PlanError(
                "%s: this virtual host has no 'SSLEngine on', and another one at port %s has; give each port to hosts of one kind"
                % (answers[False].opening.place, port)
            )
        return True in answers, frozenset(one.host for _host, one, _secure in there)


def _addresses(host: Host) -> List[Address]:
    return [_address(host.opening, word) for word in host.opening.words]


def _address(directive: Directive, text: str) -> Address:
    """Read `[ADDRESS:]PORT` of Listen, or `ADDRESS[:PORT]` of a virtual host. Raises PlanError for what cannot be judged."""
    listens = directive.name == "listen"
    found = _ADDRESS.match(text)
    if "$" in text or (listens and (not found or found.group(2) == "*")):
        raise PlanError(
            "%s: %r is no address and port that can be judged; write them as they are" % (directive.place, text)
        )
    if not found or not (listens or found.group(1)):
        return Address(text.lower(), None)
    return Address((found.group(1) or "*").lower(), None if found.group(2) == "*" else int(found.group(2)))


def _engine(own: Sequence[Directive], inherited: Sequence[Directive]) -> bool:
    """Whether a virtual host does TLS; the last line decides. Raises PlanError for `optional` and what is unknown."""
    for directive in list(own or inherited)[-1:]:
        value = directive.words[0].lower() if len(directive.words) == 1 else ""
        if value not in ("on", "off"):
            raise PlanError(
                "%s: SSLEngine is neither on nor off; plain HTTP may be served beside TLS" % directive.place
            )
        return value == "on"
    return False


# ---------------------------------------------------------------------------------------------------------------- reading


class _Reader:
    """Collects what decides, file by file, in the order in which Apache reads."""

    def __init__(self, read: Read) -> None:
        self.server = Server([], [], [])
        self._read = read
        self._host: Optional[Host] = None
        self._root: Optional[str] = None

    def take(self, text: str, path: str, depth: int = 0) -> None:
        """Read a file."""
        if depth > DEPTH:
            raise PlanError("%s: files include one another without end" % path)
        for directive in _directives(text, path):
            if directive.name in ("include", "includeoptional"):
                for name in self._included(directive):
                    included = self._text(name, directive)
                    if included is not None:
                        self.take(included, name, depth + 1)
            else:
                self._note(directive)

    def _note(self, directive: Directive) -> None:
        if directive.name == "use":
            raise PlanError("%s: what a macro holds cannot be judged; write the lines themselves" % directive.place)
        if directive.name == "serverroot" and directive.words:
            self._root = directive.words[0]
        elif directive.name == "<virtualhost":
            self._host = Host(directive, [])
            self.server.hosts.append(self._host)
        elif directive.name == "</virtualhost":
            self._host = None
        elif directive.name == "listen":
            self.server.listens.append(directive)
        elif directive.name == "sslengine":
            (self.server.engines if self._host is None else self._host.engines).append(directive)

    def _included(self, directive: Directive) -> Iterator[str]:
        """Yield the files of an Include: one, those of a directory and the directories in it, or those that a pattern fits."""
        if len(directive.words) != 1 or "$" in directive.words[0]:
            raise PlanError("%s: which file is included cannot be judged; write its path" % directive.place)
        path = directive.words[0]
        if not os.path.isabs(path):
            if self._root is None:
                raise PlanError(
                    "%s: %r is relative to a ServerRoot that no line before it names" % (directive.place, path)
                )
            path = os.path.join(self._root, path)
        for name in _fitting(path):
            if os.path.isdir(name):
                yield from reading.below(name)
            else:
                yield name

    def _text(self, name: str, directive: Directive) -> Optional[str]:
        try:
            return self._read(name)
        except FileNotFoundError:
            if directive.name == "includeoptional":
                return None
            raise PlanError("%s: %s does not exist" % (directive.place, name))
        except OSError as error:
            raise PlanError("%s: %s cannot be read: %s" % (directive.place, name, error.strerror or error))


def _fitting(path: str) -> List[str]:
    """Return the paths that a pattern fits; as in Apache, hidden names fit no `*`. A path without wildcards is itself."""
    found = ["/"]
    for part in path.split("/"):
        if not part:
            continue
        if not re.search(r"[*?[]", part):
            found = [os.path.join(above, part) for above in found]
            continue
        found = [
            os.path.join(above, name)
            for above in found
            if os.path.isdir(above)
            for name in sorted(reading.names(above))
            if fnmatch.fnmatchcase(name, part) and (part.startswith(".") or not name.startswith("."))
        ]
    return found


def _read(text: str, path: str, read: Read) -> Server:
    reader = _Reader(read)
    reader.take(text, path)
    return reader.server


def _directives(text: str, path: str) -> Iterator[Directive]:
    """Yield the directives of a text. A backslash before the end of a line joins it with the next one, in comments, too."""
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        first, joined = index, lines[index].rstrip("\r")
        while joined.endswith("\\") and index + 1 < len(lines):
            index += 1
            joined = joined[:-1] + lines[index].rstrip("\r")
        index += 1
        words = _words(joined)
        if words and not words[0].startswith("#"):
            yield Directive(words[0].lower(), tuple(words[1:]), path, first, index - 1)


def _words(line: str) -> List[str]:
    """Return the words of a line; a section loses its closing bracket, so that the first word is `<virtualhost`."""
    line = line.strip()
    if line.startswith("<") and line.endswith(">"):
        line = line[:-1]
    found = []
    for quoted, single, plain in _WORD.findall(line):
        found.append(quoted or single or plain)
    return found
