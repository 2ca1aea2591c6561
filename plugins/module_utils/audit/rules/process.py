# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running daemon: who it is by the kernel, and what it has open."""

from typing import FrozenSet, Iterator, List, NamedTuple, Sequence

from ...console_access.endpoints import configured
from ...console_access.listens import listens, split
from ...daemon.health import identity_findings
from ...daemon.process import DELETED, ThreadStatus
from ...ecconf.effective import Effective
from ...ecconf.paths import format_path
from ...exposure.networks import network
from ...security.kernel_identity import Identity
from ...security.requirements import DEFAULT_PORTS, OTHER_PORTS, address, is_on
from ..evidence import CouldNotLook, Evidence, Running
from ..rule import CRITICAL, DECLARED, FAIL, HIGH, LINUX, LOW, MEDIUM, PASS, PROCESS, UNKNOWN, Check, Rule, Seen
from .common import listed, seen

# By the subject of a finding of the health gate: the part of a thread that it is about.
_PARTS = {
    "uid": "uids",
    "gid": "gids",
    "groups": "groups",
    "permitted capabilities": "permitted",
    "effective capabilities": "effective",
    "inheritable capabilities": "inheritable",
    "ambient capabilities": "ambient",
}
_WILDCARDS = ("", "0.0.0.0", "::")
_KNOWN = (*DEFAULT_PORTS, "control_listener")  # kinds of listeners of which it is known where they are without a Listen
_STOPPED = "the daemon does not run"


def running_of(evidence: Evidence) -> Running:
    """Return the running daemon. Raises CouldNotLook where it does not run."""
    found = evidence.running()
    if found is None:
        raise CouldNotLook(_STOPPED)
    return found


def _expected(running: Running) -> Identity:
    if running.expected is None:
        raise CouldNotLook(running.not_known or "nobody knows who the daemon must be")
    if not running.threads:
        raise CouldNotLook("the process %d has ended meanwhile" % running.process.pid)
    return running.expected


def of_identity(*subjects: str) -> Check:
    """Return a check by what the health gate proves of every thread. What the kernel does not show of a thread is unknown."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        running = running_of(evidence)
        expected = _expected(running)
        for subject in subjects:
            yield from _of_subject(running, expected, subject)

    return check


def _of_subject(running: Running, expected: Identity, subject: str) -> Iterator[Seen]:
    part = _PARTS[subject]
    shown: List[ThreadStatus] = [one for one in running.threads if getattr(one, part) is not None]
    for one in identity_findings(expected, shown, None) if shown else ():
        if one.subject == subject:
            words = one.found if one.ok else "%s, and the stanza in force means %s" % (one.found, one.expected)
            yield seen(one.ok, PROCESS, "%s: %s" % (subject, words))
    hidden = [one.tid for one in running.threads if getattr(one, part) is None]
    # Ambient capabilities came with Linux 4.3, and an older kernel has none to give.
    if hidden and not (subject == "ambient capabilities" and not shown):
        yield Seen(UNKNOWN, PROCESS, "%s of thread %s: the kernel does not show it" % (subject, listed(hidden)))


def _groups_and_root(evidence: Evidence) -> Iterator[Seen]:
    running = running_of(evidence)
    expected = _expected(running)
    if expected.groups is not None:
        yield from _of_subject(running, expected, "groups")
    else:
        # Which groups the daemon keeps without Supplemental_Groups is on no page; root's is none of them.
        roots = [one.tid for one in running.threads if 0 in (one.groups or ()) and expected.gid != 0]
        hidden = [one.tid for one in running.threads if one.groups is None]
        if roots:
            yield Seen(FAIL, PROCESS, "thread %s is in the group 0 (root)" % listed(roots))
        elif hidden:
            yield Seen(UNKNOWN, PROCESS, "groups of thread %s: the kernel does not show them" % listed(hidden))
        else:
            yield Seen(PASS, PROCESS, "no thread is in the group 0 (root)")
    if running.root is None:
        yield Seen(UNKNOWN, PROCESS, "root directory: the kernel does not show it")
        return
    for one in identity_findings(expected, running.threads, running.root):
        if one.subject == "root directory":
            yield seen(one.ok, PROCESS, "root directory: %s" % one.found)


def _restarted(evidence: Evidence) -> Iterator[Seen]:
    """What only a start takes up: options that are not dynamic, the program, and libraries."""
    running = running_of(evidence)
    process = running.process
    words = "%s is %s" % (process.program, "replaced since the start" if process.deleted else "the installed file")
    yield seen(not process.deleted, PROCESS, words, process.program)
    if running.libraries is None:
        yield Seen(UNKNOWN, PROCESS, "libraries: the kernel does not show what is mapped")
    else:
        gone = sorted(one for one in running.libraries if one.endswith(DELETED) and ".so" in one)
        for one in gone:
            yield Seen(FAIL, PROCESS, "%s was replaced since the start" % one[: -len(DELETED)], one[: -len(DELETED)])
        if not gone:
            yield Seen(PASS, PROCESS, "no library was replaced since the start")
    drift, pending = evidence.drift(), evidence.pending()
    if drift.level == "restart":
        yield Seen(FAIL, PROCESS, "not in force before a restart: %s" % listed(list(drift.files)), drift.files[0])
    elif pending.level == "restart":
        yield Seen(FAIL, PROCESS, "a restart is pending for %s" % (listed(list(pending.files)) or "an earlier change"))
    else:
        yield Seen(PASS, PROCESS, "nothing on disk waits for a restart")


def _alike(evidence: Evidence) -> Iterator[Seen]:
    running = running_of(evidence)
    if not running.threads:
        raise CouldNotLook("the process %d has ended meanwhile" % running.process.pid)
    for part in _PARTS.values():
        values = {getattr(one, part) for one in running.threads}
        if None in values and len(values) > 1:
            yield Seen(UNKNOWN, PROCESS, "%s: the kernel does not show those of every thread" % part)
        elif None not in values:
            words = "%s: %s" % (part, "the same" if len(values) == 1 else "%d different sets" % len(values))
            yield seen(len(values) == 1, PROCESS, "%s in %d threads" % (words, len(running.threads)))
        elif part != "ambient":
            yield Seen(UNKNOWN, PROCESS, "%s: the kernel does not show them" % part)


def _alone(evidence: Evidence) -> Iterator[Seen]:
    running = running_of(evidence)
    for one in running.hidden:
        words = "process %d of uid %d executes %s, and root has not started it" % (one.pid, one.uid, one.program)
        yield Seen(FAIL, PROCESS, words, one.program)
    if not running.hidden:
        yield Seen(PASS, PROCESS, "process %d is the only one of its kind" % running.process.pid)


class _Place(NamedTuple):
    """A TCP address to listen at, as declared. host: as `split` has it, which may be a name."""

    host: str
    port: str
    words: str
    file: str
    line: int

    def lets(self, host: str, port: str) -> bool:
        """Whether the daemon may listen at an address because of it. What a name stands for is not looked up."""
        own = network(self.host)
        return self.port == port and (self.host in _WILDCARDS or own is None or own == network(host))

    def is_served_by(self, host: str, port: str) -> bool:
        """Whether who connects to it reaches an address at which the daemon listens."""
        return self.port == port and (host in _WILDCARDS or self.lets(host, port))


class _Declared(NamedTuple):
    """places, paths: of every Listen that is on. ports: what else opens a port. vague: the first scope whose port no page says, '' for none."""

    places: Sequence[_Place]
    paths: FrozenSet[str]
    ports: FrozenSet[str]
    vague: str


def _declared(effective: Effective) -> _Declared:
    found = [path for path in effective.scopes("listen") if len(path) == 2]
    served = {path[0][0].lower() for path in found}
    alone = [path[0][0].lower() for path in effective.scopes() if len(path) == 1 and path[0][0].lower() not in served]
    places, vague = [], [kind for kind in alone if kind.endswith("_listener") and kind not in _KNOWN]
    paths, ports = (
        set(_places_of_console(effective)),
        {str(DEFAULT_PORTS[kind]) for kind in alone if kind in DEFAULT_PORTS},
    )
    for path in found:
        name = path[-1][1] or ""
        port = address(name).port or DEFAULT_PORTS.get(path[0][0].lower())
        if is_on(effective, path) and name.startswith("/"):
            paths.add(name)
        elif is_on(effective, path) and port is None:
            vague.append(format_path(path))
        elif is_on(effective, path):
            host = split(name)[0] if address(name).port else name
            places.append(_Place(host, str(port), name, *effective.where(path)[-1]))
    settings = (effective.get(((scope, None),), option) for scope, option in OTHER_PORTS)
    ports.update(str(one.value).rpartition(":")[2] for one in settings if one is not None)
    return _Declared(places, frozenset(paths), frozenset(ports), vague[0] if vague else "")


def _places_of_console(effective: Effective) -> Sequence[str]:
    """Without any Listen the console is at a place of its own."""
    return () if listens(effective) else configured(effective)


def _as_declared(evidence: Evidence) -> Iterator[Seen]:
    running = running_of(evidence)
    if running.listens is None:
        raise CouldNotLook("the kernel does not show at which sockets the daemon listens")
    now = evidence.configuration()
    said = _declared(now.effective)
    addresses = [split(one) for one in running.listens if not one.startswith("/")]
    strange = sorted(one for one in running.listens if not _is_declared(one, said))
    missing = [one for one in said.places if not any(one.is_served_by(*each) for each in addresses)]
    for name in strange:
        if now.problems or said.vague:
            because = (
                "%s has a port that no page says" % said.vague
                if said.vague
                else "not all of the configuration is known"
            )
            yield Seen(UNKNOWN, PROCESS, "the daemon listens at %s, and %s" % (name, because))
        else:
            yield Seen(FAIL, PROCESS, "the daemon listens at %s, which no Listen names" % name)
    for one in missing:
        yield Seen(FAIL, PROCESS, "the daemon does not listen at %s" % one.words, one.file, one.line)
    if not strange and not missing:
        yield Seen(PASS, PROCESS, "the daemon listens at %s" % (listed(sorted(running.listens)) or "nothing"))


def _is_declared(name: str, said: _Declared) -> bool:
    if name.startswith("/"):
        return name in said.paths
    host, port = split(name)
    return port in said.ports or any(one.lets(host, port) for one in said.places)


_RESTART = "msys.momentum.rolling_restart, or msys.momentum.service with state: restarted"
_STANZA = "momentum_security_user, momentum_security_group and momentum_security_capabilities; then %s" % _RESTART
_PAGES = ("page 4/config/ref-security", "page 4/config/ref-user")

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-RUN-001",
        "Every thread has the declared user and group",
        "A process that did not give up root is root, whatever its configuration has.",
        CRITICAL,
        (DECLARED, PROCESS),
        of_identity("uid", "gid"),
        _STANZA,
        _PAGES + ("NIST SP 800-53 AC-6", "NIST SP 800-53 CM-6"),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-002",
        "Every thread has the declared capabilities, no more and no fewer",
        "Where the kernel refuses the declared set, the process may keep all of root's; the console shows the "
        "declared set all the same.",
        CRITICAL,
        (DECLARED, PROCESS),
        of_identity("permitted capabilities", "effective capabilities"),
        _STANZA,
        ("page 4/config/ref-capabilities", "NIST SP 800-53 AC-6"),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-003",
        "The daemon is in the declared groups and root directory",
        "A group too many opens files that are not the daemon's; a chroot that is not in force protects nothing.",
        MEDIUM,
        (DECLARED, PROCESS),
        _groups_and_root,
        "momentum_security_supplemental_groups, momentum_security_chroot; then %s" % _RESTART,
        ("page 4/config/ref-supplemental-groups", "page 4/config/ref-chroot", "NIST SP 800-53 AC-6"),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-004",
        "Nothing waits for a restart: options, the program, or its libraries",
        "A fix that is installed and a Security stanza that is written protect nobody before the daemon is "
        "started again.",
        MEDIUM,
        (DECLARED, PROCESS),
        _restarted,
        _RESTART,
        ("page 4/config/ref-security", "page 4/conf-overview", "NIST SP 800-53 SI-2", "NIST SP 800-53 CM-6"),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-005",
        "No thread has inheritable or ambient capabilities beyond the declared ones",
        "Programs that the daemon executes, such as scripts and virus scanners, could inherit them.",
        LOW,
        (DECLARED, PROCESS),
        of_identity("inheritable capabilities", "ambient capabilities"),
        _STANZA,
        ("page 4/config/ref-capabilities", "NIST SP 800-53 AC-6"),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-006",
        "All threads of the daemon have the same identity and capabilities",
        "Capabilities belong to a thread: one that was started before the daemon gave up root may have kept them.",
        HIGH,
        (PROCESS,),
        _alike,
        _RESTART,
        _PAGES + ("NIST SP 800-53 AC-6",),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-007",
        "No other process passes for the daemon",
        "An account of the node runs a program under the name of the daemon, which may take its ports or "
        "mislead whoever looks.",
        MEDIUM,
        (PROCESS,),
        _alone,
        "end the process, and see who started it",
        ("page 4/4-conf-starting", "NIST SP 800-53 SI-4"),
        LINUX,
    ),
    Rule(
        "MSEC-RUN-008",
        "The daemon listens where its configuration has it, and nowhere else",
        "A listener that was closed in the file is open until the daemon has loaded the file, and one that the "
        "file opens may have failed.",
        MEDIUM,
        (DECLARED, PROCESS),
        _as_declared,
        "momentum_settings with the Listen; then msys.momentum.service with state: reloaded",
        ("page 4/listeners", "NIST SP 800-53 CM-7"),
        LINUX,
    ),
)
