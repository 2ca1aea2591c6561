# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task asks of the console, read from its parameters once and judged before anything is looked at."""

import os
import re
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ..errors import PlanError
from ..files import file_mode
from ..text import grammar
from .listens import split
from .passwords import User
from .texts import Group

# Words that no reader of these files, from the shell to tmpfiles.d(5), takes for anything else.
_PATH = re.compile(r"/[A-Za-z0-9_./@+:-]*[A-Za-z0-9_@+-]\Z")
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.*]+\]|[A-Za-z0-9.*-]*):[0-9]{1,5}\Z")
SOCKET_LENGTH = 107  # bytes that a socket's address holds, unix(7)


class Tcp(NamedTuple):
    """A requested host:port with the mechanism's option and where it looks passwords up."""

    address: str
    option: str
    uri: str
    realm: str
    log: bool


class Role(NamedTuple):
    """A role with the patterns of the commands that it may give."""

    name: str
    allow: Sequence[str]


class Passwords(NamedTuple):
    """The requested file of passwords."""

    path: str
    owner: str
    group: str
    mode: int
    realm: str
    users: Sequence[User]
    exclusive: bool


class Authorization(NamedTuple):
    """Whether and where commands are authorized, by which roles and groups; empty `uri`: the file of groups."""

    enabled: bool
    socket: bool
    uri: str
    groups_file: str
    groups: Sequence[Group]
    roles: Sequence[Role]
    exclusive: bool


class Console(NamedTuple):
    """All that a task asks for."""

    socket: str
    socket_mode: int
    directory_mode: int
    owner: str
    group: str
    tcp: Sequence[Tcp]
    passwords: Optional[Passwords]
    authorization: Optional[Authorization]
    timeout: Optional[int]
    acctlog: Optional[str]
    file: Optional[str]
    purge: bool
    allow: Sequence[str]

    @property
    def addresses(self) -> List[str]:
        """The requested places."""
        return ([self.socket] if self.socket else []) + [one.address for one in self.tcp]


def console(params: Dict[str, Any]) -> Console:
    """Read the parameters of module `control`. Raises PlanError."""
    passwords = _passwords(params)
    requested = Console(
        socket=_socket(params["socket"]),
        # That others may write to it is a risk with a name, which `allow` accepts: see safety_checks.py.
        socket_mode=file_mode.number("socket_mode", params["socket_mode"], others=True),
        directory_mode=file_mode.number("socket_directory_mode", params["socket_directory_mode"], file_mode.ALL_BITS),
        owner=grammar.account("socket_owner", params["socket_owner"]),
        group=grammar.account("socket_group", params["socket_group"]),
        tcp=[_tcp(entry, params["prefix"], passwords) for entry in params["tcp"]],
        passwords=passwords,
        authorization=_authorization(params),
        timeout=params["timeout"],
        acctlog=params["acctlog"],
        file=params["file"],
        purge=params["purge"],
        allow=params["allow"],
    )
    if not requested.addresses:
        raise PlanError(
            "neither 'socket' nor 'tcp' is requested: the console could not be reached any more; give one of them"
        )
    if requested.timeout is not None and requested.timeout < 1:
        raise PlanError("timeout is %d; at least 1 second is needed" % requested.timeout)
    return requested


def _socket(path: str) -> str:
    if path and (not _PATH.match(path) or "/../" in path or "//" in path or "/./" in path or path.count("/") < 2):
        raise PlanError(
            "socket %r must be an absolute path, in a directory of its own, of letters, digits and _./@+:-" % path
        )
    if len(path.encode("utf-8", "surrogateescape")) > SOCKET_LENGTH:
        raise PlanError(
            "socket %s is longer than the %d bytes that unix(7) has room for; use a shorter path"
            % (path, SOCKET_LENGTH)
        )
    return path


def _tcp(entry: Dict[str, Any], prefix: str, passwords: Optional[Passwords]) -> Tcp:
    address = entry["address"]
    if not _ADDRESS.match(address) or not 0 < int(split(address)[1]) < 65536:
        raise PlanError("tcp address %r is not host:port, such as 127.0.0.1:2025 or [::1]:2025" % address)
    digest = entry["mechanism"] == "digest"
    uri = entry["uri"]
    if not uri and not digest:
        raise PlanError("tcp %s: the mechanism 'login' needs a uri, such as one of an LDAP data source" % address)
    file = passwords.path if passwords else os.path.join(prefix, "etc", "console_passwd")
    return Tcp(
        address,
        "AuthDigestMD5Parameters" if digest else "AuthLoginParameters",
        uri or "digest://" + file,
        (entry["realm"] or (passwords.realm if passwords else "")) if digest else "",
        entry["log_authentication"],
    )


def _passwords(params: Dict[str, Any]) -> Optional[Passwords]:
    given = params["password_file"]
    if given is None:
        return None
    users = [_user(entry) for entry in given["users"]]
    path = given["path"] or os.path.join(params["prefix"], "etc", "console_passwd")
    mode = file_mode.number("password_file.mode", given["mode"])
    if mode & 0o007:
        raise PlanError(
            "password_file.mode %04o lets every account read digests, which are as good as passwords" % mode
        )
    owner = grammar.account("password_file.owner", given["owner"])
    group = grammar.account("password_file.group", given["group"])
    return Passwords(path, owner, group, mode, given["realm"], users, given["exclusive"])


def _user(entry: Dict[str, Any]) -> User:
    if entry["state"] == "present" and entry["password"] is None:
        raise PlanError("the console's user %r needs a password" % entry["name"])
    return User(entry["name"], entry["password"] if entry["state"] == "present" else None)


def _authorization(params: Dict[str, Any]) -> Optional[Authorization]:
    given = params["authorization"]
    if given is None:
        return None
    roles = [Role(entry["name"], entry["allow"]) for entry in given["roles"]]
    for role in roles:
        if not role.name or not role.allow or any(not pattern or "\n" in pattern for pattern in role.allow):
            raise PlanError("role %r needs a name and patterns that are not empty" % role.name)
    return Authorization(
        given["enabled"],
        given["socket"],
        given["uri"] or "",
        given["groups_file"] or os.path.join(params["prefix"], "etc", "console_roles"),
        [Group(entry["name"], entry["members"]) for entry in given["groups"]],
        roles,
        given["exclusive"],
    )
