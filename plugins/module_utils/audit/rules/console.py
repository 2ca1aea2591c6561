# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console: who reaches it, who may do what, and what is written down."""

import os
from typing import Callable, Iterator, List, Sequence, Set

from ...console_access.current import CurrentConsole
from ...console_access.listens import DEFAULT_ENDPOINT, Listen, listens
from ...console_access.roles import surprising
from ...console_access.safety_checks import MODE_AT_MOST, unsafe_listens
from ...ecconf.effective import Effective
from ..evidence import Evidence
from ..rule import DECLARED, DISK, FAIL, HIGH, LOW, MEDIUM, MTA, PASS, Check, Rule, Seen
from .common import facts_of, first_place, of_each, seen
from .files import EVERYBODY

_TCP = ("public_tcp", "unauthenticated_tcp", "always_allow")
_ALL = ".*"


def _console(effective: Effective, exposed: Set[str]) -> CurrentConsole:
    return CurrentConsole(effective, listens(effective), exposed.__contains__)


def of_places(*names: str, about: Callable[[Listen], bool], otherwise: str) -> Check:
    """Return a check by the safety checks of the console (docs/control.md) for some of its places. otherwise: what is seen of one that passes."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        console = _console(evidence.configuration().effective, set())
        for listen in console.listens:
            if listen.enabled and about(listen):
                risks = [one for one in unsafe_listens([listen], console.exposed, ()) if one.check.name in names]
                for risk in risks:
                    yield Seen(
                        FAIL, DECLARED, "Listen %s: %s" % (listen.address, risk.check.reason), listen.file, listen.line
                    )
                if not risks:
                    yield Seen(PASS, DECLARED, "Listen %s: %s" % (listen.address, otherwise), listen.file, listen.line)

    return check


def _sockets(evidence: Evidence) -> Iterator[Seen]:
    """The declared mode, the directory, and the socket as it is. Without any Listen the console is at its own place."""
    yield from of_places("wide_mode", about=lambda listen: listen.is_unix, otherwise="its mode is at most 0660")(
        evidence
    )
    found = listens(evidence.configuration().effective)
    paths = [one.address for one in found if one.enabled and one.is_unix] if found else [DEFAULT_ENDPOINT]
    yield from of_each(paths, lambda path: _socket(evidence, path))


def _socket(evidence: Evidence, path: str) -> Iterator[Seen]:
    directory = facts_of(evidence, os.path.dirname(path))
    if directory is not None:
        words = "the directory of %s can be written by %s"
        writers = ", ".join(sorted(directory.writers)) or "root alone"
        yield seen(EVERYBODY not in directory.writers, DISK, words % (path, writers), directory.path)
    facts = facts_of(evidence, path)
    if facts is not None:
        words = "%s is a %s of %s:%s with mode %04o" % (path, facts.kind, facts.owner, facts.group, facts.mode)
        yield seen(facts.kind == "socket" and not facts.mode & ~MODE_AT_MOST & 0o777, DISK, words, path)


def _authorized(evidence: Evidence) -> Iterator[Seen]:
    """Whether commands are authorized, by roles that do not allow everything, and written down."""
    console = _console(evidence.configuration().effective, set())
    places = [one for one in console.listens if one.enabled and not one.always_deny]
    for one in places:
        words = "Listen %s: authorization is %s" % (one.address, "on" if one.authorization else "off")
        yield seen(one.authorization, DECLARED, words, one.file, one.line)
    if any(one.authorization for one in places):
        yield from _roles(evidence, console)


def _roles(evidence: Evidence, console: CurrentConsole) -> Iterator[Seen]:
    effective, wide = console.effective, surprising(console.roles)
    for path in effective.scopes("role"):
        grants: List[str] = [one.name for one in console.roles if one.name == path[-1][1] and _ALL in one.patterns]
        if grants and grants[0] != "root":
            file, line = effective.where(path)[-1]
            yield Seen(FAIL, DECLARED, "the role %s may give every command" % grants[0], file, line)
    for words in wide:
        yield Seen(FAIL, DECLARED, words, *first_place(evidence))
    if console.roles and not wide:
        yield Seen(
            PASS, DECLARED, "%d roles, and every pattern is anchored" % len(console.roles), *first_place(evidence)
        )


def _logged(evidence: Evidence) -> Iterator[Seen]:
    console = _console(evidence.configuration().effective, set())
    if console.acctlog:
        yield Seen(PASS, DECLARED, "acctlog is %s" % console.acctlog, *first_place(evidence))
    else:
        yield Seen(FAIL, DECLARED, "no ec_logger has an acctlog", *first_place(evidence))


_TABLE = ("page 4/control-listener", "page 4/control-auth")

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-CTL-001",
        "The socket of the console is closed to other accounts, in a directory that not everybody writes to",
        "Every account of the node commands the daemon, or puts a socket of its own where root expects the console.",
        HIGH,
        (DECLARED, DISK),
        _sockets,
        'momentum_control: manage, with momentum_control_socket and momentum_control_socket_mode: "0660"',
        _TABLE + ("NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6"),
    ),
    Rule(
        "MSEC-CTL-002",
        "The console answers by TCP at the loopback alone, and asks for a password",
        "Whoever reaches it commands the daemon, and nothing there is encrypted.",
        HIGH,
        (DECLARED,),
        of_places(*_TCP, about=lambda listen: not listen.is_unix, otherwise="at the loopback, with a password"),
        "momentum_control: manage, with momentum_control_tcp at 127.0.0.1 and momentum_control_password_file",
        _TABLE + ("NIST SP 800-53 AC-17", "NIST SP 800-53 SC-8", "NIST SP 800-53 IA-2"),
    ),
    Rule(
        "MSEC-CTL-003",
        "Commands of the console are authorized, by roles that allow what is needed",
        "Whoever reaches the console may give every command: reload another configuration, or end the daemon.",
        MEDIUM,
        (DECLARED,),
        _authorized,
        "momentum_control_authorization",
        ("page 4/control-authz", "NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6"),
    ),
    Rule(
        "MSEC-CTL-004",
        "Who used the console is written to an accounting log",
        "Without acctlog nobody knows afterwards who logged in and which commands were given.",
        MEDIUM,
        (DECLARED,),
        _logged,
        'momentum_settings: [{scope: ["ec_logger \\"ec_logger1\\""], option: acctlog, value: /var/log/ecelerity/acctlog.ec}]',
        ("page 4/control-acct", "page 4/modules/ec-logger", "NIST SP 800-53 AU-2", "NIST SP 800-53 AU-12"),
        MTA,
    ),
    Rule(
        "MSEC-CTL-005",
        "Passwords of the console are stored as digests",
        "Whoever reads the file, or a backup of it, has the passwords themselves.",
        LOW,
        (DECLARED,),
        of_places(
            "cleartext_passwords",
            about=lambda listen: listen.authentication,
            otherwise="its passwords are not in a file in clear",
        ),
        "momentum_control_password_file, which holds digests",
        ("page 4/control-auth", "page 4/executable/ec-md-5-passwd", "NIST SP 800-53 IA-5"),
    ),
)
