# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the database and its key are, and whether there is a second pair that somebody else reads or writes.

The two manual pages contradict each other. The daemon's module looks in /opt/msys/etc (page *securecreds*), the tool in
/opt/msys/ecelerity/etc (page *credmgr*); both say not to change it, or to make a link. So both sides get the path, always.
"""

import os
from typing import List, NamedTuple, Optional

from ..config.plan import DesiredSetting

SCOPE = (("securecreds", None),)
NAMES = ("credentials.db", "credentials.key")
OPTIONS = ("Credentials", "Key")


class Pair(NamedTuple):
    """The paths of a database and of its key."""

    database: str
    key: str


def of_daemon(prefix: str) -> Pair:
    """Where the daemon looks when its configuration says nothing (page *securecreds*)."""
    directory = os.path.join(os.path.dirname(os.path.normpath(prefix)), "etc")
    return Pair(*[os.path.join(directory, name) for name in NAMES])


def of_tool(prefix: str) -> Pair:
    """Where credmgr looks by default (page *credmgr*)."""
    return Pair(*[os.path.join(prefix, "etc", name) for name in NAMES])


def choose(database: Optional[str], key: Optional[str], declared: Pair) -> Pair:
    """What the task says, else what the daemon reads."""
    return Pair(database or declared.database, key or declared.key)


def settings(pair: Pair) -> List[DesiredSetting]:
    """The securecreds stanza that names both files."""
    return [
        DesiredSetting(path=SCOPE, option=option, value=path, same=lambda one, other: str(one) == str(other))
        for option, path in zip(OPTIONS, pair)
    ]


def strays(pair: Pair, others: List[Pair]) -> List[str]:
    """Databases and keys in places where they are looked for, which are not the managed ones (nor links to them)."""
    found = [path for other in others for path, own in zip(other, pair) if _is_another(path, own)]
    return list(dict.fromkeys(found))


def _is_another(path: str, own: str) -> bool:
    return os.path.lexists(path) and os.path.realpath(path) != os.path.realpath(own)
