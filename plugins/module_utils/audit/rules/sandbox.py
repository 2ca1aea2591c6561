# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The systemd sandbox of the daemon's unit, in its file and in the process."""

from typing import Dict, Iterator, Sequence

from ...sandbox.dropin import Directive
from ..evidence import CouldNotLook, Evidence, Sandbox
from ..rule import DECLARED, DISK, FAIL, LINUX, LOW, MEDIUM, PROCESS, UNKNOWN, Rule, Seen
from .common import listed, seen
from .process import running_of

MOST_EXPOSED = 6.0  # of 10; with the computed directives a unit that starts as root is at 5.9
_FILTERED = 2  # of Seccomp in /proc/PID/status: a filter is in force


def _directives(found: Sandbox) -> Dict[str, str]:
    """What the drop-in sets, by name. It is written by generated.systemd_setting: one directive a line."""
    text = "" if found.now.file is None else found.now.file.content.decode("utf-8", "replace")
    pairs = (line.partition("=") for line in text.split("\n") if line and line[0] not in "#;[")
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _missing(requested: Sequence[Directive], present: Dict[str, str]) -> Sequence[str]:
    return [one.name for one in requested if one.value is not None and present.get(one.name) != str(one.value)]


def _sandboxed(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.sandbox()
    now = found.now
    if now.version is None:
        return
    if now.file is None:
        yield Seen(FAIL, DISK, "the unit %s has no drop-in that restricts it" % now.name, now.path)
        return
    missing = _missing(found.requested, _directives(found))
    words = "the drop-in has all %d directives" % len(_directives(found))
    if missing:
        words = "the drop-in lacks, or has another value for, %s" % listed(missing)
    yield seen(not missing, DISK, words, now.path)


def _read(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.sandbox().now
    if found.version is None or not found.unit.loaded:
        return
    words = "files of %s changed since systemd read them" if found.unit.stale else "systemd has read the files of %s"
    yield seen(not found.unit.stale, PROCESS, words % found.name, found.unit.fragment)


def _exposed(evidence: Evidence) -> Iterator[Seen]:
    found = evidence.sandbox()
    if found.now.version is None:
        return
    if found.exposure is None:
        raise CouldNotLook("systemd-analyze security gives no figure for %s" % found.now.name)
    words = "systemd-analyze security: %.1f of 10" % found.exposure
    yield seen(found.exposure <= MOST_EXPOSED, DISK, words, found.now.unit.fragment)


def _in_force(evidence: Evidence) -> Iterator[Seen]:
    """Whether the process was started in the sandbox that its unit has on disk."""
    found = evidence.sandbox()
    present = _directives(found)
    asked = [name for name in ("NoNewPrivileges", "SystemCallFilter") if present.get(name, "no") != "no"]
    if not asked:
        return
    running = running_of(evidence)
    values = {"NoNewPrivileges": (running.no_new_privileges, 1), "SystemCallFilter": (running.seccomp, _FILTERED)}
    for name in asked:
        value, on = values[name]
        if value is None:
            yield Seen(UNKNOWN, PROCESS, "%s: the kernel does not show it" % name)
        else:
            state = "in force" if value == on else "in the drop-in, and not in force"
            yield seen(value == on, PROCESS, "%s is %s" % (name, state))


_PRESENT = "momentum_sandbox: present"
_PAGES = ("page 4/4-conf-starting", "NIST SP 800-53 SC-39", "NIST SP 800-53 AC-6")

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-SBX-001",
        "The daemon's unit has the sandbox that its configuration permits",
        "Whoever gets into the daemon writes wherever its account may, and root's monitor keeps every capability.",
        MEDIUM,
        (DECLARED, DISK),
        _sandboxed,
        _PRESENT,
        _PAGES,
        LINUX,
    ),
    Rule(
        "MSEC-SBX-002",
        "systemd has read the unit and its drop-ins as they are on disk",
        "The next start is with the sandbox that was there before.",
        LOW,
        (PROCESS,),
        _read,
        "systemctl daemon-reload; msys.momentum.sandbox does it after each change",
        _PAGES,
        LINUX,
    ),
    Rule(
        "MSEC-SBX-003",
        "systemd-analyze finds the unit no more exposed than %.1f of 10" % MOST_EXPOSED,
        "The figure counts what the unit leaves open to whoever gets into the daemon, whatever set it.",
        LOW,
        (DISK,),
        _exposed,
        _PRESENT,
        _PAGES,
        LINUX,
    ),
    Rule(
        "MSEC-SBX-004",
        "The process runs in the sandbox that its unit has",
        "A drop-in restricts the next start alone: a daemon that was started before, or beside the unit, has "
        "no sandbox.",
        MEDIUM,
        (PROCESS,),
        _in_force,
        "msys.momentum.rolling_restart, or msys.momentum.service with state: restarted",
        _PAGES,
        LINUX,
    ),
)
