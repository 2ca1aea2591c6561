# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sandbox is computed from: the configuration's part is pure, the node's part is read through `Look`."""

from typing import Any, Callable, Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Effective
from ..security import requirements
from ..security.stanza import Declared, Stanza, declared, stanza_of
from .needs import Need, needs
from .places import UsedPath, named, of_option, written


class Look(NamedTuple):
    """How the node is looked at: whether a path is a directory; whether a user (name or number; None: not declared) is root;
    whether programs of the daemon gain rights when they are executed (`gaining`, given paths that the configuration
    names); the home of a user; the highest capability of the kernel; whether a user can replace what is in a directory."""

    is_directory: Callable[[str], bool]
    is_root: Callable[[Optional[str]], bool]
    gaining: Callable[[Sequence[str]], List[str]]
    home: Callable[[Optional[str]], str]
    last_cap: Optional[int]
    replaceable: Callable[[str, Optional[str]], bool] = lambda path, user: False


class Choice(NamedTuple):
    """What the task chooses: how strict the file system is, more directories to write to, capabilities, and which further options hold
    secrets (names in lower case)."""

    protect_system: str = "strict"
    write_paths: Sequence[str] = ()
    add_capabilities: Sequence[str] = ()
    drop_capabilities: Sequence[str] = ()
    secret_options: FrozenSet[str] = frozenset()


class Facts(NamedTuple):
    """Everything the directives depend on. `modes` are the file modes that the configuration sets, as numbers;
    `console` tells whether it says where the console listens. `believed` is what was taken from the configuration for a
    path or an identity: each with option, value, file and line."""

    stanza: Stanza
    root: bool
    needed: List[Need]
    places: List[UsedPath]
    writable: List[Tuple[str, str]]
    modes: List[int]
    duravip: bool
    engine: bool
    console: bool
    gaining: List[str]
    home: str
    prefix: str
    protect_system: str
    believed: List[Dict[str, Any]]

    def capabilities(self) -> List[str]:
        """The names of the needed capabilities."""
        return [need.capability for need in self.needed]


def facts(effective: Effective, prefix: str, local_changes: Optional[str], choice: Choice, look: Look) -> Facts:
    """Gather the facts. Raises PlanError for capabilities that cannot be read."""
    found = declared(effective)
    stanza = stanza_of(found)
    taken = requirements.reasons(effective, requirements.LINUX)
    places = named(effective, choice.secret_options)
    if stanza.chroot:
        places.append(of_option(found.chroot, stanza.chroot))
    changes = of_option(effective.get((), "Local_Changes_File"), local_changes) if local_changes else None
    writable = written(places, prefix, look.is_directory, changes, lambda path: look.replaceable(path, stanza.user))
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
        believed=_believed(found, places + ([changes] if changes else [])),
    )


def _believed(found: Declared, places: Sequence[UsedPath]) -> List[Dict[str, Any]]:
    """What the drop-in is computed from, each value once, in the order of files and lines."""
    stanza = [setting for setting in (found.user, found.capabilities) if setting is not None]
    entries = [(one.file, one.line, one.name.lower(), str(one.value)) for one in stanza]
    entries += [(one.file, one.line, one.option, one.path) for one in places]
    return [dict(zip(("file", "line", "option", "value"), entry)) for entry in sorted(set(entries))]


def _modes(effective: Effective) -> List[int]:
    """The values of all options whose name ends in `mode` and that are octal numbers."""
    found = [str(setting.value) for setting in effective.settings() if setting.name.lower().endswith("mode")]
    return [int(text, 8) for text in found if 3 <= len(text) <= 5 and not text.strip("01234567")]
