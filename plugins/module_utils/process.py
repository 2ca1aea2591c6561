# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running daemon as the kernel sees it, proc(5) and capabilities(7).

The daemon is found by the program that it executes, never by its name: a name can be anybody's. Uids are process-wide,
but capabilities are per thread, so every thread is read.
"""

import os
import re
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from . import capabilities

DELETED = " (deleted)"
DEFAULT_PIDFILE = "/var/run/ecelerity.pid"
_INTERPRETER = re.compile(r"(?:platform-python|python|perl|bash|dash|sh|ruby|lua)[0-9.]*$")


class Process(NamedTuple):
    """A process of the daemon.

    `start_time` is in seconds since the epoch, as exact as the kernel's boot time (one second); `start_ticks` (clock
    ticks since boot) tells a process from a later one with the same pid. `deleted`: the program's file was replaced or
    removed since. `certain` is false where the kernel would not show the program, and the command line had to do.
    """

    pid: int
    start_time: float
    program: str
    start_ticks: int = 0
    parent: int = 0
    deleted: bool = False
    certain: bool = True


class ThreadStatus(NamedTuple):
    """What a thread may do; None where the kernel does not tell. Uids and gids: real, effective, saved, file system."""

    tid: int
    uids: Optional[Tuple[int, ...]]
    gids: Optional[Tuple[int, ...]]
    groups: Optional[FrozenSet[int]]
    permitted: Optional[FrozenSet[int]]
    effective: Optional[FrozenSet[int]]
    inheritable: Optional[FrozenSet[int]]
    ambient: Optional[FrozenSet[int]]
    bounding: Optional[FrozenSet[int]]


def find(
    prefix: str = "/opt/msys/ecelerity",
    proc: str = "/proc",
    pidfile: Optional[str] = None,
    program: str = "ecelerity",
) -> List[Process]:
    """All processes that execute PREFIX/sbin/PROGRAM, oldest first; the one that the pid file names comes first.

    Where the kernel hides the program (no CAP_SYS_PTRACE in a container), the command line counts, but only for the
    process of the pid file, if there is one: anybody can choose a command line.
    """
    folder = os.path.join(prefix, "sbin")
    # The kernel shows paths without symbolic links; a command line shows them as they were written.
    programs = frozenset(os.path.join(path, program) for path in (folder, os.path.realpath(folder)))
    named = read_pidfile(pidfile)
    pids = [int(entry) for entry in os.listdir(proc) if entry.isdigit()]
    candidates = [_identify(proc, pid, programs) for pid in pids]
    processes = [found for found in candidates if found is not None]
    if any(found.pid == named for found in processes):
        processes = [found for found in processes if found.certain or found.pid == named]
    return sorted(processes, key=lambda found: (found.pid != named, found.start_ticks, found.pid))


def main_of(processes: List[Process], named: Optional[int] = None) -> Optional[Process]:
    """The daemon among its processes: the one of the pid file, else the oldest that is nobody's child here."""
    pids = {process.pid for process in processes}
    chosen = [process for process in processes if process.pid == named]
    chosen += [process for process in processes if process.parent not in pids]
    return chosen[0] if chosen else None


def read_pidfile(path: Optional[str]) -> Optional[int]:
    """The process that a pid file names, or None without a readable one."""
    try:
        with open(path or DEFAULT_PIDFILE) as stream:
            return int(stream.read(32))
    except (OSError, ValueError):
        return None


def threads(pid: int, proc: str = "/proc") -> List[ThreadStatus]:
    """The status of every thread; one that ended meanwhile is left out. Empty if the process is gone."""
    folder = os.path.join(proc, str(pid), "task")
    try:
        tids = sorted(int(entry) for entry in os.listdir(folder) if entry.isdigit())
    except (FileNotFoundError, ProcessLookupError):
        return []
    statuses = [(tid, _read(os.path.join(folder, str(tid), "status"))) for tid in tids]
    return [parse_status(tid, text) for tid, text in statuses if text]


def parse_status(tid: int, text: str) -> ThreadStatus:
    """Read a status file of proc(5)."""
    # The kernel ends lines by line feeds alone; a process chooses its name, which may hold what else Python takes for an end.
    lines = (line.partition(":") for line in text.split("\n"))
    fields = {key: value.strip() for key, _colon, value in lines}
    groups = _numbers(fields.get("Groups"))
    return ThreadStatus(
        tid=tid,
        uids=_numbers(fields.get("Uid")),
        gids=_numbers(fields.get("Gid")),
        groups=None if groups is None else frozenset(groups),
        permitted=_mask(fields.get("CapPrm")),
        effective=_mask(fields.get("CapEff")),
        inheritable=_mask(fields.get("CapInh")),
        ambient=_mask(fields.get("CapAmb")),
        bounding=_mask(fields.get("CapBnd")),
    )


def root_of(pid: int, proc: str = "/proc") -> Optional[str]:
    """The root folder of a process; None where the kernel does not show it."""
    return _link(os.path.join(proc, str(pid), "root"))


def sockets_of(pid: int, proc: str = "/proc") -> Optional[FrozenSet[str]]:
    """The inode numbers of the sockets that a process holds open; None where the kernel does not show them."""
    folder = os.path.join(proc, str(pid), "fd")
    try:
        entries = os.listdir(folder)
    except OSError:
        return None
    targets = [target for target in (_link(os.path.join(folder, entry)) for entry in entries) if target is not None]
    # The kernel may list the descriptors and yet hide where they lead to.
    if entries and not targets:
        return None
    return frozenset(target[8:-1] for target in targets if target.startswith("socket:["))


def last_capability(proc: str = "/proc") -> int:
    """The highest capability that the running kernel knows."""
    return capabilities.last_capability(os.path.join(proc, "sys", "kernel", "cap_last_cap"))


def bounding_ceiling(unit: str = "ecelerity.service", proc: str = "/proc") -> FrozenSet[int]:
    """What a daemon started on this node can be given: the bounding set of process 1, cut by that of its unit.

    unit: '' for none, such as where a drop-in will be written that gives whatever the stanza declares.
    """
    first = parse_status(1, _read(os.path.join(proc, "1", "status")) or "")
    everything = frozenset(range(capabilities.BITS))
    from .service_manager import unit_bounding_set

    of_unit = unit_bounding_set(unit) if unit else None
    return (everything if first.bounding is None else first.bounding) & (everything if of_unit is None else of_unit)


def _identify(proc: str, pid: int, programs: FrozenSet[str]) -> Optional[Process]:
    """Describe a process if it executes the program, itself or as an interpreter's script."""
    folder = os.path.join(proc, str(pid))
    link = _link(os.path.join(folder, "exe"))
    executable, deleted = _without_mark(link or "")
    itself = executable in programs
    program = executable if itself else _program_of_command_line(folder, executable if link else None, programs)
    if program is None:
        return None
    stat = _read(os.path.join(folder, "stat"))
    if not stat or _is_elsewhere(_read(os.path.join(folder, "status")) or ""):
        return None
    parent, ticks = _parent_and_ticks(stat)
    start = _boot_time(proc) + ticks / float(os.sysconf("SC_CLK_TCK"))
    # An interpreter's own file says nothing about the daemon.
    return Process(pid, start, program, ticks, parent, deleted and itself, link is not None)


def _program_of_command_line(folder: str, executable: Optional[str], programs: FrozenSet[str]) -> Optional[str]:
    """The program that a command line names: as argument 0 where the executable is hidden, or as the script of an
    interpreter."""
    words = (_read(os.path.join(folder, "cmdline")) or "").split("\0")[:16]
    if executable is None and words[0] in programs:
        return words[0]
    interpreter = words[0] if executable is None else executable
    if not _INTERPRETER.match(os.path.basename(interpreter)):
        return None
    script = next((word for word in words[1:] if not word.startswith("-")), None)
    return script if script in programs else None


def _is_elsewhere(status: str) -> bool:
    """Tell whether a process lives in another pid namespace, such as that of a container on this node."""
    found = [line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")]
    return bool(found) and len(found[0]) > 1


def _parent_and_ticks(stat: str) -> Tuple[int, int]:
    """Fields 4 and 22 of proc(5)'s stat; the name in field 2 may hold blanks and brackets."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]), int(fields[19])


def _boot_time(proc: str) -> int:
    for line in (_read(os.path.join(proc, "stat")) or "").splitlines():
        if line.startswith("btime "):
            return int(line.split()[1])
    return 0


def _without_mark(link: str) -> Tuple[str, bool]:
    return (link[: -len(DELETED)], True) if link.endswith(DELETED) else (link, False)


def _link(path: str) -> Optional[str]:
    try:
        return os.readlink(path)
    except OSError:
        return None


def _read(path: str) -> Optional[str]:
    """Read a file of proc; None if the process ended or the kernel does not show it."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as stream:
            return stream.read()
    except OSError:
        return None


def _numbers(text: Optional[str]) -> Optional[Tuple[int, ...]]:
    return None if text is None else tuple(int(word) for word in text.split())


def _mask(text: Optional[str]) -> Optional[FrozenSet[int]]:
    return None if text is None else capabilities.from_mask(int(text, 16))


def as_data(process: Process) -> Dict[str, object]:
    """A process as plain data, for the result of a module."""
    known = process._asdict()
    return dict({key: known[key] for key in ("pid", "program", "deleted")}, start_time=int(process.start_time))
