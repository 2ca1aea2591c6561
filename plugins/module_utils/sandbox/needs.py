# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which capabilities the unit must leave the daemon, and why. Pure.

The set is a union: what the Security stanza declares, what the configuration takes while the daemon is still root, and what
a start as root takes. Nothing is ever subtracted from the first two, so a bounding set below the declared one cannot come
out. Facts: capabilities(7); pages *security*, *user* and *4-container-running*; what no page says is marked as assumed.
"""

from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import PlanError
from ..security import capabilities
from ..security.requirements import Reason
from ..security.stanza import Stanza


class Need(NamedTuple):
    """One capability (its name, as in capabilities(7)) and why the daemon needs it."""

    capability: str
    because: str


# Everything here is taken from the daemon again by its own change to the declared identity; only the monitor keeps it.
START: Tuple[Need, ...] = (
    Need(
        "cap_net_bind_service", "root binds the ports below 1024 before it drops its rights (documented for containers)"
    ),
    Need("cap_setuid", "the start as root changes to the declared user"),
    Need("cap_setgid", "the start as root changes to the declared group and its further groups"),
    Need("cap_sys_ptrace", "the monitor stays root and traces the daemon (documented for containers)"),
    Need("cap_kill", "the monitor, root, signals the daemon, which is another user"),
    Need("cap_dac_override", "root reads and writes files of the daemon's user before the change (assumed)"),
    Need("cap_chown", "root hands files and sockets that it makes to the daemon's user (assumed)"),
    Need("cap_fowner", "root sets the mode of files and sockets that belong to the daemon's user (assumed)"),
    Need("cap_sys_resource", "start scripts may raise the limits of the process (assumed)"),
)
DROPPABLE = tuple(need.capability for need in START if "assumed" in need.because or need.capability == "cap_sys_ptrace")

# The documented list of a container (page *4-container-running*).
CONTAINER = ("cap_net_bind_service", "cap_sys_ptrace")


def declared_numbers(stanza: Stanza, last_cap: Optional[int]) -> FrozenSet[int]:
    """Every capability that the stanza names in any of the three sets. Raises PlanError for a text that cannot be read."""
    try:
        sets = capabilities.parse(stanza.capabilities or "", last_cap=last_cap)
    except capabilities.CapabilityError as error:
        raise PlanError("%s; correct it with msys.momentum.security first" % error) from error
    return sets.permitted | sets.effective | sets.inheritable


def needs(
    stanza: Stanza,
    taken: Sequence[Reason],
    last_cap: Optional[int] = None,
    more: Sequence[str] = (),
    dropped: Sequence[str] = (),
) -> List[Need]:
    """All capabilities that are needed, each once, in the kernel's order, with the most telling reason.

    `taken` is what the configuration takes; `more` are names to add. `dropped` are names of DROPPABLE that are not needed
    for a start; one that is declared or taken stays all the same. Raises PlanError for names that nobody knows.
    """
    _refuse_unknown(more, capabilities.NAMES, "add_capabilities")
    _refuse_unknown(dropped, DROPPABLE, "drop_capabilities")
    found: Dict[str, str] = {need.capability: need.because for need in START if need.capability not in dropped}
    if stanza.chroot:
        found["cap_sys_chroot"] = "the start as root changes to the declared Chroot"
    if stanza.capabilities:
        found["cap_setpcap"] = "the start as root sets the declared capabilities"
    found.update({name: "the task adds it" for name in more})
    found.update({reason.capability: reason.because for reason in reversed(taken)})
    declared = sorted(declared_numbers(stanza, last_cap))
    found.update({capabilities.name(number): "the Security stanza declares it" for number in declared})
    return [Need(name, found[name]) for name in sorted(found, key=_position)]


def for_container(needed: Sequence[Need]) -> List[str]:
    """The `cap_add` list of a container that drops all others: names without CAP_, in capital letters."""
    names = {need.capability for need in needed} | set(CONTAINER)
    return [name[4:].upper() for name in sorted(names, key=_position) if name.startswith("cap_")]


def _position(name: str) -> int:
    return capabilities.NUMBERS[name] if name in capabilities.NUMBERS else int(name)


def _refuse_unknown(names: Sequence[str], known: Sequence[str], option: str) -> None:
    for name in names:
        if name not in known:
            raise PlanError("%s: %r is none of %s" % (option, name, ", ".join(known)))
