# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security stanza as meaning: when two values mean the same, and what a task asks to be written.

Pure functions. Facts: cap_from_text(3), setgroups(2), priv_str_to_set(3C).
"""

from typing import Any, Callable, Dict, FrozenSet, List, Optional, Sequence

from ..config.plan import DesiredSetting
from . import capabilities, solaris_privileges
from .safety_checks import Host
from .stanza import SCOPE, Stanza

_OPTIONS = {
    "user": "User",
    "group": "Group",
    "supplemental_groups": "Supplemental_Groups",
    "chroot": "Chroot",
    "capabilities": "Capabilities",
    "privileges": "Privileges",
}


def merge(declared: Stanza, requested: Stanza) -> Stanza:
    """Lay what is requested over what is declared: the stanza that the daemon would start with."""
    given: Dict[str, Any] = {field: value for field, value in requested._asdict().items() if value is not None}
    return declared._replace(**given)


def settings(requested: Stanza, host: Host) -> List[DesiredSetting]:
    """Turn the managed options into settings; an empty value asks that the option be absent, which retains nothing."""
    return [
        DesiredSetting(
            path=SCOPE,
            option=_OPTIONS[field],
            value=value,
            state="present" if value else "absent",
            same=_equality(field, host),
        )
        for field, value in zip(Stanza._fields, requested)
        if value is not None
    ]


def same_option(host: Host) -> Callable[[str, Any, Any], bool]:
    """Compare two values of an option, named by the field of `Stanza`, by their meaning on a node."""
    return lambda field, one, other: _equality(field, host)(one, other)


def same_user(one: str, other: str, host: Host) -> bool:
    """Tell whether two spellings, name or number, mean one account."""
    return one == other or _same_id(host.uid(one), host.uid(other))


def same_group(one: str, other: str, host: Host) -> bool:
    """Tell whether two spellings, name or number, mean one group."""
    return one == other or _same_id(host.gid(one), host.gid(other))


def same_groups(one: Sequence[str], other: Sequence[str], host: Host) -> bool:
    """Tell whether two lists of groups give setgroups(2) the same set."""
    return _group_keys(one, host) == _group_keys(other, host)


def same_capabilities(one: str, other: str, last_cap: Optional[int] = None) -> bool:
    """Tell whether cap_from_text(3) reads two texts as the same three sets."""
    try:
        return one == other or _capabilities(one, last_cap) == _capabilities(other, last_cap)
    except capabilities.CapabilityError:
        return False


def same_privileges(one: str, other: str) -> bool:
    """Tell whether priv_str_to_set(3C) reads two texts as the same set."""
    try:
        return one == other or solaris_privileges.parse(one) == solaris_privileges.parse(other)
    except solaris_privileges.PrivilegeError:
        return False


def _same_id(one: Optional[int], other: Optional[int]) -> bool:
    return one is not None and one == other


def _group_keys(groups: Sequence[str], host: Host) -> FrozenSet[str]:
    return frozenset(group if host.gid(group) is None else str(host.gid(group)) for group in groups)


def _capabilities(text: str, last_cap: Optional[int]) -> capabilities.CapabilitySets:
    return capabilities.parse(text, last_cap=last_cap)


def _as_list(value: Any) -> List[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _equality(field: str, host: Host) -> Callable[[Any, Any], bool]:
    rules = {
        "user": lambda a, b: same_user(str(a), str(b), host),
        "group": lambda a, b: same_group(str(a), str(b), host),
        "supplemental_groups": lambda a, b: same_groups(_as_list(a), _as_list(b), host),
        "chroot": lambda a, b: str(a) == str(b),
        "capabilities": lambda a, b: same_capabilities(str(a), str(b), host.last_cap),
        "privileges": lambda a, b: same_privileges(str(a), str(b)),
    }
    return rules[field]
