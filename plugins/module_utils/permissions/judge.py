# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be done with one object. Pure: everything that counts is in the arguments.

The rules are those of systemd-tmpfiles (unsafe transitions, hard links) and of permctl (unknown integrity).
A directory is *safe* when nobody but root can exchange its entries, and those of no directory above it. What lies
elsewhere may have been put there by a service user, so it has to prove whose it is.
"""

import os
import stat
from typing import Callable, FrozenSet, NamedTuple, Optional, Tuple

from .rules import NOT_ASKED, SEARCHED, Rule
from .umask import Subject, class_of, need_of, permits

FINE, CHANGE, REFUSE, LINK, SPECIAL = "fine", "change", "refuse", "link", "special"
SET_ID = stat.S_ISUID | stat.S_ISGID


class Attributes(NamedTuple):
    """Owner, group and permission bits."""

    uid: int
    gid: int
    mode: int


# What a reason says of an object that an account left whose name, in take_over_from, is what helps.
UNKNOWN_OWNER = "which is neither root, nor the owner asked for, nor in take_over_from"


class Seen(NamedTuple):
    """What lstat(2) says of an object: type and mode, owner, group, and the number of its names."""

    mode: int
    uid: int
    gid: int
    links: int

    @classmethod
    def of(cls, info: os.stat_result) -> "Seen":
        """What counts of a stat result."""
        return cls(info.st_mode, info.st_uid, info.st_gid, info.st_nlink)

    @property
    def attributes(self) -> Attributes:
        """Owner, group and permission bits."""
        return Attributes(self.uid, self.gid, stat.S_IMODE(self.mode))


class Policy(NamedTuple):
    """What holds for a whole run.

    known: numbers of the accounts, root among them, whose objects may be taken over.
    protected: whether the kernel lets nobody link to the files of others (fs.protected_hardlinks, proc(5)).
    subject: the service account that must reach the trees that are requested.
    repair: whether the trees that it cannot reach are opened to it.
    name: returns the name of an account by its number, or the number as text.
    """

    known: FrozenSet[int]
    protected: bool
    subject: Optional[Subject] = None
    repair: bool = False
    name: Callable[[int], str] = str

    def account(self, number: int) -> str:
        """An account in the words of a reason."""
        name = self.name(number)
        return "uid %d" % number if name == str(number) else "%s (uid %d)" % (name, number)


class Setting(NamedTuple):
    """Where an object lies: in a safe directory or not, the owner of that directory, whether a rule names it (and not only
    the tree around it), and what the service must be able to do with it."""

    safe: bool
    parent: int
    direct: bool
    reach: int = NOT_ASKED


class Verdict(NamedTuple):
    """What is to be done: `action`, the attributes requested (for a change), the reason of a refusal, and whether the
    service is kept out now (by the mode alone)."""

    action: str
    requested: Attributes
    reason: str = ""
    kept_out: bool = False


def judge(seen: Seen, rule: Optional[Rule], setting: Setting, policy: Policy) -> Verdict:
    """Decide about one object."""
    present = seen.attributes
    special = _special(seen, rule, setting)
    if special is not None:
        return Verdict(special[0], present, special[1])
    requested, kept_out = _requested(seen, rule, setting, policy)
    reason = _objection(seen, requested, rule, setting, policy)
    if reason:
        return Verdict(REFUSE, present, reason, kept_out)
    return Verdict(FINE if requested == present else CHANGE, requested, "", kept_out)


def _special(seen: Seen, rule: Optional[Rule], setting: Setting) -> Optional[Tuple[str, str]]:
    if stat.S_ISLNK(seen.mode):
        if setting.direct:
            return REFUSE, "is a symbolic link; name what it points to instead"
        if not setting.safe or seen.uid != 0:
            return REFUSE, "is a symbolic link that a service user could have made"
        return LINK, ""
    if stat.S_ISREG(seen.mode) or stat.S_ISDIR(seen.mode):
        return None
    if stat.S_ISCHR(seen.mode) or stat.S_ISBLK(seen.mode):
        return REFUSE, "is a device"
    return None if setting.direct and rule is not None else (SPECIAL, "")


def _requested(seen: Seen, rule: Optional[Rule], setting: Setting, policy: Policy) -> Tuple[Attributes, bool]:
    requested = seen.attributes
    directory = stat.S_ISDIR(seen.mode)
    if rule is not None and rule.managed:
        mode = rule.directory_mode if directory else rule.mode
        requested = Attributes(
            requested.uid if rule.owner is None else rule.owner,
            requested.gid if rule.group is None else rule.group,
            requested.mode if mode is None else mode.of(requested.mode, directory),
        )
    if not setting.reach or policy.subject is None:
        return requested, False
    need = need_of(directory, setting.reach == SEARCHED)
    kept_out = not permits(policy.subject, seen.mode, seen.uid, seen.gid, need)
    if policy.repair and not permits(policy.subject, requested.mode, requested.uid, requested.gid, need):
        requested = _opened(requested, need, setting.reach == SEARCHED, policy.subject)
    return requested, kept_out


def _opened(requested: Attributes, need: int, on_the_way: bool, subject: Subject) -> Attributes:
    """The least that lets the service in: its own bits, those of its group, and for directories on the way, which are not
    the service's own, to be searched by all."""
    shift = class_of(subject, requested.uid, requested.gid)
    if shift or on_the_way:
        return requested._replace(mode=requested.mode | need << shift)
    return requested._replace(gid=subject.gid, mode=requested.mode & ~0o070 | need << 3)


def _objection(seen: Seen, requested: Attributes, rule: Optional[Rule], setting: Setting, policy: Policy) -> str:
    """Why an object must be left alone; empty if nothing speaks against it."""
    managed = rule is not None and rule.managed
    changing = requested != seen.attributes
    if managed and rule is not None and rule.problem:
        return rule.problem
    if not (managed or changing or stat.S_ISDIR(seen.mode)):
        return ""
    return (
        _unknown_owner(seen, rule, setting, policy, changing)
        or _several_names(seen, setting, changing)
        or _set_id(seen, requested, rule, setting, changing)
        or (_unproven(seen, requested, setting, policy) if changing else "")
    )


def _unknown_owner(seen: Seen, rule: Optional[Rule], setting: Setting, policy: Policy, changing: bool) -> str:
    expected = seen.uid in policy.known or (rule is not None and rule.owner == seen.uid)
    if not expected and (changing or not setting.safe or stat.S_ISDIR(seen.mode)):
        return "belongs to %s, %s" % (policy.account(seen.uid), UNKNOWN_OWNER)
    if not setting.safe and setting.parent not in (0, seen.uid) and seen.uid != 0:
        if rule is None or rule.owner != seen.uid:
            accounts = policy.account(seen.uid), policy.account(setting.parent)
            return "belongs to %s in a directory of %s: an unsafe transition" % accounts
    return ""


def _several_names(seen: Seen, setting: Setting, changing: bool) -> str:
    if stat.S_ISDIR(seen.mode) or seen.links < 2 or (setting.safe and not changing):
        return ""
    return "has %d hard links: what is done to it is done to files elsewhere" % seen.links


def _set_id(seen: Seen, requested: Attributes, rule: Optional[Rule], setting: Setting, changing: bool) -> str:
    """Set-id bits of files are neither lost nor given away in passing. Of directories they only say which group new files
    get."""
    if stat.S_ISDIR(seen.mode) or not seen.mode & SET_ID:
        return ""
    if setting.direct and rule is not None and rule.mode is not None and rule.mode.exact:
        return ""
    if not setting.safe:
        return "has a set-id bit (mode %04o) where a service user could have put it" % stat.S_IMODE(seen.mode)
    given = (requested.uid, requested.gid) != (seen.uid, seen.gid)
    if changing and (given or seen.mode & SET_ID & ~requested.mode):
        return "has a set-id bit (mode %04o): name it in an entry of its own" % stat.S_IMODE(seen.mode)
    return ""


def _unproven(seen: Seen, requested: Attributes, setting: Setting, policy: Policy) -> str:
    """Without fs.protected_hardlinks a file of root in a service user's directory may be a link to any file of root whose
    other name is gone since; and a directory that is taken from a service user may be full of such."""
    if policy.protected:
        return ""
    gives = (requested.uid, requested.gid) != (seen.uid, seen.gid) or requested.mode & ~seen.mode & 0o077
    if stat.S_ISDIR(seen.mode):
        closes = _open_to_services(seen.attributes) and not _open_to_services(requested)
        return "fs.protected_hardlinks is 0: set it to 1 before this directory is taken over" if closes else ""
    if not setting.safe and seen.uid != setting.parent and gives:
        return "fs.protected_hardlinks is 0, so this may be a link to a file that lies elsewhere"
    return ""


def _open_to_services(attributes: Attributes) -> bool:
    return attributes.uid != 0 or bool(attributes.mode & 0o022)
