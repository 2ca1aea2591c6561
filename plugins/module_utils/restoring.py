# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What putting back transactions would change."""

from hashlib import sha256
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from . import backups
from .backups import BackupMissing, Saved
from .errors import PlanError
from .files import read_file

Attributes = Tuple[Optional[int], Optional[int], Optional[int]]


class Present(NamedTuple):
    """A file as it is: SHA-256 ('' for no file), and owner, group, mode."""

    digest: str
    attributes: Attributes


def newest_first(transactions: Sequence[str]) -> List[str]:
    """Each transaction once; their names sort by time."""
    return sorted(set(transactions), reverse=True)


def to_put_back(state_dir: str, transactions: Sequence[str]) -> Dict[str, List[str]]:
    """The files that each transaction would put back, newest first. Raises PlanError where one cannot be."""
    seen: Dict[str, Present] = {}
    found: Dict[str, List[str]] = {}
    for identifier in newest_first(transactions):
        try:
            saved = backups.load(state_dir, identifier)
        except BackupMissing as error:
            raise PlanError("%s; only the last %d transactions are kept" % (error, backups.KEPT))
        found[identifier] = [one.path for one in saved if _differs(one, identifier, seen)]
    return found


def _differs(one: Saved, identifier: str, seen: Dict[str, Present]) -> bool:
    present = seen.get(one.path) or _look(one.path)
    before = Present(one.before, (one.owner, one.group, one.mode))
    if present == before or present.digest == one.before != one.after:
        return False
    if present.digest != one.after:
        raise PlanError(
            "%s was changed again after transaction %s; name the later transaction too" % (one.path, identifier)
        )
    seen[one.path] = before
    return True


def _look(path: str) -> Present:
    try:
        content, info = read_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return Present("", (None, None, None))
    return Present(sha256(content).hexdigest(), (info.st_uid, info.st_gid, info.st_mode & 0o7777))
