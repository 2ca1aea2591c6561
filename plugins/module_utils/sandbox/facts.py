# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sandbox is computed from: the configuration's part is pure, the node's part is asked for through `Look`."""

from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from .. import least_privilege
from ..declared import Stanza, declared, stanza_of
from ..ecconf.effective import Effective
from .needs import Need, needs
from .places import Place, named, written


class Look(NamedTuple):
    """How the node is looked at: whether a path is a folder; whether a user (name or number; None: not declared) is root;
    whether programs of the daemon gain rights when they are executed (`gaining`, given paths that the configuration
    names); the home of a user; the highest capability of the kernel."""

    is_directory: Callable[[str], bool]
    is_root: Callable[[Optional[str]], bool]
    gaining: Callable[[Sequence[str]], List[str]]
    home: Callable[[Optional[str]], str]
    last_cap: Optional[int]


class Choice(NamedTuple):
    """What the task chooses: how strict the file system is, more folders to write to, and capabilities."""

    protect_system: str = "strict"
    write_paths: Sequence[str] = ()
    add_capabilities: Sequence[str] = ()
    drop_capabilities: Sequence[str] = ()


class Facts(NamedTuple):
    """Everything the directives depend on. `modes` are the file modes that the configuration sets, as numbers;
    `console` tells whether it says where the console listens."""

    stanza: Stanza
    root: bool
    needed: List[Need]
    places: List[Place]
    writable: List[Tuple[str, str]]
    modes: List[int]
    duravip: bool
    engine: bool
    console: bool
    gaining: List[str]
    home: str
    prefix: str
    protect_system: str

    def capabilities(self) -> List[str]:
        """The names of the needed capabilities."""
        return [need.capability for need in self.needed]


def facts(effective: Effective, prefix: str, local_changes: Optional[str], choice: Choice, look: Look) -> Facts:
    """Gather the facts. Raises PlanError for capabilities that cannot be read."""
    stanza = stanza_of(declared(effective))
    taken = least_privilege.reasons(effective, least_privilege.LINUX)
    places = named(effective)
    if stanza.chroot:
        places.append(Place(stanza.chroot, "chroot", "the option Chroot"))
    writable = written(places, prefix, look.is_directory, local_changes or "")
    writable += [(path, "the task adds it") for path in choice.write_paths]
    return Facts(
        stanza=stanza,
        root=look.is_root(stanza.user),
        needed=needs(stanza, taken, look.last_cap, choice.add_capabilities, choice.drop_capabilities),
        places=places,
        writable=writable,
        modes=_modes(effective),
        duravip=any(reason.capability == "cap_net_admin" for reason in taken),
        engine=any(
            "engine" in place.name.lower() and place.name.lower() != "tls_engine" for place in effective.settings()
        ),
        console=any(path[0][0].lower() == "control_listener" for path in effective.scopes("listen")),
        gaining=look.gaining([place.path for place in places]),
        home=look.home(stanza.user),
        prefix=prefix,
        protect_system=choice.protect_system,
    )


def _modes(effective: Effective) -> List[int]:
    """The values of all options whose name ends in `mode` and that are octal numbers."""
    found = [str(setting.value) for setting in effective.settings() if setting.name.lower().endswith("mode")]
    return [int(text, 8) for text in found if 3 <= len(text) <= 5 and not text.strip("01234567")]
