# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files as the recovery of an unfinished transaction would leave them, for tasks that must not recover it.

Check mode and modules that only read write nothing, not even to recover what an earlier run left half done. They read each
file where recovery would take it from: the copy of the old file beside its target. `unfinished.foresee` says where
that is; everything that opens, lists or looks at files of a node asks here. Without an unfinished transaction nothing is changed.
"""

import os
from typing import Dict, Iterable, List, Mapping, Sequence, Tuple

# By directory (links resolved): from each name as it will be to the name that the file has now, '' for no file.
Names = Mapping[str, Mapping[str, str]]
_NOTHING: Mapping[str, str] = {}
# A level, the identifier of a transaction or '', and paths.
Due = Tuple[str, str, Sequence[str]]
_known: Dict[str, Mapping[str, str]] = {}
requests: List[Due] = []


def remember(names: Names, *due: Due) -> None:
    """From now on see the node like this, and what the daemon has to do as if `due` had been requested (see state/pending.py)."""
    forget()
    _known.update(names)
    requests.extend(due)


def forget() -> None:
    """See the node as it is, as whoever writes has to."""
    _known.clear()
    del requests[:]


def within(directory: str) -> Mapping[str, str]:
    """What is to be seen otherwise in a directory, whose links are resolved; empty for nothing."""
    return _known.get(directory, _NOTHING) if _known else _NOTHING


def path(given: str) -> str:
    """The path at which a file is found now; '' for one that will not exist. Links are followed, as recovery follows none."""
    if not _known:
        return given
    directory, name = os.path.split(os.path.realpath(given))
    instead = within(directory)
    if name not in instead:
        return given
    return os.path.join(directory, instead[name]) if instead[name] else ""


def listing(directory: str, names: Iterable[str]) -> Iterable[str]:
    """The names of a directory, links in its path followed, as recovery would leave them."""
    instead = within(os.path.realpath(directory)) if _known else _NOTHING
    return names if not instead else seen(instead, names)


def seen(instead: Mapping[str, str], names: Iterable[str]) -> List[str]:
    """The names of a directory of which `within` returned `instead`."""
    there = [name for name in names if instead.get(name, name)]
    return there + sorted(name for name, now in instead.items() if now and name not in there)
