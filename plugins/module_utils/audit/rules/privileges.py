# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Security stanza lets the daemon keep of root."""

from typing import Iterator, List, Sequence, Tuple

from ...ecconf.effective import Setting
from ...security import capabilities, requirements
from ...security.comparison import same_option
from ...security.current import CurrentSecurity
from ...security.kernel_identity import DEFAULT_GROUP, DEFAULT_USER
from ...security.safety_checks import SAFETY_CHECKS
from ...security.stanza import Declared
from ..evidence import CouldNotLook, Evidence
from ..rule import CRITICAL, DECLARED, FAIL, HIGH, LINUX, LOW, MEDIUM, PASS, Applies, Check, Rule, Seen
from .common import first_place

_BY_NAME = {one.name: one for one in SAFETY_CHECKS}
_ACCOUNTS = ("user", "group", "supplemental_groups")
SOLARIS = Applies(before="4.0", systems=frozenset(["solaris"]))


def _settings(now: CurrentSecurity, fields: Sequence[str]) -> List[Setting]:
    found = (getattr(now.declared, field) for field in fields)
    return [one for one in found if one is not None]


def _place(evidence: Evidence, settings: Sequence[Setting]) -> Tuple[str, int]:
    return (settings[0].file, settings[0].line) if settings else first_place(evidence)


def _said(settings: Sequence[Setting]) -> str:
    return ", ".join("%s is %s" % (one.name, one.raw.strip()) for one in settings)


def of_safety(*names: str, about: Sequence[str]) -> Check:
    """Return a check by safety checks of the Security stanza (docs/capabilities.md). about: the options that they judge; without any of them there is
    nothing to judge."""

    def check(evidence: Evidence) -> Iterator[Seen]:
        now = evidence.security()
        settings = _settings(now, about)
        if not settings:
            return
        file, line = _place(evidence, settings)
        words = [_BY_NAME[name].find(now.stanza, now.host) for name in names]
        for one in words:
            if one:
                yield Seen(FAIL, DECLARED, one, file, line)
        if not any(words):
            yield Seen(PASS, DECLARED, _said(settings), file, line)

    return check


def _not_root(evidence: Evidence) -> Iterator[Seen]:
    """Who the daemon becomes. Without the options it is ecuser (page user)."""
    now = evidence.security()
    settings = _settings(now, _ACCOUNTS)
    file, line = _place(evidence, settings)
    names = ("root_user", "root_group", "root_with_capabilities")
    words = [one for one in (_BY_NAME[name].find(now.stanza, now.host) for name in names) if one]
    for one in words:
        yield Seen(FAIL, DECLARED, one, file, line)
    user, group = now.stanza.user or DEFAULT_USER, now.stanza.group or DEFAULT_GROUP
    unknown = [user] if now.host.uid(user) is None else [group] if now.host.gid(group) is None else []
    if unknown and not words:
        raise CouldNotLook("the node has no account %s, so nobody knows what it would be" % unknown[0])
    if not words:
        yield Seen(PASS, DECLARED, "the daemon becomes %s:%s" % (user, group), file, line)


def _usable(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.security()
    setting = now.declared.capabilities
    if setting is None:
        return
    try:
        sets = capabilities.parse(now.stanza.capabilities or "", last_cap=now.host.last_cap)
    except capabilities.CapabilityError as error:
        raise CouldNotLook(str(error))
    excess = _BY_NAME["effective_beyond_permitted"].find(now.stanza, now.host)
    if excess:
        yield Seen(FAIL, DECLARED, excess, setting.file, setting.line)
    if sets.inheritable:
        names = ", ".join(capabilities.name(one) for one in sorted(sets.inheritable))
        yield Seen(FAIL, DECLARED, "inheritable: %s" % names, setting.file, setting.line)
    if not excess and not sets.inheritable:
        yield Seen(PASS, DECLARED, _said([setting]), setting.file, setting.line)


def _compared(now: CurrentSecurity) -> requirements.Comparison:
    found = now.compared(now.stanza)
    if found.verdict == "unreadable":
        raise CouldNotLook("what is declared cannot be read as a set")
    return found


def _option(now: CurrentSecurity) -> str:
    return "privileges" if now.platform == requirements.SOLARIS else "capabilities"


def _remedy(now: CurrentSecurity) -> str:
    text = requirements.text(now.needed(now.platform), now.platform)
    return 'momentum_security_%s: "%s"' % (_option(now), text)


def _least(evidence: Evidence) -> Iterator[Seen]:
    """What is kept and not taken by anything in the configuration."""
    now = evidence.security()
    found = _compared(now)
    file, line = _place(evidence, _settings(now, (_option(now), "user")))
    if found.verdict == "root":
        yield Seen(FAIL, DECLARED, "the daemon stays root and keeps everything", file, line, _remedy(now))
        return
    for name in found.too_much:
        yield Seen(
            FAIL, DECLARED, "%s is kept, and nothing in the configuration takes it" % name, file, line, _remedy(now)
        )
    if not found.too_much:
        yield Seen(PASS, DECLARED, "nothing is kept that the configuration does not take", file, line)


def _enough(evidence: Evidence) -> Iterator[Seen]:
    """What the configuration takes and is not kept: with the first place that takes it."""
    now = evidence.security()
    needed = now.needed(now.platform)
    if not needed:
        return
    missing = _compared(now).missing
    for name in missing:
        first = [one for one in needed if one.capability == name][0]
        yield Seen(FAIL, DECLARED, "%s is not kept: %s" % (name, first.because), first.file, first.line, _remedy(now))
    if not missing:
        names = sorted({one.capability for one in needed})
        file, line = _place(evidence, _settings(now, (_option(now), "user")))
        yield Seen(PASS, DECLARED, "taken, and kept: %s" % ", ".join(names), file, line)


def _within_bounds(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.security()
    if now.declared.capabilities is not None and now.host.ceiling is None:
        raise CouldNotLook("the bounding set of the node and the unit is not known")
    yield from of_safety("beyond_bounding_set", about=("capabilities",))(evidence)


def _in_zone(evidence: Evidence) -> Iterator[Seen]:
    now = evidence.security()
    if now.declared.privileges is not None and now.host.global_zone is None:
        raise CouldNotLook("zonename(1) does not say whether this is the global zone")
    yield from of_safety("unknown_names", "privileges_without_basic", "beyond_zone", about=("privileges",))(evidence)


def _once(evidence: Evidence) -> Iterator[Seen]:
    """Whether no assignment in a Security stanza contradicts the one in force."""
    now = evidence.security()
    same = same_option(now.host)
    settings = [(field, getattr(now.declared, field)) for field in Declared._fields]
    for field, setting in settings:
        for loser in setting.overridden if setting is not None else ():
            if not same(field, loser.value, setting.value):
                words = "%s is %s there, and %s:%d, which is loaded later, sets %s"
                said = (loser.name, loser.raw.strip(), setting.file, setting.line, setting.raw.strip())
                yield Seen(FAIL, DECLARED, words % said, loser.file, loser.line)
            else:
                yield Seen(PASS, DECLARED, "%s says what is in force" % loser.name, loser.file, loser.line)


_IDENTITY = "momentum_security_user: ecuser, momentum_security_group: ecuser"
_CAPABILITIES = "momentum_security_capabilities: auto"
_AC_6 = "NIST SP 800-53 AC-6"

RULES: Sequence[Rule] = (
    Rule(
        "MSEC-PRV-001",
        "The daemon gives up root: neither its user nor one of its groups is root's",
        "A flaw in a daemon that reads mail from everybody would give away the whole node. Capabilities of "
        "root are no limit: any program that it executes is root in full.",
        CRITICAL,
        (DECLARED,),
        _not_root,
        _IDENTITY,
        ("page 4/config/ref-security", "page 4/config/ref-user", _AC_6, "NIST SP 800-53 SC-39"),
    ),
    Rule(
        "MSEC-PRV-002",
        "The text of Capabilities can be read as a whole",
        "One wrong word makes the whole text invalid, and the process may keep every privilege.",
        HIGH,
        (DECLARED,),
        of_safety("unknown_names", about=("capabilities",)),
        _CAPABILITIES,
        ("page 4/config/ref-capabilities", _AC_6),
        LINUX,
    ),
    Rule(
        "MSEC-PRV-003",
        "Capabilities that are effective are permitted, and none is inheritable",
        "The kernel refuses a set with more effective than permitted capabilities as a whole, and the process "
        "may keep every one. Programs that it executes have no use for inheritable ones.",
        HIGH,
        (DECLARED,),
        _usable,
        _CAPABILITIES,
        ("page 4/config/ref-capabilities", _AC_6),
        LINUX,
    ),
    Rule(
        "MSEC-PRV-004",
        "Nothing is kept of root that the configuration does not take",
        "Whoever gets into the daemon has what it keeps: the addresses and routes of the host with "
        "cap_net_admin, its traffic with cap_net_raw.",
        HIGH,
        (DECLARED,),
        _least,
        _CAPABILITIES,
        ("page 4/config/ref-capabilities", "page 4/config/ref-security", _AC_6),
    ),
    Rule(
        "MSEC-PRV-005",
        "Everything is kept that the configuration takes, for low ports and for DuraVIP",
        "The daemon cannot open its listeners again while it runs, or cannot have the addresses of a node that fails.",
        MEDIUM,
        (DECLARED,),
        _enough,
        _CAPABILITIES,
        ("page 4/config/ref-capabilities", "page 4/config/ref-security", "page 4/4-cluster-config-duravip"),
    ),
    Rule(
        "MSEC-PRV-006",
        "The bounding set of the node and the unit has every declared capability",
        "The kernel refuses the whole set where it lacks one, as in a container, and the process may keep what it has.",
        HIGH,
        (DECLARED,),
        _within_bounds,
        "momentum_sandbox: present, which computes CapabilityBoundingSet; or cap_add of the container",
        ("page 4/config/ref-capabilities", _AC_6),
        LINUX,
    ),
    Rule(
        "MSEC-PRV-007",
        "The text of Privileges can be read, begins with the basic ones, and asks for nothing that the zone "
        "may not have",
        "The process cannot set the privileges that its zone does not have, or loses those that it needs to "
        "run at all.",
        HIGH,
        (DECLARED,),
        _in_zone,
        'momentum_security_privileges: "basic net_privaddr"',
        ("page 3/3-reference/3-reference-conf-ref-security", _AC_6),
        SOLARIS,
    ),
    Rule(
        "MSEC-PRV-008",
        "The accounts of the Security stanza exist on the node",
        "The daemon cannot become an account that does not exist.",
        HIGH,
        (DECLARED,),
        of_safety("missing_identity", about=_ACCOUNTS),
        _IDENTITY,
        ("page 4/config/ref-user", "page 4/config/ref-supplemental-groups", "NIST SP 800-53 IA-4"),
    ),
    Rule(
        "MSEC-PRV-009",
        "No capability is kept that is as good as root",
        "Whoever holds one of them, such as cap_dac_override or cap_sys_admin, has the whole node.",
        CRITICAL,
        (DECLARED,),
        of_safety("root_equivalent", about=("capabilities",)),
        _CAPABILITIES,
        ("page 4/config/ref-capabilities", _AC_6),
        LINUX,
    ),
    Rule(
        "MSEC-PRV-010",
        "The directory of Chroot exists, and nothing in it leads out",
        "Whoever gets into the daemon is not held by a directory with files that it can write and root "
        "executes, with devices or with programs that gain rights.",
        MEDIUM,
        (DECLARED,),
        of_safety("missing_chroot", "unsafe_chroot", about=("chroot",)),
        "momentum_security_chroot, and the files in the directory: owner root, without set-id bits and devices",
        ("page 4/config/ref-chroot", "NIST SP 800-53 SC-39"),
    ),
    Rule(
        "MSEC-PRV-011",
        "No other Security stanza says something else than the one in force",
        "Whoever reads the file that is overridden believes that the daemon has other rights than it has. In a "
        "cluster ecelerity-cluster.conf overrides ecelerity.conf.",
        LOW,
        (DECLARED,),
        _once,
        "momentum_security_purge: true",
        ("page 4/config/ref-security", "page 4/config/ref-ecelerity-cluster-conf", "NIST SP 800-53 CM-6"),
    ),
)
