# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of priv_str_to_set(3C), the privileges of Solaris, as sets of names.

Momentum 3.x hands the option `Privileges` to that function and sets the result (page *privileges*); 4.x and 5.x run on
Linux only. Names are those of privileges(5). Which separators Momentum allows is undocumented: its own examples use
blanks, ppriv(1) uses commas, both are read here.
"""

import re
from typing import Dict, FrozenSet, Iterable, List, Tuple

from ..errors import MomentumError


def _family(prefix: str, names: str) -> List[str]:
    return [prefix + "_" + rest for rest in names.split()]


NAMES: FrozenSet[str] = frozenset(
    _family("contract", "event identity observer")
    + _family("cpc", "cpu")
    + _family("dtrace", "kernel proc user")
    + _family("file", "chown chown_self dac_execute dac_read dac_search dac_write downgrade_sl flag_set link_any")
    + _family("file", "owner read setid upgrade_sl write")
    + _family("graphics", "access map")
    + _family("hyprlofs", "control")
    + _family("ipc", "dac_read dac_write owner")
    + _family("net", "access bindmlp icmpaccess mac_aware mac_implicit observability privaddr rawaccess")
    + _family(
        "proc", "audit chroot clock_highres exec fork info lock_memory meminfo owner prioup priocntl session setid"
    )
    + _family("proc", "taskid zone")
    + _family("sys", "acct admin audit config devices dl_config fs_import ip_config ipc_config iptun_config linkdir")
    + _family("sys", "mount net_config nfs ppp_config res_bind res_config resource smb suser_compat time trans_label")
    + _family("virt", "manage")
    + _family("win", "colormap config dac_read dac_write devices dga downgrade_sl fontpath mac_read mac_write")
    + _family("win", "selection upgrade_sl")
    + _family("xvm", "control")
)

BASIC = frozenset(
    ["file_link_any", "file_read", "file_write", "net_access", "proc_exec", "proc_fork", "proc_info", "proc_session"]
)
# Solaris 10 has no privilege for what everybody could do anyway.
BASIC_SOLARIS_10 = BASIC - frozenset(["file_read", "file_write", "net_access"])

# Zones of Solaris 10, System Administration Guide, table 27-1: what a non-global zone never has, and what it has only
# if its administrator grants it. Everything else is there by default.
ZONE_PROHIBITED = frozenset(
    ["dtrace_kernel", "proc_zone"] + _family("sys", "config devices linkdir net_config res_config suser_compat")
)
ZONE_OPTIONAL = frozenset(
    ["cpc_cpu", "dtrace_proc", "dtrace_user", "graphics_access", "graphics_map", "net_rawaccess", "proc_clock_highres"]
    + ["proc_priocntl", "sys_ipc_config", "sys_time"]
)
# net_rawaccess comes with a network stack of the zone's own.
ZONE_DEFAULT = NAMES - ZONE_PROHIBITED - ZONE_OPTIONAL

SETS: Dict[str, FrozenSet[str]] = {"all": NAMES, "basic": BASIC, "none": frozenset(), "zone": ZONE_DEFAULT}

_TOKEN = re.compile(r"[^ \t\n\v\f\r,]+")
_SIGNS = frozenset("+-!")


class PrivilegeError(MomentumError, ValueError):
    """A text that priv_str_to_set(3C) refuses; `position` (from 0) and `token` are what its `endptr` shows."""

    def __init__(self, text: str, position: int, token: str, reason: str) -> None:
        self.position = position
        self.token = token
        self.reason = reason
        super().__init__("privileges %r: %s, at character %d" % (text[:200], reason, position + 1))


def parse(text: str, remove_sets: bool = False) -> FrozenSet[str]:
    """Read a text from left to right as priv_str_to_set(3C) does; PrivilegeError where that refuses it.

    `remove_sets`: take `!basic`, `!zone` and `!all`, which later manuals have and earlier releases refuse, and with
    them the whole text.
    """
    held: FrozenSet[str] = frozenset()
    for position, token in _tokens(text):
        removes, key = _split(token)
        if key in SETS:
            if removes and not (remove_sets and key != "none"):
                reason = "'%s' is not understood by every release of Solaris" % token
                raise PrivilegeError(text, position, token, reason)
            held = _combined(held, key, removes)
        elif key in NAMES:
            held = held - frozenset([key]) if removes else held | frozenset([key])
        else:
            raise PrivilegeError(text, position, token[:60], _unknown(key))
    return held


def format(names: Iterable[str]) -> str:
    """Write a set in one canonical form that `parse` reads as the same set: `basic` first, then names in order."""
    held = frozenset(names)
    if not held:
        return "none"
    words = ["basic"] if BASIC <= held else []
    return " ".join(words + sorted(held - BASIC if words else held))


def prohibited_in_zone(names: Iterable[str]) -> FrozenSet[str]:
    """The privileges that no non-global zone of Solaris 10 can have."""
    return frozenset(names) & ZONE_PROHIBITED


def _combined(held: FrozenSet[str], key: str, removes: bool) -> FrozenSet[str]:
    """Lay a set over what is held: `none` empties it, `basic` and the others add to it or are taken away."""
    if key == "none":
        return SETS[key]
    return held - SETS[key] if removes else held | SETS[key]


def _tokens(text: str) -> List[Tuple[int, str]]:
    return [(found.start(), found.group()) for found in _TOKEN.finditer(text)]


def _split(token: str) -> Tuple[bool, str]:
    """Part a token into whether it removes, and the name in the one spelling used here."""
    signed = token[0] in _SIGNS
    key = (token[1:] if signed else token).lower()
    return signed and token[0] != "+", key[5:] if key.startswith("priv_") else key


def _unknown(key: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key[:60], sorted(NAMES), 1)
    return "unknown privilege '%s'%s" % (key[:60], ", perhaps %s" % near[0] if near else "")
