# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account that the daemon runs as, by the Security stanza in force."""

from typing import Optional

from ..ecconf.effective import Effective
from ..host.accounts import known_group_id, known_user_id
from ..security.stanza import declared, stanza_of
from .files.judge import Identity


def daemon_identity(effective: Effective) -> Optional[Identity]:
    """Who opens the files after start; None if no user is declared, or one that this node does not know (yet)."""
    stanza = stanza_of(declared(effective))
    if not stanza.user:
        return None
    uid = known_user_id(stanza.user)
    if uid is None:
        return None
    gid = known_group_id(stanza.group) if stanza.group else _primary_group(uid)
    if gid is None:
        return None
    named = [known_group_id(name) for name in stanza.supplemental_groups or []]
    return Identity(stanza.user, uid, gid, tuple(number for number in named if number is not None))


def _primary_group(uid: int) -> int:
    import pwd

    return pwd.getpwuid(uid).pw_gid
