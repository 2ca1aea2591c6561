# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that sign mail, and the selector with which each domain signs."""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ..apply import planned, prepare
from ..config import files as file_plan
from ..config.current import CurrentConfiguration
from ..config.files import FilePlan
from ..config.plan import NOTHING, DesiredSetting, Plan, Reload
from ..config.plan import plan as plan_settings
from ..daemon.version import of_package
from ..dkim import changes, configured, entries, key, report
from ..dkim import record as records
from ..dkim.configured import Signer
from ..dkim.entries import DesiredKey
from ..dkim.key import DEPLOYED, LEFT, MADE, REMOVED, REPLACED, CurrentKey, PlannedKey
from ..dkim.report import NONE, SWITCHED, WAITING, Judged, Named, Published
from ..ecconf.effective import Effective
from ..errors import PlanError
from ..files import intended, obstacles, reading
from ..files.named_paths import refuse_of_others
from ..files.planned import PlannedFile
from ..files.safe_paths import UnsafePath, is_written_by_root_alone
from ..host import accounts, dns
from ..host.tcp import Deadline
from ..pki.units import directories
from ..planned import Planned
from ..task import Task
from ..tls.files.judge import is_read_by
from ..tls.identity import daemon_identity

MOST = 0o640
REQUIRED, IGNORED, IGNORE = "required", "ignored", "ignore"
_READABLE = "give the key to a group of that user with mode 0640 (roles: momentum_security_group)"


class Site(NamedTuple):
    """The configuration, None where there is none yet, what it names, and the stanza that is managed; None where there is none."""

    now: Optional[CurrentConfiguration]
    reload: Optional[Reload]
    signers: List[Signer]
    stanza: Optional[Signer]


def current(path: str) -> CurrentKey:
    """Return what is at the path of a key. Raises UnsafePath, OSError."""
    return key.current(path)


def survey(task: Task, requested: Sequence[DesiredKey]) -> Site:
    """Read what the configuration signs with."""
    if not intended.exists(task.node.main) and not any(one.signs for one in requested):
        return Site(None, None, [], None)
    now, reload = prepare(task)
    found = configured.signers(now.effective)
    return Site(now, reload, found, configured.stanza_of(found, task.params["stanza"] or ""))


def place_of(task: Task, site: Site, one: DesiredKey) -> str:
    """Return the path of a key. Raises PlanError where others than root chose it."""
    if one.path:
        path, named = one.path, None
    else:
        path, named = configured.place(site.signers, site.stanza, task.node.prefix, one.domain, one.selector)
    if not os.path.isabs(path):
        raise PlanError("%s: its path %r is not absolute; name it with 'path'" % (one.name, path))
    if named is not None and path != configured.documented(task.node.prefix, one.domain, one.selector):
        remedy = "name the file of the key yourself with 'path' (roles: momentum_dkim_keys)"
        refuse_of_others("key", path, named.file, named.line, remedy)
    return path


def works_of(task: Task, site: Site, requested: Sequence[DesiredKey]) -> List[PlannedKey]:
    """Return what becomes of each key. Raises PlanError, CertificateError, UnsafePath, OSError."""
    places = [place_of(task, site, one) for one in requested]
    obstacles.refuse_twice("keys", places)
    return [key.planned(one, current(path), task.params["generate"]) for one, path in zip(requested, places)]


def published(task: Task, works: Sequence[PlannedKey]) -> List[Published]:
    """Return what the DNS has of each key that is to be there. One deadline is for all of them."""
    params = task.params
    if params["timeout"] <= 0:
        raise PlanError("timeout: %d seconds are no time; give 1 or more" % params["timeout"])
    asked = dns.servers(params["resolvers"])
    if params["publication"] == IGNORED:
        return [Published() for _one in works]
    deadline = Deadline(float(params["timeout"]))
    return [
        published_of(one.desired.name, one.key, asked, deadline) if one.desired.is_present else Published()
        for one in works
    ]


def published_of(name: str, private: Any, asked: Sequence[dns.Server], deadline: Deadline) -> Published:
    """Return what the DNS has of a private key at the name of its record."""
    answer = dns.txt(name, asked, deadline)
    if answer.texts is None:
        return Published(records.UNKNOWN, answer.reason)
    return Published(*records.compare(records.of_key(name, private), answer.texts), records.is_testing(answer.texts))


def refuse_unpublished(task: Task, site: Site, works: Sequence[PlannedKey], known: Sequence[Published]) -> None:
    """Raise PlanError where a key in use is replaced by one whose record is not published, and where another one than the published one would take
    the place of one that is missing."""
    used = changes.in_use(site.signers, works) if task.params["publication"] == REQUIRED else []
    for one, found in zip(works, known):
        if one.path not in used:
            continue
        if one.action == REPLACED and found.status != records.MATCH:
            raise PlanError(
                "%s: %s signs with this key, and the record of the given one is not published (%s); give it a selector of its own, publish %s "
                "first, or set publication to reported (roles: momentum_dkim_publication)"
                % (one.desired.name, one.desired.domain, found.words, records.of_key(one.desired.name, one.key).line)
            )
        if one.action in (MADE, DEPLOYED) and found.status == records.DIFFERS:
            raise PlanError(
                "%s: %s is to sign with this key, %s is missing, and a new one would not be the one of the record (%s); put the key back with "
                "content, have another selector sign, or set publication to reported (roles: momentum_dkim_publication)"
                % (one.desired.name, one.desired.domain, one.path, found.words)
            )


class Switches(NamedTuple):
    """The plan of the selectors, and by domain what becomes of each that is to sign."""

    plan: Plan
    by_domain: Dict[str, str]


def switches(task: Task, site: Site, works: Sequence[PlannedKey], known: Sequence[Published]) -> Switches:
    """Have each domain sign with its selector, once the record of that is published."""
    all_settings: List[DesiredSetting] = []
    by_domain: Dict[str, str] = {}
    for one, found in zip(works, known):
        if not one.desired.signs:
            continue
        if site.stanza is None:
            task.refuse_unless_announced(
                "%s: the configuration has no stanza opendkim to sign with; declare one with its headerlist (msys.momentum.config, "
                "roles: momentum_settings)" % one.desired.name
            )
            by_domain[one.desired.domain] = WAITING
            continue
        own, holds = changes.settings(site.signers, site.stanza, one)
        waits = not holds and task.params["publication"] == REQUIRED and found.status != records.MATCH
        by_domain[one.desired.domain] = WAITING if waits else NONE if holds else SWITCHED
        all_settings += [] if waits else own
        _warn_of_sha1(task, site.stanza, one)
    if site.now is None or site.reload is None or not all_settings:
        return Switches(NOTHING, by_domain)
    return Switches(plan_settings(site.now.configuration, site.reload, all_settings), by_domain)


def _warn_of_sha1(task: Task, stanza: Signer, one: PlannedKey) -> None:
    if stanza.digest == "rsa-sha1":
        task.warn(
            "%s: digest is rsa-sha1, which verifiers refuse (RFC 8301) and the record does not allow; set digest to rsa-sha256"
            % one.desired.name
        )


def signers_after(site: Site, stanza: Plan) -> List[Signer]:
    """Return what signs once the selectors are switched."""
    if not stanza.edits or site.reload is None:
        return site.signers
    return configured.signers(Effective(site.reload({edit.path: edit.after for edit in stanza.edits})))


def named_keys(task: Task, site: Site, listed: Sequence[str]) -> List[Named]:
    """Return the keys that the configuration names and the task does not list."""
    if task.params["named_keys"] == IGNORE:
        return []
    known = {os.path.realpath(path) for path in listed}
    found: List[Named] = []
    for signer in site.signers:
        if signer.key is None or not os.path.isabs(signer.pattern):
            continue
        for path in reading.find(signer.pattern):
            if os.path.realpath(path) not in known:
                known.add(os.path.realpath(path))
                found.append(_named(path, signer.key.file, signer.key.line))
    return found


def _named(path: str, file: str, line: int) -> Named:
    """Judge a key. Whoever owns a directory of keys puts into it what he likes, which is no reason to refuse all others."""
    try:
        now = current(path)
    except (UnsafePath, OSError) as error:
        return Named(path, (file, line), "", str(error))
    words = ""
    if now.problem:
        words = now.problem
    elif not is_written_by_root_alone(file):
        words = "others than root can write %s, which names it; list the key with its path" % file
    return Named(path, (file, line), now.readers, words)


def attributes(task: Task, works: Sequence[PlannedKey], named: Sequence[Named]) -> FilePlan:
    """Plan directories, owner, group and mode of all keys that are there afterwards."""
    params = task.params
    keys = {name: params[name] for name in ("owner", "group", "mode", "directory_mode")}
    paths = [one.path for one in works if one.key is not None] + [one.path for one in named if not one.words]
    desired = [file_plan.desired(dict(keys, path=path, source=None)) for path in paths]
    if any(one.mode & ~MOST for one in desired):
        raise PlanError(
            "mode %04o gives more than 0640, with which the daemon can read its keys; use that" % desired[0].mode
        )
    files = {one.path: one.found.file for one in works}
    look = file_plan.Look(
        lambda path: files[path] if path in files else current(path).file,
        intended.is_directory,
        accounts.known_user_id,
        accounts.known_group_id,
    )
    return file_plan.plan_files(desired, look, task.check_mode)


def refuse_open_directories(task: Task, works: Sequence[PlannedKey], files: FilePlan) -> None:
    """Raise CertificateError where others could exchange a key that is written."""
    becomes = directories.stays if task.handover is None else task.handover.becomes
    for one in works:
        if one.is_new:
            owner = _owner_of(files, one)
            directories.refuse_open(one.path, owner, becomes)
            directories.refuse_open_above(one.path, owner, becomes)


def _owner_of(files: FilePlan, one: PlannedKey) -> int:
    attributes = files.attributes.get(one.path)
    return attributes[0] if attributes else one.found.file.owner if one.found.file else 0


def warn(task: Task, site: Site, works: Sequence[PlannedKey], named: Sequence[Named], files: FilePlan) -> None:
    """Warn of keys that are weak, left alone or disclosed, and of those that the daemon cannot read."""
    for one in works:
        if one.key is not None and key.is_weak(one.key):
            task.warn(
                "%s: the key has less than 2048 bits, which the manual recommends; have another selector sign"
                % one.desired.name
            )
    for other in named:
        if other.words:
            task.warn("%s is left as it is: %s" % (other.path, other.words))
    for words in report.disclosures(works, named):
        task.warn(words)
    identity = None if site.now is None else daemon_identity(site.now.effective)
    for asked in files.requested:
        owner, group, mode = asked.owner or 0, asked.group or 0, asked.mode or 0
        if identity is not None and min(owner, group) >= 0 and not is_read_by(identity, owner, group, mode):
            task.warn("%s: the daemon's user %s cannot read the key; %s" % (asked.path, identity.name, _READABLE))


def without_used(task: Task, works: Sequence[PlannedKey], after: Sequence[Signer]) -> List[PlannedKey]:
    """Leave keys that are to be removed while something signs with them."""
    used = changes.in_use(after, works)
    found = []
    for one in works:
        if one.action == REMOVED and one.path in used:
            one = one._replace(action=LEFT)
            task.warn(
                "%s: %s is not removed, because the configuration still signs with it" % (one.desired.name, one.path)
            )
        elif one.action == REMOVED and one.found.problem:
            raise PlanError(
                "%s: %s. It is not removed; see whether it is the right file" % (one.desired.name, one.found.problem)
            )
        found.append(one)
    return found


def judged(
    task: Task,
    site: Site,
    works: Sequence[PlannedKey],
    known: Sequence[Published],
    switch: Switches,
    after: Sequence[Signer],
) -> List[Judged]:
    """Put together what is reported of each key."""
    used = changes.in_use(site.signers, works)
    return [
        Judged(
            one,
            found,
            switch.by_domain.get(one.desired.domain, NONE) if one.desired.signs else NONE,
            configured.signing(after, site.stanza, one.desired.domain) if one.desired.protocol == entries.DKIM else [],
            task.check_mode and one.action == MADE,
            one.path in used,
        )
        for one, found in zip(works, known)
    ]


def plan(task: Task) -> Planned:
    """Plan all keys, and the selectors of the domains, and write both as one."""
    requested = entries.all_desired(task.params["keys"])
    entries.refuse_version(requested, lambda: task.params["version"] or of_package(task.node))
    site = survey(task, requested)
    works = works_of(task, site, requested)
    known = published(task, works)
    refuse_unpublished(task, site, works, known)
    switch = switches(task, site, works, known)
    after = signers_after(site, switch.plan)
    works = without_used(task, works, after)
    named = named_keys(task, site, [one.path for one in works])
    files = attributes(task, works, named)
    refuse_open_directories(task, works, files)
    warn(task, site, works, named, files)
    results = judged(task, site, works, known, switch, after)
    own = {
        "signing_keys": [one.shown() for one in results],
        "named": [one.shown() for one in named],
        "summary": [words for one in results for words in one.sentences()] + report.disclosures(works, named),
    }
    whole = planned(
        task,
        changes.together(works, files, switch.plan, changes.in_use(after, works)),
        files.attributes,
        files.directories,
        **own,
    )
    whole.result["diff"] = changes.differences(whole.result["diff"], works)
    return whole._replace(files=[*whole.files, *removed(works)], requested=files.requested)


def removed(works: Sequence[PlannedKey]) -> List[PlannedFile]:
    """Return the files that are removed."""
    return [
        PlannedFile(one.path, one.found.file.content, None)
        for one in works
        if one.action == REMOVED and one.found.file is not None
    ]
