# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one check is, and what it finds. Pure."""

from typing import Callable, Iterable, NamedTuple, Tuple

from ..errors import MomentumError
from .facts import Facts

STOPS, ADVICE = SEVERITIES = ("stops", "advice")


class Purpose(NamedTuple):
    """What the host is to become. version: as numbers, empty where it is not known, which stands for the newest manual. role: standalone,
    cluster_node or cluster_manager. uses: what the run that follows does (keys of USES). installs: whether packages are still to be installed, because
    Momentum is not there, or in another version."""

    version: Tuple[int, ...]
    role: str
    uses: Tuple[str, ...] = ()
    installs: bool = True

    @property
    def is_mta(self) -> bool:
        """Whether the MTA runs there, not the manager of a cluster."""
        return self.role != "cluster_manager"

    @property
    def is_three(self) -> bool:
        """Whether the pages of 3.x are those to go by."""
        return bool(self.version) and self.version < (4,)


USES = {
    "bundle": "installs from the vendor's bundle, which is unpacked and run below /var/tmp",
    "certificates": "makes or renews certificates",
    "license": "deploys the licence, so that one that is missing is not reported",
}


class Found(NamedTuple):
    """One thing that is not as it should be. what: in one sentence. severity, why, page and fix: '' for what the check has."""

    what: str
    severity: str = ADVICE
    fix: str = ""
    page: str = ""


class Unclear(MomentumError):
    """A judge cannot tell, with the reason: neither a finding nor a pass."""


class Check(NamedTuple):
    """One check. name: by which it is skipped. looks_at, stops_where, why, fix: words of the documentation; stops_where: '' where a finding never
    stops a run. page: of the vendor's manuals, '' where none says so. needs: the facts without which nothing is known. judge: what it finds."""

    name: str
    looks_at: str
    stops_where: str
    why: str
    page: str
    fix: str
    needs: Tuple[str, ...]
    judge: Callable[[Facts, Purpose], Iterable[Found]]
