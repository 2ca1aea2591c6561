# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the node can give to a Security stanza: accounts, directories, and the limits of its kernel."""

import os
from typing import Optional

from ..host.accounts import known_group_id, known_user_id
from ..security import capabilities
from ..security.safety_checks import Host
from . import process


def security_host(unit: str) -> Host:
    """What the node gives to a Security stanza; `unit` is the systemd unit whose bounding set applies."""
    solaris = os.uname().sysname == "SunOS"
    return Host(
        uid=known_user_id,
        gid=known_group_id,
        is_directory=os.path.isdir,
        ceiling=None if solaris else process.bounding_ceiling(unit),
        last_cap=None if solaris else capabilities.last_capability(),
        solaris=solaris,
        global_zone=_in_global_zone() if solaris else None,
    )


def _in_global_zone() -> Optional[bool]:
    """Ask zonename(1) whether this is the global zone of Solaris; None if that is unknown."""
    from ..host.program import run

    answer = run(["/usr/bin/zonename"], 10.0)
    return answer.output == "global" if answer.status == 0 else None
