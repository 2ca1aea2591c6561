# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep an authority of our own: read its files, decide, and write what differs in one transaction."""

import os
from datetime import datetime, timedelta
from typing import Any, Dict, List, NamedTuple, Optional

from ...files.planned import PlannedFile, missing_above
from ...files.safe_files import read_file
from ...state import directory as state_directory
from ..certain import certain
from ..errors import CertificateError
from ..units import directories
from ..x509 import certificates, keys
from ..x509.certificates import Facts
from ..x509.lifetime import refuse_days, refuse_endless
from . import files as authority_files
from . import issuer, rollover
from . import root as authority
from .files import Edit, File, Paths
from .rollover import KEPT, Decision, Root, Roots
from .root import DesiredAuthority

LONGEST_PASSPHRASE = 1023  # bytes, of OpenSSL's PKCS#8
CORRECTED = "corrected"
_DIRECTORY_MODE = 0o700
_NEW = "new"


class Task(NamedTuple):
    """What is requested, where, and whether only to tell. passphrase: None for a key that is not encrypted."""

    desired: DesiredAuthority
    paths: Paths
    passphrase: Optional[bytes]
    renew: bool
    state_dir: str
    check_mode: bool


def keep(task: Task, now: datetime) -> Dict[str, Any]:
    """The module's result. now: aware, UTC. Raises CertificateError (nothing was written then), TransactionError,
    UnsafePath, OSError."""
    present = {path: look(path) for path in task.paths.all()}
    if len(task.passphrase or b"") > LONGEST_PASSPHRASE:
        raise CertificateError(
            "the passphrase is longer than %d bytes, which OpenSSL cannot take; use a shorter one" % LONGEST_PASSPHRASE
        )
    before = authority_files.read(task.paths, lambda path: present[path].content, task.passphrase)
    task = task._replace(desired=task.desired._replace(kind=_kind(task.desired, before)))
    refuse_impossible(task.desired, now)
    decision = rollover.decide(before, task.desired, now, task.renew)
    make = _foretell if task.check_mode else _make
    after = rollover.carry_out(
        before, decision, lambda generation: make(task.desired, generation, now, task.passphrase), task.desired, now
    )
    edits = authority_files.edits(after, task.paths, present)
    if edits:
        _refuse_open_directories(task.paths)
        state_directory.refuse([edit.path for edit in edits], [], task.state_dir)
    transaction = _write(edits, task) if edits and not task.check_mode else ""
    state = CORRECTED if edits and decision.state == KEPT else decision.state
    shown = _shown(after, decision._replace(state=state), task.desired, now)
    return dict(shown, changed=bool(edits), diff=_difference(before, after, edits, task), transaction=transaction)


def look(path: str) -> File:
    """A file as it is. Raises UnsafePath, OSError."""
    try:
        content, info = read_file(path, "pem")
    except (FileNotFoundError, NotADirectoryError):
        return File(None)
    return File(content, info.st_mode & 0o7777)


def _kind(desired: DesiredAuthority, roots: Roots) -> str:
    """The kind of the next key: the one asked for, else the one that the newest root has. Raises CertificateError."""
    newest = roots.following or roots.current
    if desired.kind or newest is None:
        return desired.kind or keys.DEFAULT_KIND
    kind = keys.successor(newest.facts.kind)
    if not kind:
        raise CertificateError(
            "the key of %s is %s, and no new key of that kind is made; set key_type, such as %s"
            % (newest.facts.subject, newest.facts.kind, keys.DEFAULT_KIND)
        )
    return kind


def _make(desired: DesiredAuthority, generation: int, now: datetime, passphrase: Optional[bytes]) -> Root:
    key = keys.generate(desired.kind)
    facts = certificates.facts_of(authority.build(key, desired, generation, now))
    return Root(facts, issuer.to_pem(key, passphrase))


def _foretell(desired: DesiredAuthority, generation: int, now: datetime, _passphrase: Optional[bytes]) -> Root:
    """A root as check mode tells of it: no key is made. Raises CertificateError as `_make` does."""
    name = authority.common_name(desired.name, generation)
    authority.refuse_name(desired.name, generation)
    end = now + timedelta(days=desired.days)
    facts = Facts(
        "CN=" + name, "CN=" + name, name, "", (), now, end, desired.kind, 0, "", (), True, _NEW, True, "", "", "", b""
    )
    return Root(facts)


def _refuse_open_directories(paths: Paths) -> None:
    directories.refuse_open(paths.key, os.geteuid())


def _write(edits: List[Edit], task: Task) -> str:
    from ...transaction.write import write

    owner, group = os.geteuid(), os.getegid()
    above = [
        directory
        for path in [edit.path for edit in edits] + [task.state_dir]
        for directory in missing_above(path, owner, group, _DIRECTORY_MODE)
    ]
    files = []
    for edit in edits:
        planned = PlannedFile(edit.path, edit.before.content, edit.after.content, mode=edit.after.mode)
        files.append(planned._replace(owner=owner, group=group) if planned.before is None else planned)
    return write(files, task.state_dir, above)


def _shown(roots: Roots, decision: Decision, desired: DesiredAuthority, now: datetime) -> Dict[str, Any]:
    facts, following = certain(roots.current).facts, roots.following
    starts = following.facts.not_before + timedelta(days=desired.announce_days) if following else None
    return {
        "state": decision.state,
        "reason": decision.reason,
        "fingerprint": facts.fingerprint if facts.pem else "",
        "subject_key": facts.subject_key,
        "not_after": _moment(facts.not_after),
        "days_left": facts.days_left(now),
        "share_left": round(facts.share_left(now), 4),
        "next_signs_from": _moment(starts) if starts else "",
        "roots": [_root(role, root, desired) for role, root in _roles(roots)],
        "bundle": rollover.bundle(roots).decode("ascii"),
    }


def _roles(roots: Roots) -> List[Any]:
    known = [("signs", roots.current), ("announced", roots.following)] + [("trusted", root) for root in roots.previous]
    return [(role, root) for role, root in known if root is not None]


def _root(role: str, root: Root, desired: DesiredAuthority) -> Dict[str, Any]:
    return {
        "role": role,
        "subject": root.facts.subject,
        "fingerprint": root.facts.fingerprint if root.facts.pem else "",
        "not_after": _moment(root.facts.not_after),
        "trusted_until": _moment(rollover.trusted_until(root, desired.leaf_days)),
    }


def _difference(before: Roots, after: Roots, edits: List[Edit], task: Task) -> List[Dict[str, str]]:
    """What changes, in words that are the same in check mode and in a run: nothing random, no moment, no key."""
    if not edits:
        return []
    known = {root.facts.fingerprint for root in before.all()}
    title = "authority %s (%s)" % (task.desired.name, task.paths.certificate)
    old, new = _lines(before, known), _lines(after, known)
    if old == new:
        old += ["file %s: %s" % (edit.path, _words(edit.before, edit.before)) for edit in edits]
        new += ["file %s: %s" % (edit.path, _words(edit.after, edit.before)) for edit in edits]
    return [{"before_header": title, "after_header": title, "before": _text(old), "after": _text(new)}]


def _lines(roots: Roots, known: Any) -> List[str]:
    return [
        "%s: %s, %s, fingerprint %s"
        % (
            role,
            root.facts.subject,
            root.facts.kind,
            root.facts.fingerprint if root.facts.fingerprint in known else _NEW,
        )
        for role, root in _roles(roots)
    ]


def _words(file: File, before: File) -> str:
    if file.content is None:
        return "absent"
    content = "" if file.content == before.content else ", other content"
    return "%04o%s%s" % (file.mode or 0, ", encrypted" if issuer.is_protected(file.content) else "", content)


def _text(lines: List[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse_impossible(desired: DesiredAuthority, now: datetime) -> None:
    """Raise CertificateError for figures that leave no time to cross over from one root to the next, or lead beyond what dates
    can say. now: aware, UTC."""
    from .signing import LONGEST_DAYS

    refuse_days(desired.days, now)
    refuse_endless(desired.days, desired.renew_at)
    if not 1 <= desired.leaf_days <= LONGEST_DAYS:
        raise CertificateError("leaf_days must lie between 1 and %d, not %d" % (LONGEST_DAYS, desired.leaf_days))
    if not 0 <= desired.announce_days < desired.days * desired.renew_at:
        raise CertificateError(
            "announce_days %d must be 0 or more, and less than what is left when the next root is made (%d days)"
            % (desired.announce_days, int(desired.days * desired.renew_at))
        )
