# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may use the console, and for what: peers, digests in a file, roles (pages "control_auth" and "control_authz").

How Momentum's own digest dialogue looks on the wire is not documented. Here ec_console says user and password before its
commands, as one line `login USER PASSWORD`; only our own two ends use it.
"""

import hashlib
import ipaddress
import pwd
import re
import socket
import struct
from typing import List, NamedTuple, Optional

from . import journal
from .tree import Chain, Scope

DENIED = "Authorization required for console session"
NOT_ALLOWED = "Not Authorized for this command"
REALM = "Momentum Console"


class Caller(NamedTuple):
    """Who is at the other end: an address (loopback for Unix sockets), and the account of a Unix socket's client."""

    address: str
    user: str


def caller(client: socket.socket) -> Caller:
    """Look at a connection."""
    if client.family != socket.AF_UNIX:
        return Caller(str(client.getpeername()[0]), "")
    _pid, uid, _gid = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    try:
        return Caller("127.0.0.1", pwd.getpwuid(uid).pw_name)
    except KeyError:
        return Caller("127.0.0.1", str(uid))


class Gate:
    """What holds for one session. tree: the whole configuration; listen: the place's own scope."""

    def __init__(self, tree: Scope, listen: Scope, who: Caller) -> None:
        self.tree = tree
        self.user = who.user
        scopes = [one for one in (listen, listen.parent) if one is not None]
        peers = [peer for scope in scopes for peer in scope.named("Peer") if _covers(peer, who.address)]
        self.terms = Chain(peers + [listen])
        self.authenticated = not self.terms.boolean("Enable_Authentication", False)

    def refusal(self, words: List[str]) -> Optional[str]:
        """Why a command is not carried out; None if it is."""
        if self.terms.boolean("Always_Deny", False):
            return DENIED
        if self.terms.boolean("Always_Allow", False):
            return None
        if not self.authenticated:
            return DENIED
        if self.terms.boolean("Enable_Authorization", False) and not self._may(" ".join(words)):
            return NOT_ALLOWED
        return None

    def login(self, user: str, password: str) -> bool:
        """Check a password against the file of digests."""
        setting = self.terms.effective("AuthDigestMD5Parameters")
        terms = setting.value if setting is not None and isinstance(setting.value, dict) else {}
        realm = str(terms.get("realm", REALM))
        digest = hashlib.md5(("%s:%s:%s" % (user, realm, password)).encode()).hexdigest()
        self.authenticated = "%s:%s:%s" % (user, realm, digest) in _lines(str(terms.get("uri", "")), "digest://")
        self.user = user if self.authenticated else ""
        return self.authenticated

    def _may(self, command: str) -> bool:
        """Default deny; a role is for the user of its name and for members of the group of its name."""
        names = [self.user] + self._groups()
        roles = [
            role for one in self.tree.named("Authorization") for role in one.named("Role") if role.instance in names
        ]
        return any(re.search(pattern, command) for role in roles for pattern in role.items("allow"))

    def _groups(self) -> List[str]:
        setting = self.terms.effective("AuthorizationParameters")
        terms = setting.value if setting is not None and isinstance(setting.value, dict) else {}
        rows = [line.split(":") for line in _lines(str(terms.get("uri", "")), "groups://") if ":" in line]
        return [row[0] for row in rows if self.user in row[-1].split(",")]


def _covers(peer: Scope, address: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(peer.instance or "", strict=False)
    except ValueError:
        return False


def _lines(uri: str, scheme: str) -> List[str]:
    """The lines of the file that a URI names; none where it cannot be read, so that nobody gets in."""
    if not uri.startswith(scheme + "/"):
        return []
    try:
        with open(uri[len(scheme) :]) as file:
            return file.read().splitlines()
    except OSError as error:
        journal.say("%s: %s" % (uri, error))
        return []
