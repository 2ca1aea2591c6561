# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running daemon as the kernel sees it, proc(5) and capabilities(7).

Any account may choose the name and the command line of its processes, may run a copy of the daemon's program, may lay another
file over the path of that program in a mount namespace of its own, and may run the installed program itself, which everybody
can execute. So two things are asked of a process before it is taken for the daemon:

1. It executes the installed file: the path that the kernel shows and device and inode of /proc/PID/exe.
2. Root arranged that it runs, which is known by what root alone can write:
   - it is in the control group of the daemon's systemd unit; or
   - a pid file names it that only root can write, in directories that only root can write, and it is not younger than that
     file, so that nobody reuses the number of a daemon that is gone; or
   - the installed monitor of gimli, run by root, started it (page *4-container-running*: the monitor stays root); or
   - root runs it: the daemon before it gives up root, or one that keeps it; or
   - its parent is the daemon by these rules.

After an upgrade the running daemon executes a file that is gone: the kernel adds " (deleted)" to the path, and the inode is
another one than the installed. The path alone can be forged (in a mount namespace of one's own), so it counts only together
with the unit, the pid file, or the mount namespace of this node. In the unit's control group the path is enough in any case: what
mounts a unit has is root's decision. Where the kernel hides the program (no CAP_SYS_PTRACE in a container), argument 0 counts in its place,
together with one of the proofs of 2.

Uids are process-wide, but capabilities are per thread, so every thread is read.
"""

import os
import stat
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from ..files import reading
from ..files.safe_paths import UnsafePath, above, locate
from ..host import program as programs
from ..host.program import Run
from ..host.service_manager import SYSTEMD, show
from ..security import capabilities

DELETED = " (deleted)"
DEFAULT_PIDFILE = "/var/run/ecelerity.pid"
MONITOR = ("gimli", "bin", "monitor")  # beside the prefix
GENERATIONS = 4  # between the monitor and the daemon: run.ecelerity is a script
SLACK = 2.0  # seconds; start times are as exact as the kernel's boot time
LONGEST_PIDFILE = 32  # octets


class Process(NamedTuple):
    """A process of the daemon.

    `start_time` is in seconds since the epoch, as exact as the kernel's boot time (one second); `start_ticks` (clock
    ticks since boot) tells a process from a later one with the same pid. `deleted`: the program's file was replaced or
    removed since. `certain` is false where the kernel would not show the program, and argument 0 had to do. `uid` is the real one.
    """

    pid: int
    start_time: float
    program: str
    start_ticks: int = 0
    parent: int = 0
    deleted: bool = False
    certain: bool = True
    uid: int = 0


class PidFile(NamedTuple):
    """The process that a pid file names, and when the file was changed last (seconds since the epoch)."""

    pid: int
    changed: float


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


class Search(NamedTuple):
    """What is known of a daemon: the prefix of the installation, its program in sbin, its pid file, the control group of its unit
    ('' for none), and where proc(5) is."""

    prefix: str = "/opt/msys/ecelerity"
    program: str = "ecelerity"
    pidfile: Optional[str] = None
    group: str = ""
    proc: str = "/proc"


def running(search: Search) -> Optional[Process]:
    """Return the daemon, or None: the process that the pid file names, else the oldest that is nobody's child here."""
    return chosen(search, survey(search)[0])


def chosen(search: Search, found: List[Process]) -> Optional[Process]:
    """Return the daemon among its processes, as `running` does; found: of `survey`."""
    pids = {process.pid for process in found}
    named = read_pidfile(search.pidfile)
    first = [process for process in found if named is not None and process.pid == named.pid]
    first += [process for process in found if process.parent not in pids]
    return first[0] if first else None


def survey(search: Search) -> Tuple[List[Process], List[Process]]:
    """Return the processes of the daemon, and those that look like it without a sign that root runs them; oldest first each."""
    proc, directory = search.proc, os.path.join(search.prefix, "sbin")
    programs = _Installed(directory, search.program)
    pids = [int(entry) for entry in os.listdir(proc) if entry.isdigit()]
    candidates = [_describe(proc, pid, programs) for pid in pids]
    alike = sorted((one for one in candidates if one is not None), key=lambda one: (one.start_ticks, one.pid))
    named = read_pidfile(search.pidfile)
    ours = {one.pid for one in alike if _is_arranged(one, search, programs, named)}
    ours |= {one.pid for one in alike if one.parent in ours and _is_here(one, proc, programs)}
    return [one for one in alike if one.pid in ours], [one for one in alike if one.pid not in ours]


def read_pidfile(path: Optional[str]) -> Optional[PidFile]:
    """Return the content of a pid file, or None where there is none that only root (or who runs this) can have written."""
    path = path or DEFAULT_PIDFILE
    directory = os.path.realpath(os.path.dirname(path))
    if not _is_roots_alone(directory):
        return None
    try:
        with locate(os.path.join(directory, os.path.basename(path)), follow=False) as place:
            descriptor, info = reading.open_regular(path, place)
    except (OSError, UnsafePath):
        return None
    try:
        if not _only_trusted_write(info):
            return None
        return PidFile(int(reading.content(descriptor, info, path, "pid")), info.st_ctime)
    except (OSError, UnsafePath, ValueError):
        return None
    finally:
        os.close(descriptor)


def threads(pid: int, proc: str = "/proc") -> List[ThreadStatus]:
    """The status of every thread; one that ended meanwhile is left out. Empty if the process is gone."""
    directory = os.path.join(proc, str(pid), "task")
    try:
        tids = sorted(int(entry) for entry in os.listdir(directory) if entry.isdigit())
    except (FileNotFoundError, ProcessLookupError):
        return []
    statuses = [(tid, _read(os.path.join(directory, str(tid), "status"))) for tid in tids]
    return [parse_status(tid, text) for tid, text in statuses if text]


def parse_status(tid: int, text: str) -> ThreadStatus:
    """Read a status file of proc(5)."""
    lines = (line.partition(":") for line in _lines(text))
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
    """The root directory of a process; None where the kernel does not show it."""
    return _link(os.path.join(proc, str(pid), "root"))


def sockets_of(pid: int, proc: str = "/proc") -> Optional[FrozenSet[str]]:
    """The inode numbers of the sockets that a process holds open; None where the kernel does not show them."""
    directory = os.path.join(proc, str(pid), "fd")
    try:
        entries = os.listdir(directory)
    except OSError:
        return None
    targets = [target for target in (_link(os.path.join(directory, entry)) for entry in entries) if target is not None]
    # The kernel may list the descriptors and yet hide where they lead to.
    if entries and not targets:
        return None
    return frozenset(target[8:-1] for target in targets if target.startswith("socket:["))


def executes(program: str, proc: str = "/proc") -> bool:
    """Whether any process has the path of a program, or of a script, among the first words of its command line. No proof: every
    account may say so."""
    lines = (_read(os.path.join(proc, entry, "cmdline")) for entry in os.listdir(proc) if entry.isdigit())
    return any(program in line.split("\0")[:3] for line in lines if line)


def last_capability(proc: str = "/proc") -> int:
    """The highest capability that the running kernel knows."""
    return capabilities.last_capability(os.path.join(proc, "sys", "kernel", "cap_last_cap"))


def unit_bounding_set(unit: str, run: Optional[Run] = None, systemd: str = SYSTEMD) -> Optional[FrozenSet[int]]:
    """The capabilities that `CapabilityBoundingSet` leaves a unit; None where systemd does not tell.

    systemd up to 219 shows a decimal mask instead of names.
    """
    if not os.path.isdir(systemd):
        return None
    text = show(unit, "CapabilityBoundingSet", run or programs.run).get("CapabilityBoundingSet")
    if text is None:
        return None
    if text.isdigit():
        return capabilities.from_mask(int(text) & (1 << capabilities.BITS) - 1)
    numbers = [capabilities.NUMBERS.get(word.lower()) for word in text.split()]
    return frozenset(number for number in numbers if number is not None)


def bounding_ceiling(unit: str = "ecelerity.service", proc: str = "/proc") -> FrozenSet[int]:
    """What a daemon started on this node can be given: the bounding set of process 1, cut by that of its unit.

    unit: '' for none, such as where a drop-in will be written that gives whatever the stanza declares.
    """
    first = parse_status(1, _read(os.path.join(proc, "1", "status")) or "")
    everything = frozenset(range(capabilities.BITS))
    of_unit = unit_bounding_set(unit) if unit else None
    return (everything if first.bounding is None else first.bounding) & (everything if of_unit is None else of_unit)


class _Installed:
    """The installed file of a program, under the paths by which the kernel may show it."""

    def __init__(self, directory: str, program: str) -> None:
        # The kernel shows paths without symbolic links; a command line shows them as they were written.
        self.paths = frozenset(os.path.join(path, program) for path in (directory, os.path.realpath(directory)))
        self._file = _file_of(os.path.join(directory, program))

    def is_run_by(self, directory: str) -> bool:
        """Tell whether the process of a directory of proc executes exactly this file.

        The path comes first: a file that somebody else provides, on a file system of his, is not even looked at.
        """
        link = os.path.join(directory, "exe")
        return self._file is not None and _link(link) in self.paths and _file_of(link) == self._file


def _describe(proc: str, pid: int, programs: _Installed) -> Optional[Process]:
    """Describe a process of this pid namespace that looks as if it executed the program; None for any other."""
    directory = os.path.join(proc, str(pid))
    link = _link(os.path.join(directory, "exe"))
    path, deleted = _without_mark(link or "")
    if link is None:
        path = (_read(os.path.join(directory, "cmdline")) or "").partition("\0")[0]
    if path not in programs.paths:
        return None
    line, status = _read(os.path.join(directory, "stat")), _read(os.path.join(directory, "status")) or ""
    if not line or _is_elsewhere(proc, directory, status):
        return None
    parent, ticks = _parent_and_ticks(line)
    start = _boot_time(proc) + ticks / float(os.sysconf("SC_CLK_TCK"))
    return Process(pid, start, path, ticks, parent, deleted, link is not None, _real_uid(status))


def _is_arranged(process: Process, search: Search, programs: _Installed, named: Optional[PidFile]) -> bool:
    """Tell whether root runs a process that looks like the daemon; the proofs are in the text of this module."""
    directory = os.path.join(search.proc, str(process.pid))
    if search.group and _is_in_group(directory, search.group):
        return True
    executes = process.deleted or not process.certain or programs.is_run_by(directory)
    if named is not None and process.pid == named.pid and process.start_time <= named.changed + SLACK:
        return executes
    if not _is_here(process, search.proc, programs):
        return False
    return (process.certain and process.uid == 0) or _is_monitored(process, search)


def _is_monitored(process: Process, search: Search) -> bool:
    """Tell whether a process was started by the installed monitor, run by root; between the two may be root's shells."""
    monitor = os.path.join(os.path.dirname(os.path.normpath(search.prefix)), *MONITOR)
    programs = _Installed(os.path.dirname(monitor), os.path.basename(monitor))
    number = process.parent
    for _generation in range(GENERATIONS):
        parent = _describe(search.proc, number, programs)
        if parent is not None:
            return parent.certain and parent.uid == 0 and _is_here(parent, search.proc, programs)
        directory = os.path.join(search.proc, str(number))
        line, status = _read(os.path.join(directory, "stat")), _read(os.path.join(directory, "status"))
        if not line or not status or _real_uid(status) != 0 or number == 1:
            return False
        number = _parent_and_ticks(line)[0]
    return False


def _is_here(process: Process, proc: str, programs: _Installed) -> bool:
    """Tell whether a process executes the installed file, or one that this node had under its path.

    A hidden program passes: whoever asks has another proof about its parent.
    """
    directory = os.path.join(proc, str(process.pid))
    if not process.deleted:
        return not process.certain or programs.is_run_by(directory)
    own = _link(os.path.join(proc, "self", "ns", "mnt"))
    return own is not None and _link(os.path.join(directory, "ns", "mnt")) == own


def _is_in_group(directory: str, group: str) -> bool:
    """Tell whether a process is in a control group of systemd's own hierarchy, or below it, cgroups(7)."""
    for line in _lines(_read(os.path.join(directory, "cgroup"))):
        _number, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers in ("", "name=systemd") and (path + "/").startswith(group.rstrip("/") + "/"):
            return True
    return False


def _is_roots_alone(directory: str) -> bool:
    """Tell whether nobody but root (and who runs this) can put a file into a directory, or another one in its place."""
    try:
        if not _only_trusted_write(os.stat(directory)):
            return False
        for one in above(directory):
            info = os.stat(one)
            # In a directory with the sticky bit others cannot rename what is not theirs.
            if not _only_trusted_write(info) and not (info.st_uid == 0 and info.st_mode & stat.S_ISVTX):
                return False
    except OSError:
        return False
    return True


def _only_trusted_write(info: os.stat_result) -> bool:
    return info.st_uid in (0, os.geteuid()) and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _file_of(path: str) -> Optional[Tuple[int, int]]:
    """Device and inode of a file; None where it is not there or not shown."""
    try:
        info = os.stat(path)
    except OSError:
        return None
    return info.st_dev, info.st_ino


def _real_uid(status: str) -> int:
    """The real uid of a process; -1 where the kernel does not tell."""
    uids = parse_status(0, status).uids
    return uids[0] if uids else -1


def _is_elsewhere(proc: str, directory: str, status: str) -> bool:
    """Tell whether a process lives in another pid namespace, such as that of a container on this node."""
    found = [line.split()[1:] for line in _lines(status) if line.startswith("NSpid:")]
    if found:
        return len(found[0]) > 1
    # Before Linux 4.1 the status does not tell.
    own, its = _link(os.path.join(proc, "self", "ns", "pid")), _link(os.path.join(directory, "ns", "pid"))
    return own is not None and its is not None and own != its


def _parent_and_ticks(stat: str) -> Tuple[int, int]:
    """Fields 4 and 22 of proc(5)'s stat; the name in field 2 may hold blanks and brackets."""
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]), int(fields[19])


def _boot_time(proc: str) -> int:
    for line in _lines(_read(os.path.join(proc, "stat"))):
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
        return reading.text(path, "process")
    except (OSError, UnsafePath):
        return None


def _lines(text: Optional[str]) -> List[str]:
    """The lines of a file of proc. The kernel ends them by line feeds alone; names of processes and of control groups, which any
    account may choose, may hold whatever else Python takes for an end."""
    return (text or "").split("\n")


def _numbers(text: Optional[str]) -> Optional[Tuple[int, ...]]:
    return None if text is None else tuple(int(word) for word in text.split())


def _mask(text: Optional[str]) -> Optional[FrozenSet[int]]:
    return None if text is None else capabilities.from_mask(int(text, 16))


def as_data(process: Process) -> Dict[str, object]:
    """A process as plain data, for the result of a module."""
    known = process._asdict()
    return dict({key: known[key] for key in ("pid", "program", "deleted")}, start_time=int(process.start_time))
