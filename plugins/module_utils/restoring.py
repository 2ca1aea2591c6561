# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What putting back transactions would change."""

from hashlib import sha256
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from . import backups
from .accounts import group_name, user_name
from .backups import BackupMissing, Saved
from .errors import PlanError
from .files import ACCESS_LIST, read_file

Attributes = Tuple[Optional[int], Optional[int], Optional[int]]


class Present(NamedTuple):
    """A file as it is: SHA-256 ('' for no file), and owner, group, mode."""

    digest: str
    attributes: Attributes


class Given(NamedTuple):
    """A file that would be put back: as it is, as it was, and whether it had an access list then."""

    path: str
    present: Present
    before: Present
    access_list: bool

    @property
    def warning(self) -> str:
        """What an account gets back that it has no more: the ownership, or what a list says. Empty for nothing."""
        owner = self.before.attributes[0]
        given = owner not in (None, 0, self.present.attributes[0])
        words = ["belongs to %s again" % user_name(owner)] if given and owner is not None else []
        words += ["has its former access list"] if self.access_list else []
        return "%s %s" % (self.path, " and ".join(words)) if words else ""

    def shown(self) -> Dict[str, Any]:
        """For the result of a module: `before` and `after` the run."""
        before, after = _text(self.present.attributes), _text(self.before.attributes)
        return {"path": self.path, "before": before, "after": after, "access_list": self.access_list}


def _text(attributes: Attributes) -> str:
    """OWNER:GROUP MODE; empty for no file."""
    owner, group, mode = attributes
    if owner is None or group is None or mode is None:
        return ""
    return "%s:%s %04o" % (user_name(owner), group_name(group), mode)


def newest_first(transactions: Sequence[str]) -> List[str]:
    """Each transaction once; their names sort by time."""
    return sorted(set(transactions), reverse=True)


def to_put_back(state_dir: str, transactions: Sequence[str]) -> Dict[str, List[Given]]:
    """The files that each transaction would put back, newest first. Raises PlanError where one cannot be."""
    seen: Dict[str, Present] = {}
    found: Dict[str, List[Given]] = {}
    for identifier in newest_first(transactions):
        try:
            saved = backups.load(state_dir, identifier)
        except BackupMissing as error:
            raise PlanError("%s; only the last %d transactions are kept" % (error, backups.KEPT))
        given = [_given(one, identifier, seen) for one in saved]
        found[identifier] = [one for one in given if one is not None]
    return found


def _given(one: Saved, identifier: str, seen: Dict[str, Present]) -> Optional[Given]:
    present = seen.get(one.path) or _look(one.path)
    before = Present(one.before, (one.owner, one.group, one.mode))
    if present == before or present.digest == one.before != one.after:
        return None
    if present.digest != one.after:
        raise PlanError(
            "%s was changed again after transaction %s; name the later transaction too" % (one.path, identifier)
        )
    seen[one.path] = before
    return Given(one.path, present, before, ACCESS_LIST in (one.extended or ()))


def _look(path: str) -> Present:
    try:
        content, info = read_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return Present("", (None, None, None))
    return Present(sha256(content).hexdigest(), (info.st_uid, info.st_gid, info.st_mode & 0o7777))
