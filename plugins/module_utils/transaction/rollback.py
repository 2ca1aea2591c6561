# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What putting back transactions would change."""

import os
from hashlib import sha256
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import PlanError
from ..files.safe_files import ACCESS_LIST, read_file
from ..files.safe_paths import UnsafePath
from ..host.accounts import group_name, user_name
from ..state import deployed_license
from . import backups
from .backups import BackupMissing, Saved

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


class _Step(NamedTuple):
    """What one transaction did to a file."""

    identifier: str
    saved: Saved

    @property
    def before(self) -> Present:
        return Present(self.saved.before, (self.saved.owner, self.saved.group, self.saved.mode))


def to_put_back(state_dir: str, transactions: Sequence[str]) -> Dict[str, List[Given]]:
    """The files that each transaction would put back, newest first. Raises PlanError where one cannot be."""
    found: Dict[str, List[Given]] = {}
    steps: Dict[str, List[_Step]] = {}
    for identifier in newest_first(transactions):
        found[identifier] = []
        try:
            saved = backups.load(state_dir, identifier)
        except BackupMissing as error:
            raise PlanError("%s; %s" % (error, backups.KEPT_WORDS))
        for one in saved:
            steps.setdefault(one.path, []).append(_Step(identifier, one))
    for path, chain in steps.items():
        present = _look(path)
        left = _still_due(chain, present)
        while left:
            step = left[0]
            if step.saved.after != present.digest:
                raise _changed_again(step)
            _refuse_damaged(state_dir, step)
            listed = ACCESS_LIST in (step.saved.extended or ())
            found[step.identifier].append(Given(path, present, step.before, listed))
            present = step.before
            # What was put back before a later transaction is not put back again.
            left = left[1:] and _still_due(left[1:], present)
    return found


def put_back(state_dir: str, found: Dict[str, List[Given]]) -> Iterator[str]:
    """Put back what `to_put_back` found, one transaction after the other; yields the name of each that is done. Raises
    TransactionError, and what `foresee_put_back` raises."""
    from .transaction import restore

    steps = [(one.path, one.present.digest, one.before.digest) for files in found.values() for one in files]
    deployed_license.foresee_put_back(state_dir, steps)
    for identifier, files in found.items():
        if files:
            restore(state_dir, identifier, paths=[one.path for one in files])
        yield identifier


def _still_due(chain: Sequence[_Step], present: Present) -> Sequence[_Step]:
    """The steps of one file, newest first, that are still to be undone: an interrupted run may have undone the first of them,
    or all. Raises PlanError where the file is at none of them."""
    for index in reversed(range(len(chain))):
        if chain[index].before == present:
            return chain[index + 1 :]
    for index, (_identifier, one) in enumerate(chain):
        if present.digest == one.before != one.after:
            return chain[index + 1 :]
        if present.digest == one.after:
            return chain[index:]
    raise _changed_again(chain[0])


def _refuse_damaged(state_dir: str, step: _Step) -> None:
    """Refuse, in check mode too, a backup that is not what the file was. Raises PlanError."""
    path = os.path.join(backups.directory_of(state_dir, step.identifier), step.saved.content)
    try:
        content = backups.content_of(state_dir, step.identifier, step.saved)
    except (OSError, UnsafePath) as error:
        reason = error.reason if isinstance(error, UnsafePath) else error.strerror
        raise PlanError(
            "%s, the backup of %s, cannot be read: %s; restore the file by hand" % (path, step.saved.path, reason)
        )
    if (sha256(content).hexdigest() if content is not None else "") != step.saved.before:
        raise PlanError(
            "%s is not what %s was; the backup is damaged, so restore the file by hand" % (path, step.saved.path)
        )


def _changed_again(step: _Step) -> PlanError:
    return PlanError(
        "%s was changed again after transaction %s; name the later transaction too" % (step.saved.path, step.identifier)
    )


def _look(path: str) -> Present:
    try:
        content, info = read_file(path)
    except (FileNotFoundError, NotADirectoryError):
        return Present("", (None, None, None))
    return Present(sha256(content).hexdigest(), (info.st_uid, info.st_gid, info.st_mode & 0o7777))
