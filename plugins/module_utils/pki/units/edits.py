# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All files that one unit's plan writes: the pair, what waits for a certificate, and the archive of the previous pair."""

import os
from datetime import datetime
from typing import List, Optional

from ..certain import certain
from . import layout
from .current import Look
from .layout import DesiredFile, Edit
from .make import Made
from .plan import UnitPlan
from .reasons import REQUESTED

_PRIVATE = 0o600


def edits_of(planned: UnitPlan, made: Made, look: Look) -> List[Edit]:
    """The edits of one unit, none where everything is right. `archived` comes on top, where a pair is replaced."""
    if planned.state == REQUESTED:
        return _asking(planned, made, look)
    found = layout.edits(planned.unit, planned.found, certain(made.pair))
    return found + _no_longer_waiting(planned, look)


def is_complete(planned: UnitPlan) -> bool:
    """Whether the plan is complete without anything being made, so that its edits can be reported beforehand."""
    return planned.pair is not None or bool(planned.request)


def archived(planned: UnitPlan, written: List[Edit], state_dir: str, now: datetime) -> List[Edit]:
    """Copies of the key, certificate and chain that are replaced by other ones, for root alone."""
    if not planned.unit.archive:
        return []
    directory = archive_of(state_dir, planned.unit.name, now)
    names = {planned.unit.key: "key.pem", planned.unit.certificate: "certificate.pem", planned.unit.chain: "chain.pem"}
    replaced = [edit for edit in written if edit.path in names and edit.before and edit.before != edit.content]
    if not replaced or planned.state == REQUESTED:
        return []
    present = [(path, planned.found.files.get(path)) for path in names if path]
    return [
        _private(os.path.join(directory, names[path]), None, stored.content, True)
        for path, stored in present
        if stored is not None and stored.content
    ]


def archive_of(state_dir: str, unit: str, now: datetime) -> str:
    """The directory of the archive for the pair that is replaced at `now`."""
    return os.path.join(state_dir, "archive", unit, now.strftime("%Y%m%dT%H%M%S.%fZ"))


def _asking(planned: UnitPlan, made: Made, look: Look) -> List[Edit]:
    """The key that waits (not where the present one is used again), the request beside it, and the user's copy."""
    unit, found = planned.unit, planned.found
    edits: List[Optional[Edit]] = [
        _waiting(os.path.join(planned.pending, "request.pem"), made.request, look),
    ]
    if made.key_text != found.key_text:
        edits.insert(0, _waiting(os.path.join(planned.pending, "key.pem"), made.key_text, look))
    if unit.request:
        stored = found.files[unit.request]
        if stored is None or stored.content != made.request:
            edits.append(layout.edit_of(unit, found, DesiredFile(unit.request, made.request, False)))
    return [edit for edit in edits if edit is not None]


def _waiting(path: str, content: bytes, look: Look) -> Optional[Edit]:
    stored = look(path)
    if stored is not None and stored.content == content:
        return None
    return _private(path, stored.content if stored else None, content, path.endswith("key.pem"))


def _no_longer_waiting(planned: UnitPlan, look: Look) -> List[Edit]:
    if not planned.unit.signed.strip():
        return []
    paths = [os.path.join(planned.pending, name) for name in ("key.pem", "request.pem")]
    present = [(path, look(path)) for path in paths]
    return [_private(path, stored.content, None, True) for path, stored in present if stored is not None]


def _private(path: str, before: Optional[bytes], content: Optional[bytes], secret: bool) -> Edit:
    return Edit(path, before, content, os.geteuid(), os.getegid(), _PRIVATE, secret)
