# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Security stanza of a node as it is, beside what the configuration takes and what the node can give. Pure."""

from typing import List, NamedTuple

from ..ecconf.effective import Effective, Setting
from . import requirements
from .requirements import Comparison, Reason
from .safety_checks import Host
from .stanza import Declared, Stanza, declared, stanza_of


class CurrentSecurity(NamedTuple):
    """effective: the configuration in force. declared: its stanza, with files and lines. host: what the node gives to it."""

    effective: Effective
    declared: Declared
    host: Host

    @property
    def stanza(self) -> Stanza:
        """The values that are declared."""
        return stanza_of(self.declared)

    @property
    def overridden(self) -> List[Setting]:
        """The assignments that lose against the ones in force."""
        return [loser for setting in self.declared if setting is not None for loser in setting.overridden]

    @property
    def platform(self) -> str:
        """The platform of the node, as `requirements` has it."""
        return requirements.SOLARIS if self.host.solaris else requirements.LINUX

    def needed(self, platform: str) -> List[Reason]:
        """Return what the configuration takes on a platform, and why."""
        return requirements.reasons(self.effective, platform, self.host.global_zone)

    def compared(self, stanza: Stanza) -> Comparison:
        """Compare a stanza on this node with what the configuration takes."""
        root = stanza.user is not None and self.host.uid(stanza.user) == 0
        return requirements.compare(self.needed(self.platform), stanza, self.platform, root, self.host.last_cap)


def current(effective: Effective, host: Host) -> CurrentSecurity:
    """Return the stanza in force."""
    return CurrentSecurity(effective, declared(effective), host)
