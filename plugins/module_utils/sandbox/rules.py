# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The directives of the drop-in as data: name, first systemd that knows it, what it takes away, and how it is decided.

Facts: systemd.exec(5), systemd.directives(7) and systemd's NEWS for the versions. A directive that is not safe for this
configuration is left out, with the reason, never weakened silently.
"""

from typing import Callable, FrozenSet, NamedTuple, Optional, Sequence, Tuple

from ..security import capabilities
from ..text import generated
from .facts import Facts
from .places import HOMES, SCRATCH, UsedPath, under


class Decided(NamedTuple):
    """A value (None: left out) and the reason."""

    value: Optional[str]
    reason: str


class Rule(NamedTuple):
    """`takes` are capabilities that the directive itself removes from the bounding set."""

    name: str
    since: int
    decide: Callable[[Facts, int], Decided]
    takes: FrozenSet[str] = frozenset()


def caps(*names: str) -> FrozenSet[str]:
    """Names of capabilities, given without their prefix."""
    return frozenset("cap_" + name for name in names)


def always(value: str, reason: str) -> Callable[[Facts, int], Decided]:
    """A directive that does not depend on the configuration."""
    return lambda facts, version: Decided(value, reason)


def never(reason: str) -> Callable[[Facts, int], Decided]:
    """A directive that is known to break the daemon, or may."""
    return lambda facts, version: Decided(None, reason)


def unless(names: FrozenSet[str], value: str, reason: str) -> Callable[[Facts, int], Decided]:
    """A directive that takes the use of capabilities away, and so is left out where one of them is needed."""

    def decide(facts: Facts, version: int) -> Decided:
        hit = sorted(names.intersection(facts.capabilities()))
        return Decided(None, "%s is needed" % hit[0]) if hit else Decided(value, reason)

    return decide


# The first systemd that surely knows the names of newer capabilities; it ignores a name that it does not know.
NEWER_NAMES = ((36, 232), (37, 249), (capabilities.NEWEST_KNOWN, 10000))


def bounding_set(facts: Facts, version: int) -> Decided:
    """The needed capabilities by name, where this systemd knows all of them."""
    if facts.root:
        return Decided(None, "the daemon stays root, and may use all of root's capabilities")
    highest = max(capabilities.NUMBERS.get(name, capabilities.BITS) for name in facts.capabilities())
    if any(highest > number and version < known for number, known in NEWER_NAMES):
        return Decided(None, "systemd %d may not know capability %d, and would leave it out" % (version, highest))
    words = ["%s (%s)" % (need.capability, need.because) for need in facts.needed]
    return Decided(" ".join(name.upper() for name in facts.capabilities()), "needed are " + "; ".join(words))


def no_new_privileges(facts: Facts, version: int) -> Decided:
    """Blocks setuid programs and file capabilities; the daemon's own change of identity is none of them."""
    if facts.gaining:
        return Decided(None, "%s gains rights when it is executed" % facts.gaining[0])
    return Decided("yes", "no program that the daemon executes needs to gain rights; a start as root still drops them")


def protect_system(facts: Facts, version: int) -> Decided:
    """strict (since 232) makes all but the writable directories read-only, full only /usr, /boot and /etc."""
    if facts.protect_system == "full" or version < 232:
        return Decided("full", "programs and configuration of the system are not the daemon's to write")
    return Decided("strict", "only the directories of ReadWritePaths are the daemon's to write")


def read_write_paths(facts: Facts, version: int) -> Decided:
    """The writable directories, those in which it may lie beside others included; missing ones are no error."""
    if protect_system(facts, version).value != "strict":
        return Decided(None, "ProtectSystem=full leaves /opt, /run, /tmp and /var writable")
    directories = list(facts.writable)
    if private_tmp(facts, version).value is None:
        directories += [(path, "/tmp is shared with the node") for path in SCRATCH]
    listed = dict(reversed(directories))
    outer = [path for path in sorted(listed) if not under_another(path, list(listed))]
    inner = [path for path in sorted(listed) if path not in outer and under(path, [facts.prefix + "/etc/conf"])]
    chosen = sorted(outer + inner)
    reason = "; ".join("%s: %s" % (path, listed[path]) for path in chosen)
    words = [generated.systemd_word(path, "-" + generated.path("a directory to write to", path)) for path in chosen]
    return Decided(" ".join(words), reason)


def under_another(path: str, paths: Sequence[str]) -> bool:
    """Whether a path lies in another one of these."""
    return any(under(path, [other]) for other in paths if other != path)


def read_only_paths(facts: Facts, version: int) -> Decided:
    """The configuration, within the writable directory of the licence."""
    if protect_system(facts, version).value != "strict":
        return Decided(None, "this goes with ProtectSystem=strict")
    directory = facts.prefix + "/etc/conf"
    if any(path == directory for path, _reason in facts.writable):
        return Decided(None, "%s itself is written to" % directory)
    return Decided(
        generated.systemd_word(directory, "-" + directory),
        "the daemon reads its configuration as root, so it must not be able to write it",
    )


def protect_home(facts: Facts, version: int) -> Decided:
    """Hides homes; where the daemon's account lives in one, it stays readable."""
    for place in facts.places + [UsedPath(facts.prefix, "", "the installation")]:
        if under(place.path, HOMES):
            return Decided(None, "%s lies in a home (%s)" % (place.path, place.because))
    if under(facts.home, HOMES):
        return Decided("read-only", "the home of the daemon's user, %s, stays readable" % facts.home)
    return Decided("yes", "nothing of the daemon's lies in a home")


def private_tmp(facts: Facts, version: int) -> Decided:
    """A /tmp of its own hides the default console socket /tmp/2025 from everybody else."""
    used = [place for place in facts.places if under(place.path, SCRATCH)]
    if used:
        return Decided(None, "%s is reached from outside (%s)" % (used[0].path, used[0].because))
    if not facts.console:
        return Decided(None, "no Control_Listener is configured, and the console's default is /tmp/2025")
    return Decided(
        "yes", "no socket lies in /tmp; where /tmp is mounted noexec, TMPDIR must still name another directory"
    )


def private_devices(facts: Facts, version: int) -> Decided:
    """Takes the devices of hardware away."""
    if facts.engine:
        return Decided(None, "a crypto engine is configured, which may need its device")
    return Decided("yes", "the daemon uses no device but pseudo-devices")


def protect_tunables(facts: Facts, version: int) -> Decided:
    """Makes /proc/sys read-only."""
    if facts.duravip:
        return Decided(None, "DuraVIP manages addresses, and may set sysctls of the network (assumed)")
    return Decided("yes", "the daemon sets no sysctl")


def hidden_processes(facts: Facts, version: int) -> Decided:
    """Mounts /proc with hidepid; the monitor sees its child through CAP_SYS_PTRACE."""
    if "cap_sys_ptrace" not in facts.capabilities():
        return Decided(None, "without cap_sys_ptrace the monitor would not see the daemon")
    return Decided("invisible", "the daemon's user sees its own processes only; root's monitor sees all")


def address_families(facts: Facts, version: int) -> Decided:
    """Sockets of the network, of the node, and what licences and interface lists ask."""
    families = ["AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"]
    reason = "mail and DNS, the console and the journal, and interfaces (licence, DuraVIP)"
    if facts.duravip or "cap_net_raw" in facts.capabilities():
        families.append("AF_PACKET")
        reason += "; AF_PACKET, because DuraVIP announces addresses with it"
    return Decided(" ".join(families), reason)


def suid_sgid(facts: Facts, version: int) -> Decided:
    """Forbids to make setuid and setgid files."""
    if any(mode & 0o6000 for mode in facts.modes):
        return Decided(None, "a mode in the configuration has the setuid or setgid bit")
    return Decided("yes", "the daemon makes no setuid or setgid files")


def umask(facts: Facts, version: int) -> Decided:
    """Nothing for others; the group keeps what modes give it, as sockets with file_mode 0660 need."""
    if any(mode & 0o007 for mode in facts.modes):
        return Decided(None, "a mode in the configuration gives others something")
    return Decided("0007", "mail, logs and sockets are nothing for other users; the group keeps what modes give it")


# Groups of system calls that are refused, and what they would take away from whom.
REFUSED: Tuple[Tuple[str, FrozenSet[str]], ...] = (
    ("@clock", caps("sys_time")),
    ("@cpu-emulation", caps("sys_rawio")),
    ("@module", caps("sys_module")),
    ("@mount", caps("sys_chroot", "sys_admin")),
    ("@obsolete", caps("sys_admin")),
    ("@raw-io", caps("sys_rawio")),
    ("@reboot", caps("sys_boot")),
    ("@swap", caps("sys_admin")),
)


def system_calls(facts: Facts, version: int) -> Decided:
    """A list of what is refused: a list of what is allowed would break at the next release."""
    needed = set(facts.capabilities())
    groups = [group for group, names in REFUSED if not names & needed]
    if not groups:
        return Decided(None, "calls of every group are needed")
    return Decided(
        "~" + " ".join(groups), "a mail server makes none of these calls; @debug is left for the monitor's ptrace"
    )


RULES: Tuple[Rule, ...] = (
    Rule("CapabilityBoundingSet", 187, bounding_set),
    Rule("NoNewPrivileges", 187, no_new_privileges),
    Rule("ProtectSystem", 214, protect_system),
    Rule("ReadWritePaths", 231, read_write_paths),
    Rule("ReadOnlyPaths", 231, read_only_paths),
    Rule("ProtectHome", 214, protect_home),
    Rule("PrivateTmp", 1, private_tmp),
    Rule("PrivateDevices", 209, private_devices, caps("mknod", "sys_rawio")),
    Rule("ProtectKernelTunables", 232, protect_tunables),
    Rule("ProtectKernelModules", 232, always("yes", "the daemon loads no kernel module"), caps("sys_module")),
    Rule("ProtectKernelLogs", 244, always("yes", "the daemon does not read the kernel's log"), caps("syslog")),
    Rule("ProtectControlGroups", 232, always("yes", "the daemon manages no control group")),
    Rule("ProtectClock", 245, always("yes", "the daemon sets no clock"), caps("sys_time", "wake_alarm")),
    Rule("ProtectHostname", 242, unless(caps("sys_admin"), "yes", "the daemon only reads the name of the node")),
    Rule(
        "ProtectProc",
        247,
        hidden_processes,
    ),
    Rule("RestrictAddressFamilies", 211, address_families),
    Rule("RestrictNamespaces", 233, unless(caps("sys_admin"), "yes", "the daemon makes no name space")),
    Rule("LockPersonality", 235, always("yes", "the daemon executes no program of another system")),
    Rule("RestrictRealtime", 231, unless(caps("sys_nice"), "yes", "the daemon's threads take turns with others")),
    Rule("RestrictSUIDSGID", 242, suid_sgid),
    Rule("SystemCallFilter", 235, system_calls),
    Rule("SystemCallErrorNumber", 235, always("EPERM", "a refused call is an error, not the end of the daemon")),
    Rule("UMask", 1, umask),
    Rule("MemoryDenyWriteExecute", 231, never("LuaJIT makes code in memory and executes it")),
    Rule("SystemCallArchitectures", 209, never("helpers, such as virus scanners, may be 32-bit programs")),
    Rule("ProcSubset", 247, never("load, memory and interfaces are read from /proc")),
    Rule("PrivateIPC", 248, never("tools may share memory with the daemon")),
    Rule("PrivateNetwork", 209, never("a mail server without a network is none")),
    Rule("PrivateUsers", 232, never("the daemon changes from root to its user")),
)
