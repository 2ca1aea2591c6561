# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who can read a private key beside root and the daemon, by owner, mode and access list of its file.

Directories above it do not count: they may be opened at any time by somebody who does not know what is in them.
"""

import os
import stat
import struct
from typing import List, NamedTuple, Optional, Set, Tuple

from ...files import intended, reading
from ...files.safe_files import ACCESS_LIST, attributes_of
from ...files.safe_paths import UnsafePath
from ...host.accounts import group_name, user_name
from .judge import Identity

_READ = 4
_MARK = b" PRIVATE KEY-----"  # RFC 7468, and the older kinds: EC PRIVATE KEY, RSA PRIVATE KEY
_USER, _GROUP, _MASK = 0x02, 0x08, 0x10  # tags of named users, named groups and the mask, acl(5)


class KeyFile(NamedTuple):
    """What decides who can read a file: numeric owner and group, permission bits, and the value of its access list."""

    owner: int
    group: int
    mode: int
    access_list: bytes = b""


def look(path: str) -> Optional[KeyFile]:
    """A file that holds a private key, or will; None where it holds none, or cannot be looked at, which other checks report."""
    coming = intended.foretold(path)
    if coming is not None and min(coming.owner, coming.group) >= 0:
        return KeyFile(coming.owner, coming.group, coming.mode)
    try:
        descriptor, info = reading.open_regular(path)
    except (OSError, UnsafePath):
        return None
    try:
        if _MARK not in reading.content(descriptor, info, path, "pem"):
            return None
        lists = [value for name, value in attributes_of(descriptor, info).extended if name == ACCESS_LIST]
    except (OSError, UnsafePath):
        return None
    finally:
        os.close(descriptor)
    return KeyFile(info.st_uid, info.st_gid, stat.S_IMODE(info.st_mode), (lists + [b""])[0])


def readers(key: KeyFile, identity: Optional[Identity]) -> List[str]:
    """Who can read the key and must not, in words; empty if nobody can.

    Without an identity the daemon's groups are not known, so only what everybody may do, and other owners, count.
    """
    known = {0, os.geteuid()} | ({identity.uid} if identity else set())
    groups = {0} | ({identity.gid, *identity.groups} if identity else {key.group})
    found = [] if key.owner in known or identity is None else ["its owner %s" % user_name(key.owner)]
    users, named, mask = _named(key.access_list)
    if key.mode >> 3 & _READ & mask and key.group not in groups:
        found.append("the group %s" % group_name(key.group))
    found += ["%s by an access list" % user_name(user) for user in sorted(users - known)]
    found += ["the group %s by an access list" % group_name(group) for group in sorted(named - groups)]
    return found + (["every account"] if key.mode & _READ else [])


def _named(access_list: bytes) -> Tuple[Set[int], Set[int], int]:
    """The users and groups that an access list lets read, and its mask."""
    places = range(4, len(access_list) - 7, 8)
    entries: List[Tuple[int, int, int]] = [struct.unpack_from("<HHI", access_list, place) for place in places]
    mask = next((bits for tag, bits, _number in entries if tag == _MASK), 7)
    users, groups = (
        {number for tag, bits, number in entries if tag == kind and bits & mask & _READ} for kind in (_USER, _GROUP)
    )
    return users, groups, mask
