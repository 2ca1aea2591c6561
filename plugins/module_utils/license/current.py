# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The licence as it is on the node.

It is the file `license` in etc, or the one that the option License names (page *license*). What is in it is signed, and in a form that is
not documented: nothing here looks for a date or an address in it.
"""

import hashlib
import os
from typing import Callable, Dict, NamedTuple, Optional, Sequence, Tuple

from ..ecconf.effective import Effective
from ..files.current import current_file
from ..files.safe_paths import UnsafePath
from ..security.stanza import declared
from ..tls.files.judge import Identity, unreadable
from ..tls.identity import daemon_identity

KIND = "license"  # of reading.LIMITS
_OTHERS_WRITE = 0o022


class CurrentLicense(NamedTuple):
    """A licence. path: where Momentum looks for it. setting: file and line of the option License; '' and 0 without one. digest: the SHA-256 of
    its content in hexadecimal, '' where there is none. attributes: numeric owner and group, and permission bits; None where there is no file.
    flaw: why the file is no licence, such as that it is missing; '' for one that may be. closed: why the daemon's user cannot open it; ''
    where it can, or where that is not known (in a chroot, or without a user who is known)."""

    path: str
    setting: Tuple[str, int] = ("", 0)
    digest: str = ""
    attributes: Optional[Tuple[int, int, int]] = None
    flaw: str = ""
    closed: str = ""

    @property
    def is_present(self) -> bool:
        """Whether there is a file that may be a licence."""
        return self.attributes is not None and not self.flaw

    @property
    def is_open_to_others(self) -> bool:
        """Whether others than its owner may write it, which would invalidate it."""
        return self.attributes is not None and bool(self.attributes[2] & _OTHERS_WRITE)


CanOpen = Callable[[Sequence[str], Optional[Identity]], Dict[str, str]]


def place(effective: Effective, prefix: str) -> Tuple[str, Tuple[str, int]]:
    """Return the path of the licence, and file and line of the option that names it ('' and 0 for the default place)."""
    setting = effective.get((), "License")
    if setting is None or not str(setting.value):
        return os.path.join(prefix, "etc", "license"), ("", 0)
    return str(setting.value), (setting.file, setting.line)


def current(effective: Effective, prefix: str, can_open: CanOpen = unreadable) -> CurrentLicense:
    """Return the licence of a node. can_open: which paths an account cannot open, and why. Reads only."""
    path, setting = place(effective, prefix)
    found = CurrentLicense(path, setting)
    if not os.path.isabs(path):
        return found._replace(flaw="is no absolute path, and no page says relative to what")
    try:
        # By no link that another account could have made: what is reported of the file would be reported of any.
        file = current_file(path, KIND)
    except (UnsafePath, OSError) as error:
        return found._replace(flaw=getattr(error, "reason", "") or str(getattr(error, "strerror", error)))
    if file is None:
        return found._replace(flaw="does not exist")
    return found._replace(
        digest=digest(file.content),
        attributes=file.attributes,
        flaw="" if file.content.strip() else "is empty",
        closed=_closed(effective, path, can_open),
    )


def digest(content: bytes) -> str:
    """Return the SHA-256 of a licence in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _closed(effective: Effective, path: str, can_open: CanOpen) -> str:
    """Why the daemon, which validates it every 15 minutes, cannot open it. In a chroot the path leads elsewhere, and nothing is known."""
    identity = daemon_identity(effective)
    if identity is None or declared(effective).chroot is not None:
        return ""
    return can_open([path], identity).get(path, "")
