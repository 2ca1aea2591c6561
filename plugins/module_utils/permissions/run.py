# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run over a node: rules in, findings out. Looks up accounts and the kernel's protection of links."""

import os
import pwd
from functools import lru_cache
from typing import FrozenSet, NamedTuple, Optional, Sequence

from ..files import reading
from ..files.safe_paths import locate
from ..host.accounts import group_name, user_id, user_name
from .findings import Findings, Names
from .judge import Policy
from .rules import Rule, tree_of
from .umask import Subject
from .walk import Options, Walk

PROTECTION = "/proc/sys/fs/protected_hardlinks"


class Job(NamedTuple):
    """All that a run needs. take_over: accounts beside root whose objects may be taken over. reach: trees that `user`
    must be able to read. closed: directories that no outer tree goes into. watched: see Findings."""

    rules: Sequence[Rule]
    take_over: Sequence[str]
    user: str
    reach: Sequence[str]
    repair: bool
    closed: Sequence[str]
    options: Options
    limit: int = 200
    watched: FrozenSet[str] = frozenset()


def work(job: Job) -> Findings:
    """Walk the node. The process's own umask plays no part: every mode is set, none is inherited."""
    owners = [number for number in map(user_id, job.take_over) if number is not None]
    known = frozenset([0, os.geteuid()] + owners)
    subject = subject_of(job.user) if job.reach else None
    names = Names(lru_cache(None)(user_name), lru_cache(None)(group_name))
    policy = Policy(known, is_protected(), subject, job.repair, names.user)
    findings = Findings(names, job.limit, job.watched)
    top = tree_of(job.rules, job.reach if subject else (), job.closed)
    return Walk(policy, job.options, findings).run(top)


def is_protected(path: str = PROTECTION) -> bool:
    """Whether the kernel lets nobody make hard links to files that are none of theirs, proc(5)."""
    try:
        return reading.read(path, "line").strip() not in (b"", b"0")
    except OSError:
        return False


def subject_of(name: str) -> Optional[Subject]:
    """The account with all its groups; None if the node does not have it."""
    number = user_id(name)
    try:
        account = pwd.getpwuid(-1 if number is None else number)
    except (KeyError, OverflowError):
        return None
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return Subject(account.pw_name, account.pw_uid, account.pw_gid, frozenset(groups))


def real_path(path: str) -> str:
    """The path with all links on the way to its last component resolved, none of which a service user could have made.

    As given, where something on the way is missing. Raises UnsafePath."""
    try:
        with locate(path, follow=False) as place:
            return place.path
    except (FileNotFoundError, NotADirectoryError):
        return path
