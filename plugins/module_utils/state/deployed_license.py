# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which licence was deployed last, and which older one this collection has put back in its place, in the state directory: what else is on the node
was fetched by Momentum, or by hand."""

import os
from typing import Any, NamedTuple, Sequence, Tuple

from . import records

_NAME = "license.json"


class Deployed(NamedTuple):
    """digest: the SHA-256 of the licence that was deployed last, '' for none. put_back: that of the one which has taken its place again; '' for none."""

    digest: str = ""
    put_back: str = ""


def deployed(state_dir: str) -> Deployed:
    """Return what is on record. Raises RecordDamaged, UnsafePath, OSError."""
    return records.read(os.path.join(state_dir, _NAME), _built, Deployed())


def _built(record: Any) -> Deployed:
    found = Deployed(record["deployed"], record.get("put_back", ""))
    if not all(isinstance(one, str) for one in found):
        raise TypeError("no checksums")
    return found


def remember(state_dir: str, now: Deployed) -> None:
    """Keep a record. Raises LockTimeout, UnsafePath, OSError."""
    with records.locked(state_dir):
        records.write(os.path.join(state_dir, _NAME), {"deployed": now.digest, "put_back": now.put_back})


def foresee_put_back(state_dir: str, steps: Sequence[Tuple[str, str, str]]) -> None:
    """Record what takes the place of the deployed licence before it does, so that a run which is killed in between loses nothing.

    steps: what is put back, in that order, as path and checksums of the content before and after. Raises LockTimeout, UnsafePath, OSError.
    """
    try:
        now = deployed(state_dir)
    except records.RecordDamaged:
        return  # nothing else is to fail for it; the next deployment does
    paths = [path for path, before, _after in steps if before and before == now.digest]
    after = [digest for path, _before, digest in steps if path in paths]
    if after and after[-1] != now.put_back:
        remember(state_dir, now._replace(put_back=after[-1]))
