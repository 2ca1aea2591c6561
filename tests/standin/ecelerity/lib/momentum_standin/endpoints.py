# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sockets of listeners: which ones the configuration asks for, opened, kept or closed when it changes."""

import errno
import ipaddress
import os
import socket
from typing import Dict, List, NamedTuple, Optional, Tuple

from . import journal, paths, smtp, tls
from .tree import Chain, Scope

_EXTENSIONS = ["8BITMIME", "PIPELINING", "ENHANCEDSTATUSCODES"]


class Console(NamedTuple):
    """A place of the control listener. mode: of a Unix socket's file. scope: its own, or the whole tree without one."""

    address: str
    mode: int
    scope: Scope


def listeners(tree: Scope) -> Dict[str, smtp.Listener]:
    """The ESMTP listeners by address; ":25" where the configuration names none."""
    found: Dict[str, smtp.Listener] = {}
    scopes = [one for parent in tree.named("ESMTP_Listener") for one in parent.named("Listen")]
    for scope in scopes or [tree.child("ESMTP_Listener") or tree]:
        if scope.boolean("Enable", True):
            address = scope.instance if scopes and scope.instance else ":25"
            found[address] = smtp.Listener(address, scope)
    return found


def terms(listener: smtp.Listener, client: str) -> smtp.Terms:
    """What holds for a client: the Peer of the Listen with the smallest network that it is in, then of the listener, then the
    Listen, the listener and the global scope (page "Listeners")."""
    scope = listener.scope
    peers = [_peer(one, client) for one in (scope, scope.parent) if one is not None]
    in_force = Chain([one for one in peers if one is not None] + [scope])
    return smtp.Terms(
        in_force.items("SMTP_Extensions") or _EXTENSIONS,
        tls.parameters(in_force),
        in_force.boolean("Use_SSL", False),
        in_force.text("Starttls_Injection_Policy", "reject").lower(),
    )


def _peer(scope: Scope, client: str) -> Optional[Scope]:
    address = ipaddress.ip_address(client)
    found = [(ipaddress.ip_network(one.instance or "", strict=False), one) for one in scope.named("Peer")]
    fitting = [(network.prefixlen, one) for network, one in found if address in network]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def consoles(tree: Scope) -> List[Console]:
    """The places of the control listener; /tmp/2025 where the configuration names none."""
    scopes = [one for parent in tree.named("Control_Listener") for one in parent.named("Listen")]
    if not scopes:
        return [Console(paths.CONSOLE, 0o660, tree)]
    return [
        Console(
            one.instance or paths.CONSOLE,
            int(one.text("File_Mode", "0660"), 8),
            one,
        )
        for one in scopes
        if one.boolean("Enable", True)
    ]


def split(address: str) -> Tuple[int, str, int]:
    """Family, host and port of "host:port"; "", "*" and "[*]" are wildcards (page "Listeners")."""
    host, _colon, port = address.rpartition(":")
    if host.startswith("["):
        host = host[1:-1]
        return socket.AF_INET6, "::" if host == "*" else host, int(port)
    return socket.AF_INET, "0.0.0.0" if host in ("", "*") else host, int(port)


def bind(address: str, backlog: int = 500) -> Optional[socket.socket]:
    """A listening socket, or None with the reason in the log: a listener that cannot be had does not end the daemon
    (4.2.38 added an option for that, whose name is not documented)."""
    try:
        family, host, port = split(address)
        server = socket.socket(family, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind((host, port))
        server.listen(backlog)
    except (OSError, ValueError) as error:
        journal.say("cannot listen on '%s': %s" % (address, error))
        return None
    return server


def bind_console(console: Console, owner: Tuple[int, int]) -> Optional[socket.socket]:
    """The socket of a console; a Unix socket's file belongs to the user the daemon runs as."""
    if not console.address.startswith("/"):
        return bind(console.address)
    try:
        _remove_stale(console.address)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o777 & ~console.mode)
        try:
            server.bind(console.address)
        finally:
            os.umask(before)
        if os.geteuid() == 0:
            os.chown(console.address, *owner)
        server.listen(16)
    except OSError as error:
        journal.say("cannot listen on '%s': %s" % (console.address, error))
        return None
    return server


def _remove_stale(path: str) -> None:
    """Remove the socket that a killed process left; never one that answers."""
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.connect(path)
    except ConnectionRefusedError:
        os.unlink(path)
    except FileNotFoundError:
        return
    else:
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
    finally:
        probe.close()
