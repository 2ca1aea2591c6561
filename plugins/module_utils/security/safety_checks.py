# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of the Security stanza that the documentation or the kernel warns of.

Pure: what the node knows (accounts, directories, the bounding set) comes in as a `Host`, so that every check is tested without a
node. Facts: Momentum's pages *security*, *user*, *capabilities*, *privileges* and *chroot*; capabilities(7).
"""

from typing import Callable, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from . import capabilities, solaris_privileges
from .stanza import Stanza

ROOT_EQUIVALENT = frozenset(
    "cap_" + name
    for name in (
        "chown dac_override dac_read_search fowner setgid setuid setpcap linux_immutable sys_module sys_rawio sys_chroot "
        "sys_ptrace sys_admin mknod setfcap mac_override mac_admin bpf checkpoint_restore perfmon"
    ).split()
)
# Groups of distributions whose members are as good as root, or see what is root's: each with what it gives.
POWERFUL_GROUPS = {
    "adm": "the logs of the system",
    "admin": "sudo",
    "disk": "the disks, and so all files",
    "docker": "containers as root",
    "incus": "containers as root",
    "incus-admin": "containers as root",
    "input": "what is typed at the machine",
    "kmem": "the memory of the kernel",
    "libvirt": "virtual machines with all disks",
    "lxd": "containers as root",
    "shadow": "the digests of all passwords",
    "ssh_keys": "the host keys of SSH",
    "staff": "programs in /usr/local, which root runs",
    "sudo": "sudo",
    "systemd-journal": "the logs of the system",
    "wheel": "sudo",
}


class Host(NamedTuple):
    """What the node can tell: ids of accounts (None: no such account), directories, and the limits of its kernel. chroot: what the stanza would
    newly bring about in the directory of its chroot, in sentences."""

    uid: Callable[[str], Optional[int]]
    gid: Callable[[str], Optional[int]]
    is_directory: Callable[[str], bool]
    ceiling: Optional[FrozenSet[int]] = None
    last_cap: Optional[int] = None
    solaris: bool = False
    global_zone: Optional[bool] = None
    chroot: Sequence[str] = ()


class SafetyCheck(NamedTuple):
    """A value that the documentation or the kernel warns of: its name in `allow`, and how to put it in words."""

    name: str
    find: Callable[[Stanza, Host], Optional[str]]
    reason: str


def stepped_into(stanza: Stanza, host: Host) -> List[str]:
    """Name the safety checks that a stanza fails."""
    return [check.name for check in SAFETY_CHECKS if check.find(stanza, host)]


def violations(stanza: Stanza, host: Host, allow: Sequence[str]) -> List[str]:
    """Describe the safety checks that a stanza fails, except those that are allowed by name."""
    found = ((check, check.find(stanza, host)) for check in SAFETY_CHECKS if check.name not in allow)
    words = "%s: %s (allow it with 'allow: [%s]' if you must)"
    return [words % (detail, check.reason, check.name) for check, detail in found if detail]


def _capabilities(text: str, last_cap: Optional[int]) -> capabilities.CapabilitySets:
    return capabilities.parse(text, last_cap=last_cap)


def _readable(stanza: Stanza, host: Host) -> Optional[capabilities.CapabilitySets]:
    """Parse the capabilities, or None where there are none or `unknown_names` already speaks of them."""
    try:
        return _capabilities(stanza.capabilities, host.last_cap) if stanza.capabilities else None
    except capabilities.CapabilityError:
        return None


def _names(numbers: FrozenSet[int]) -> str:
    return ", ".join(capabilities.name(number) for number in sorted(numbers))


def _is_root(stanza: Stanza, host: Host) -> bool:
    return stanza.user is not None and host.uid(stanza.user) == 0


def _root_user(stanza: Stanza, host: Host) -> Optional[str]:
    return "user %r is root" % stanza.user if _is_root(stanza, host) else None


def _root_group(stanza: Stanza, host: Host) -> Optional[str]:
    groups = [stanza.group] if stanza.group else []
    root = [group for group in groups + (stanza.supplemental_groups or []) if host.gid(group) == 0]
    return "group %r is root's" % root[0] if root else None


def _powerful_group(stanza: Stanza, host: Host) -> Optional[str]:
    groups = ([stanza.group] if stanza.group else []) + (stanza.supplemental_groups or [])
    numbers = {host.gid(name): name for name in POWERFUL_GROUPS if groups}
    numbers.pop(None, None)
    numbers.pop(0, None)  # see _root_group
    found = []
    for group in groups:
        # By its name too: a later task may make it.
        name = group if group in POWERFUL_GROUPS else numbers.get(host.gid(group))
        if name is not None and host.gid(group) != 0:
            found.append("group %r gives %s" % (group, POWERFUL_GROUPS[name]))
    return ", ".join(found) or None


def _root_with_capabilities(stanza: Stanza, host: Host) -> Optional[str]:
    if not _is_root(stanza, host) or not (stanza.capabilities or stanza.privileges):
        return None
    return "user %r together with capabilities or privileges" % stanza.user


def _missing_identity(stanza: Stanza, host: Host) -> Optional[str]:
    groups = ([stanza.group] if stanza.group else []) + (stanza.supplemental_groups or [])
    missing = ["user %r" % stanza.user] if stanza.user and host.uid(stanza.user) is None else []
    missing += ["group %r" % group for group in groups if host.gid(group) is None]
    return "no such %s on this node" % ", ".join(missing) if missing else None


def _unknown_names(stanza: Stanza, host: Host) -> Optional[str]:
    try:
        capabilities.parse(stanza.capabilities or "", last_cap=host.last_cap)
        solaris_privileges.parse(stanza.privileges or "")
    except (capabilities.CapabilityError, solaris_privileges.PrivilegeError) as error:
        return str(error)
    return None


def _effective_beyond_permitted(stanza: Stanza, host: Host) -> Optional[str]:
    sets = _readable(stanza, host)
    excess = sets.effective - sets.permitted if sets else frozenset()
    return (
        "capabilities %r make %s effective but not permitted" % (stanza.capabilities, _names(excess))
        if excess
        else None
    )


def _root_equivalent(stanza: Stanza, host: Host) -> Optional[str]:
    sets = _readable(stanza, host)
    held = [] if sets is None else [capabilities.name(number) for number in sorted(sets.permitted | sets.inheritable)]
    excess = [name for name in held if name in ROOT_EQUIVALENT]
    return "capabilities %s" % ", ".join(excess) if excess else None


def _beyond_bounding_set(stanza: Stanza, host: Host) -> Optional[str]:
    sets = _readable(stanza, host)
    if sets is None or host.ceiling is None or host.solaris:
        return None
    known = range((63 if host.last_cap is None else host.last_cap) + 1)
    excess = frozenset(n for n in sets.permitted | sets.inheritable if n in known) - host.ceiling
    return "the bounding set of this node or unit lacks %s" % _names(excess) if excess else None


def _missing_chroot(stanza: Stanza, host: Host) -> Optional[str]:
    if not stanza.chroot or host.is_directory(stanza.chroot):
        return None
    return "chroot %r is not a directory on this node" % stanza.chroot


def _unsafe_chroot(stanza: Stanza, host: Host) -> Optional[str]:
    if not stanza.chroot or not host.chroot:
        return None
    more = "; and %d more" % (len(host.chroot) - 3) if len(host.chroot) > 3 else ""
    return "chroot %r: %s%s" % (stanza.chroot, "; ".join(host.chroot[:3]), more)


def _without_basic(stanza: Stanza, _host: Host) -> Optional[str]:
    try:
        held = solaris_privileges.parse(stanza.privileges or "basic")
    except solaris_privileges.PrivilegeError:
        return None
    return (
        "privileges %r leave out basic ones" % stanza.privileges if solaris_privileges.parse("basic") - held else None
    )


def _beyond_zone(stanza: Stanza, host: Host) -> Optional[str]:
    if host.global_zone is not False or not stanza.privileges:
        return None
    try:
        held = solaris_privileges.parse(stanza.privileges)
    except solaris_privileges.PrivilegeError:
        return None
    excess = solaris_privileges.prohibited_in_zone(held) | (held & {"net_rawaccess"})
    return "privileges %s in a non-global zone" % ", ".join(sorted(excess)) if excess else None


SAFETY_CHECKS: Tuple[SafetyCheck, ...] = (
    SafetyCheck("root_user", _root_user, "a flaw in the mail daemon would give away the whole node; use %s" % "ecuser"),
    SafetyCheck("root_group", _root_group, "the daemon could read and write what only root's group may"),
    SafetyCheck(
        "powerful_group",
        _powerful_group,
        "whoever gets into the daemon has that as well; have a group of its own own the files that the daemon needs",
    ),
    SafetyCheck(
        "root_with_capabilities",
        _root_with_capabilities,
        "capabilities replace root's, they do not add to them: the process loses DAC override, files such as dmllog.rt "
        "are no longer consumed, and any program it runs is root in full again",
    ),
    SafetyCheck("missing_identity", _missing_identity, "the daemon could not start as declared"),
    SafetyCheck(
        "unknown_names",
        _unknown_names,
        "one unknown word makes the whole text invalid, and the process may keep every privilege",
    ),
    SafetyCheck(
        "effective_beyond_permitted",
        _effective_beyond_permitted,
        "the kernel refuses the whole set (EPERM) and the process may keep every privilege; add them with +ep",
    ),
    SafetyCheck("root_equivalent", _root_equivalent, "whoever holds these is as good as root"),
    SafetyCheck(
        "beyond_bounding_set",
        _beyond_bounding_set,
        "the kernel would refuse the whole set, all or nothing; extend CapabilityBoundingSet of the unit or cap_add of the "
        "container, or declare less",
    ),
    SafetyCheck("missing_chroot", _missing_chroot, "the daemon could not start"),
    SafetyCheck(
        "unsafe_chroot", _unsafe_chroot, "whoever gets into the daemon is not held by a directory with such contents"
    ),
    SafetyCheck(
        "privileges_without_basic",
        _without_basic,
        "privileges are set, not added: what is not listed is lost, fork and exec included; begin with 'basic'",
    ),
    SafetyCheck(
        "beyond_zone",
        _beyond_zone,
        "the zone may not have them; leave them out, and use an IP-based or wildcard licence where net_rawaccess is missing",
    ),
)
