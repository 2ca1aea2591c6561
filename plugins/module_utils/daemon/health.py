# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health gate: does the running daemon equal what its configuration declares?

The console shows the new Security stanza after a reload although the process keeps its old privileges, so the kernel is
asked, for every thread. What cannot be seen is not taken for well.
"""

import time
from operator import attrgetter
from typing import Any, Callable, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ..host import program as programs
from ..security import capabilities
from ..security.capabilities import CapabilitySets
from ..security.kernel_identity import Identity
from ..tls.inbound import Entrance
from .console import is_version, version_in
from .process import Process, ThreadStatus

INTERVAL = 0.5  # seconds between two rounds
_KINDS = ("permitted", "effective", "inheritable", "ambient")
_ENDED = ("inactive", "failed")
UNKNOWN = "unknown: the kernel does not show it"

# By the beginning of a finding's subject: what to do about it, with the option of the module and the variable of the roles.
_REMEDIES = (
    (
        "port ",
        "have the daemon listen there (a Listen in ESMTP_Listener), end whatever else does, or name the ports where it shall greet in health.ports "
        "(roles: momentum_health_ports; an empty list asks for none)",
    ),
    (
        "TLS at ",
        "see what TLS there is made of, or name the scopes where clients shall begin TLS in health.tls (roles: momentum_health_tls)",
    ),
    (
        "console",
        "name the endpoint where the console answers in health.control (roles: momentum_health_control)",
    ),
    (
        "running version",
        "the version that is required is health.version (roles: momentum_version)",
    ),
)


class Expectation(NamedTuple):
    """What the gate asks for. `replaced`: the process that a restart had to end. `version`: what the running daemon must be, empty
    for any. `tls`: where clients must be able to begin TLS."""

    identity: Identity
    ports: Sequence[int] = ()
    replaced: Optional[Process] = None
    version: str = ""
    tls: Sequence[Entrance] = ()


class Finding(NamedTuple):
    """One proof and what came of it, in words."""

    ok: bool
    subject: str
    expected: str
    found: str


class Probe(NamedTuple):
    """How the node is asked. `unit` returns systemd's ActiveState (None: no unit), `console` whether it answers and
    what, `port` whether the daemon itself greets there and what was found, `tls` whether a handshake succeeds there."""

    unit: Callable[[], Optional[str]]
    process: Callable[[], Optional[Process]]
    threads: Callable[[int], List[ThreadStatus]]
    root: Callable[[int], Optional[str]]
    console: Callable[[], Tuple[bool, str]]
    port: Callable[[int, int], Tuple[bool, str]]
    tls: Callable[[Entrance, int], Tuple[bool, str]] = lambda _entrance, _pid: (False, UNKNOWN)


def check(expectation: Expectation, probe: Probe) -> List[Finding]:
    """Ask for every proof once."""
    state, process = probe.unit(), probe.process()
    findings = [] if state is None else [_unit(state, process)]
    findings.append(_process(process, expectation.replaced))
    if process is None:
        return findings
    findings += identity_findings(expectation.identity, probe.threads(process.pid), probe.root(process.pid))
    answers, words = probe.console()
    findings.append(Finding(answers, "console", "an answer to 'version'", _first_line(words) or "no answer"))
    if expectation.version:
        running = version_in(words) or "" if answers else ""
        right = is_version(running, expectation.version)
        findings.append(Finding(right, "running version", expectation.version, running or "unknown"))
    for port in expectation.ports:
        greets, words = probe.port(port, process.pid)
        findings.append(Finding(greets, "port %d" % port, "220 from the daemon", words))
    for entrance in expectation.tls:
        begins, words = probe.tls(entrance, process.pid)
        findings.append(Finding(begins, "TLS at port %d" % entrance.port, "a handshake (%s)" % entrance.begin, words))
    after = probe.process()
    if after is None or _key(after) != _key(process):
        findings.append(Finding(False, "process", "the same process throughout", _named(after)))
    return findings


def wait(
    expectation: Expectation,
    probe: Probe,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Any] = time.sleep,
) -> List[Finding]:
    """Ask until every proof holds, there is no hope, or `timeout` seconds are over; the findings of the last round."""
    end = clock() + timeout
    while True:
        findings = check(expectation, probe)
        if is_healthy(findings) or _is_hopeless(findings) or clock() >= end:
            return findings
        sleep(INTERVAL)


def identity_findings(identity: Identity, threads: Sequence[ThreadStatus], root: Optional[str]) -> List[Finding]:
    """Compare every thread with the declared identity, and the root directory of the process."""
    if not threads:
        return [Finding(False, "threads", "at least one", "none")]
    found = [
        _every("uid", threads, lambda thread: thread.uids, frozenset([(identity.uid,) * 4]), _ids),
        _every("gid", threads, lambda thread: thread.gids, frozenset([(identity.gid,) * 4]), _ids),
    ]
    if identity.groups is not None:
        # setgroups(2) may or may not be given the primary group as well.
        either = frozenset([identity.groups, identity.groups | frozenset([identity.gid])])
        found.append(_every("groups", threads, lambda thread: thread.groups, either, _ids))
    if identity.capabilities is not None:
        found += _capability_findings(identity.capabilities, threads)
    if identity.chroot is not None or root is not None:
        expected = (identity.chroot or "/").rstrip("/") or "/"
        found.append(Finding(root == expected, "root directory", expected, UNKNOWN if root is None else root))
    return found


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Tell whether every proof holds."""
    return all(finding.ok for finding in findings)


def describe(findings: Iterable[Finding]) -> str:
    """Put the proofs that do not hold into words."""
    failed = [finding for finding in findings if not finding.ok]
    return "; ".join("%s: expected %s, found %s" % (one.subject, one.expected, one.found) for one in failed)


def remedies(findings: Iterable[Finding]) -> str:
    """Return what helps against the proofs that do not hold, where an option specifies what must hold; empty for all others."""
    failed = [finding.subject for finding in findings if not finding.ok]
    words = ["; ".join(subjects) + ": " + remedy for subjects, remedy in _matched(failed)]
    return ". ".join(words)


def _matched(subjects: Sequence[str]) -> Iterable[Tuple[List[str], str]]:
    for begin, remedy in _REMEDIES:
        found = [one for one in subjects if one.startswith(begin)]
        if found:
            yield found, remedy


def _capability_findings(sets: CapabilitySets, threads: Sequence[ThreadStatus]) -> List[Finding]:
    requested = dict(sets._asdict(), ambient=frozenset())
    # Ambient capabilities came with Linux 4.3; an older kernel has none to show and none to give.
    kinds = [kind for kind in _KINDS if kind != "ambient" or any(thread.ambient is not None for thread in threads)]
    return [
        _every("%s capabilities" % kind, threads, attrgetter(kind), frozenset([requested[kind]]), _names)
        for kind in kinds
    ]


def _every(
    subject: str,
    threads: Sequence[ThreadStatus],
    part: Callable[[ThreadStatus], Any],
    accepted: FrozenSet[Any],
    words: Callable[[Any], str],
) -> Finding:
    """Judge one part of every thread's status; name the threads that differ."""
    wrong = [thread for thread in threads if part(thread) not in accepted]
    expected = words(min(accepted, key=len))
    if not wrong:
        return Finding(True, subject, expected, "%s (%d threads)" % (expected, len(threads)))
    shown = ", ".join("%s (thread %d)" % (words(part(thread)), thread.tid) for thread in wrong[:3])
    more = " and %d more" % (len(wrong) - 3) if len(wrong) > 3 else ""
    return Finding(False, subject, expected, shown + more)


def _unit(state: str, process: Optional[Process]) -> Finding:
    """Judge what systemd says; a daemon that was started beside it is reported as such."""
    beside = "; %s was started outside of the unit" % _named(process) if process and state in _ENDED else ""
    return Finding(state == "active", "unit", "active", (state or "unknown") + beside)


def _process(process: Optional[Process], replaced: Optional[Process]) -> Finding:
    if process is not None and replaced is not None and _key(process) == _key(replaced):
        return Finding(False, "process", "a new process", "still process %d" % process.pid)
    return Finding(process is not None, "process", "running", _named(process))


def _is_hopeless(findings: Sequence[Finding]) -> bool:
    """systemd has given up (a unit that will be tried again is `activating`), and nothing runs."""
    states = {finding.subject: finding.found for finding in findings}
    return states.get("unit") == "failed" and states.get("process") == _named(None)


def _key(process: Process) -> Tuple[int, int]:
    return process.pid, process.start_ticks


def _named(process: Optional[Process]) -> str:
    return "none" if process is None else "process %d" % process.pid


def _ids(numbers: Optional[Iterable[int]]) -> str:
    if numbers is None:
        return UNKNOWN
    return ", ".join(str(number) for number in sorted(set(numbers))) or "none"


def _names(numbers: Optional[Iterable[int]]) -> str:
    if numbers is None:
        return UNKNOWN
    return ", ".join(capabilities.name(number) for number in sorted(numbers)) or "none"


def _first_line(words: str) -> str:
    lines = programs.lines(words.strip())
    return lines[0][:200] if lines else ""
