# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The database of credentials and its key as a node has them. What is in the database nobody knows without a name to ask credmgr for."""

import os
from typing import Dict, List, NamedTuple, Optional, Sequence

from ..ecconf.effective import Effective, Setting
from ..files.current import CurrentFile, current_file
from . import places
from .places import Pair


class CurrentCredentials(NamedTuple):
    """pair: what is looked at. declared: what the daemon reads. strays: files of another pair, where the daemon or credmgr would look. named: the
    settings that the pair is taken from, where they have another place than a documented one."""

    pair: Pair
    declared: Pair
    strays: List[str]
    named: Sequence[Setting] = ()

    @property
    def unfinished(self) -> List[str]:
        """The files of a change that somebody is making, or that was interrupted."""
        found = [self.pair.database + "-journal", self.pair.database + "-wal"]
        return [path for path in found if os.path.lexists(path) and os.path.getsize(path)]

    def files(self) -> Dict[str, Optional[CurrentFile]]:
        """Return the files of the pair by path. Raises UnsafePath, OSError."""
        return {path: current_file(path) for path in self.pair}


def current(
    prefix: str, effective: Optional[Effective], database: Optional[str] = None, key: Optional[str] = None
) -> CurrentCredentials:
    """Return the pair that the daemon reads, or the one that is named. effective: the configuration; None where there is none."""
    default = places.of_daemon(prefix)
    settings = [None if effective is None else effective.get(places.SCOPE, option) for option in places.OPTIONS]
    declared = Pair(*[path if one is None else str(one.value) for one, path in zip(settings, default)])
    pair = places.choose(database, key, declared)
    documented = {os.path.normpath(path) for path in (*default, *places.of_tool(prefix))}
    named = [
        one
        for one, given in zip(settings, (database, key))
        if one is not None and not given and os.path.normpath(str(one.value)) not in documented
    ]
    return CurrentCredentials(pair, declared, places.strays(pair, [declared, default, places.of_tool(prefix)]), named)
