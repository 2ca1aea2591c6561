# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which clients of a listener a setting is in force for: Peer in Listen, Peer in listener, Listen, listener, pathway, global.

A Peer counts for the addresses of which it is the narrowest one in its scope (page 4/listeners). So several of them can add up to the
world, and a wide one is of no use to a client that has a narrower one of its own.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Setting
from ..ecconf.paths import Path
from . import networks
from .networks import Range
from .subject import Subject

Value = Callable[[str], Optional[Setting]]  # from an option to what is in force for a client


class Admitted(NamedTuple):
    """What lets some clients in. setting: None for a default. ranges: by family; None for all clients that the scopes belong to."""

    setting: Optional[Setting]
    ranges: Optional[Dict[int, List[Range]]] = None


Judge = Callable[[Value], Optional[Admitted]]


class Clients:
    """The clients of one entrance, by the Peer scopes that they belong to."""

    def __init__(self, subject: Subject, entrance: Path) -> None:
        self.subject = subject
        self.entrance = entrance
        self._base: Dict[str, Optional[Setting]] = {}
        self.groups = {family: _groups(subject, entrance, family) for family in networks.FAMILIES}

    def open_by(self, judge: Judge) -> List[Optional[Setting]]:
        """Return the settings by which the judge lets at least half of the public addresses of a family in, those that let in the most first; empty if it
        does not. None among them is a default."""
        verdicts: Dict[Tuple[Any, Any], Optional[Admitted]] = {}
        for family, groups in self.groups.items():
            shares: Dict[Any, Tuple[int, Optional[Setting]]] = {}
            for scopes, ranges in groups.items():
                if scopes not in verdicts:
                    verdicts[scopes] = judge(self._values(scopes))
                admitted = verdicts[scopes]
                if admitted is not None:
                    count = networks.public_size(family, _let_in(admitted, family, ranges))
                    key = _key(admitted.setting)
                    shares[key] = (shares.get(key, (0, None))[0] + count, admitted.setting)
            if networks.is_world(family, sum(count for count, _setting in shares.values())):
                return [setting for count, setting in sorted(shares.values(), key=lambda one: -one[0]) if count]
        return []

    def _values(self, scopes: Tuple[Any, Any]) -> Value:
        """What is in force for the clients of two Peer scopes, of which either may be missing."""
        own = [path for path in scopes if path is not None]
        bound = next((path for path in own if self.subject.effective.get(path, "pathway") is not None), None)

        def value(option: str) -> Optional[Setting]:
            for path in own:
                setting = self.subject.effective.get(path, option)
                if setting is not None:
                    return setting
            return self._inherited(option) if bound is None else self.subject.in_force(bound, option)

        return value

    def _inherited(self, option: str) -> Optional[Setting]:
        if option not in self._base:
            self._base[option] = self.subject.in_force(self.entrance, option)
        return self._base[option]


def _groups(subject: Subject, entrance: Path, family: int) -> Dict[Tuple[Any, Any], List[Range]]:
    """All addresses of a family by the Peer in the Listen and the one in the listener that their clients belong to."""
    own = subject.divided(entrance, family)
    return networks.both(
        own, subject.divided(entrance[:1], family) if len(entrance) > 1 else networks.divided([], family)
    )


def _let_in(admitted: Admitted, family: int, ranges: Sequence[Range]) -> List[Range]:
    if admitted.ranges is None:
        return networks.merged(ranges)
    hosts = admitted.ranges.get(family, [])
    return networks.merged(one for first, last in ranges for one in networks.within(hosts, first, last))


def _key(setting: Optional[Setting]) -> Any:
    return None if setting is None else (setting.file, setting.line, setting.path)
