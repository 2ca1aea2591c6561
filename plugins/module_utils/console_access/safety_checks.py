# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes a place of the console unsafe, as data: each has the name by which a task can allow it.

Whoever reaches the console commands the daemon, because authorization is off unless it is switched on, and nothing is encrypted
(page *control_listener*). The vendor's samples, a socket of mode 0666 in /tmp, give that to every account of the node.
"""

from typing import Callable, List, NamedTuple, Sequence

from .listens import Listen, is_loopback

MODE_AT_MOST = 0o660


class SafetyCheck(NamedTuple):
    """`name`: in the option `allow`. `find`: whether a place has it; the second argument tells whether a file at a path can be
    made or exchanged by any account of the node. `reason`: what comes of it."""

    name: str
    find: Callable[[Listen, Callable[[str], bool]], bool]
    reason: str


class Unsafe(NamedTuple):
    """One risk of one place."""

    listen: Listen
    check: SafetyCheck

    def words(self) -> str:
        """The place, what is wrong, and the name under which it can be allowed."""
        return "Listen %s: %s (allow: %s)" % (self.listen.address, self.check.reason, self.check.name)


def unsafe_listens(found: Sequence[Listen], exposed: Callable[[str], bool], allow: Sequence[str]) -> List[Unsafe]:
    """The risks of all places that are not switched off; `exposed` looks at the node, see `SafetyCheck`."""
    return [
        Unsafe(listen, check)
        for listen in found
        if listen.enabled
        for check in SAFETY_CHECKS
        if check.name not in allow and check.find(listen, exposed)
    ]


def _exposed(listen: Listen, exposed: Callable[[str], bool]) -> bool:
    return listen.is_unix and exposed(listen.address)


def _wide(listen: Listen, _exposed: Callable[[str], bool]) -> bool:
    return listen.is_unix and (listen.mode is None or bool(listen.mode & ~MODE_AT_MOST))


def _public(listen: Listen, _exposed: Callable[[str], bool]) -> bool:
    return not listen.is_unix and not is_loopback(listen.address)


def _unauthenticated(listen: Listen, _exposed: Callable[[str], bool]) -> bool:
    asks = listen.authentication and any(listen.uris.values())
    return not listen.is_unix and not (asks and all(peer.authentication is not False for peer in listen.peers))


def _allows(listen: Listen, _exposed: Callable[[str], bool]) -> bool:
    return listen.always_allow or any(peer.always_allow for peer in listen.peers)


def _cleartext(listen: Listen, _exposed: Callable[[str], bool]) -> bool:
    return listen.authentication and any(uri.startswith("file:") for uri in listen.uris.values())


SAFETY_CHECKS: Sequence[SafetyCheck] = (
    SafetyCheck(
        "world_writable_directory",
        _exposed,
        "its socket lies where any account of the node can put another program's in its place",
    ),
    SafetyCheck(
        "wide_mode", _wide, "its socket's mode is wider than 0660, so that accounts of the node command the daemon"
    ),
    SafetyCheck("public_tcp", _public, "it is reached from the network, and nothing that is sent there is encrypted"),
    SafetyCheck(
        "unauthenticated_tcp", _unauthenticated, "any account of the node that reaches the port needs no password"
    ),
    SafetyCheck("always_allow", _allows, "Always_Allow lets clients in whatever authentication and authorization say"),
    SafetyCheck("cleartext_passwords", _cleartext, "its passwords lie in a file in clear text"),
)
