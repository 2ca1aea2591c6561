# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console as a configuration opens it on a node. A plan asks it of the configuration as it would be, too."""

from typing import Callable, List, NamedTuple, Optional, Sequence

from ..ecconf.effective import Effective
from ..ecconf.paths import Path
from . import directory, listens, roles
from .listens import Listen
from .safety_checks import Unsafe, unsafe_listens


class CurrentConsole(NamedTuple):
    """listens: the places that are opened, in load order. exposed: whether any account of the node could put something in the place
    of a path."""

    effective: Effective
    listens: List[Listen]
    exposed: Callable[[str], bool]

    @property
    def endpoints(self) -> List[str]:
        """The endpoints that answer somebody on the node without a password, the best one first."""
        return listens.usable(self.listens)

    @property
    def roles(self) -> List[roles.Grant]:
        """Who may give which commands, where they are authorized."""
        return roles.grants(self.effective)

    @property
    def loggers(self) -> List[Path]:
        """The scopes of the ec_logger module."""
        return [path for path in self.effective.scopes("ec_logger") if len(path) == 1]

    @property
    def acctlog(self) -> str:
        """Where commands are logged; empty for nowhere."""
        settings = [self.effective.get(path, "acctlog") for path in self.loggers]
        return next((str(setting.value) for setting in settings if setting is not None), "")

    def at(self, address: str) -> Optional[Listen]:
        """Return the place at an address."""
        return next((one for one in self.listens if one.address == address), None)

    def unsafe(self, allow: Sequence[str] = ()) -> List[Unsafe]:
        """Return what is unsafe about the places, but for the names of risks in `allow`."""
        return unsafe_listens(self.listens, self.exposed, allow)


def current(effective: Effective, owner: Optional[int]) -> CurrentConsole:
    """Return the console of a configuration. owner: who makes the sockets, beside root; None for an account that is not known."""
    return CurrentConsole(effective, listens.listens(effective), lambda path: directory.exposed(path, owner))
