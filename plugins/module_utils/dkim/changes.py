# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes that planned keys amount to: of files, and of the options that select a key. Pure."""

import os
from typing import Dict, List, Sequence, Tuple

from ..config import files as file_plan
from ..config.files import FilePlan
from ..config.plan import Change, DesiredSetting, FileEdit, Plan
from . import configured
from .configured import Signer
from .key import REMOVED, REPLACED, PlannedKey


def in_use(signers: Sequence[Signer], works: Sequence[PlannedKey]) -> List[str]:
    """Return the paths of those keys that sign for their domain: in a scope of it, or in a stanza that signs for any."""
    return [one.path for one in works if any(_leads_to(each, one) for each in _of(signers, one))]


def _of(signers: Sequence[Signer], one: PlannedKey) -> List[Signer]:
    """The scopes that sign for the domain of a key, and any scope that names its file."""
    named = [each for each in signers if each.file and os.path.normpath(each.file) == os.path.normpath(one.path)]
    own = {each.path[:-1] for each in signers if each.domain.lower() == one.desired.domain}
    return named + [each for each in signers if not each.domain and each.path not in own]


def _leads_to(signer: Signer, one: PlannedKey) -> bool:
    if signer.key is None or not signer.selector:
        return False
    domain = signer.domain or one.desired.domain
    path = configured.expanded(str(signer.key.value), domain, signer.selector)
    return os.path.normpath(path) == os.path.normpath(one.path)


def settings(signers: List[Signer], stanza: Signer, one: PlannedKey) -> Tuple[List[DesiredSetting], bool]:
    """Return what makes the configuration sign with a key, and whether it does so already."""
    desired = one.desired
    scopes = configured.of_domain(signers, stanza, desired.domain)
    new = Signer(stanza.path + (("dkim_domain", desired.domain),), desired.domain, "", stanza.key, stanza.digest)
    found, holds = [], True
    for scope in scopes or [new]:
        found.append(DesiredSetting(scope.path, "selector", desired.selector))
        named = "" if scope.key is None else str(scope.key.value)
        leads_to = configured.expanded(named, scope.domain, desired.selector)
        if os.path.normpath(leads_to) != os.path.normpath(one.path):
            found.append(DesiredSetting(scope.path, "key", one.path))
            holds = False
        holds = holds and scope.selector == desired.selector
    return found, holds


def together(works: Sequence[PlannedKey], files: FilePlan, stanza: Plan, used: Sequence[str]) -> Plan:
    """One plan of keys and selectors. The daemon has to load a key in use, and remembers that it was missing
    (neg_keycache_ttl)."""
    edits = [
        FileEdit(one.path, one.found.file.content if one.found.file else None, one.content)
        for one in works
        if one.content is not None
    ]
    made = [
        one._replace(activation="reload") if one.file in used and one.action == "create" else one
        for one in files.changes
    ]
    files = files._replace(changes=made)
    steps = [
        Change(one.path, 0, "", "", "set", None, None, "reload" if one.path in used else "none")
        for one in works
        if one.action == REPLACED
    ]
    steps += [Change(one.path, 0, "", "", "remove", None, None, "none") for one in works if one.action == REMOVED]
    return file_plan.merge(files, Plan(edits + stanza.edits, steps + stanza.changes, stanza.warnings))


def differences(shown: Sequence[Dict[str, str]], works: Sequence[PlannedKey]) -> List[Dict[str, str]]:
    """The difference without a byte of a key."""
    paths = {one.path for one in works}
    own = [
        {
            "before_header": one.path,
            "after_header": one.path,
            "prepared": "%s: the key is %s\n" % (one.path, one.action),
        }
        for one in works
        if one.is_new or one.action == REMOVED
    ]
    return [one for one in shown if one.get("before_header") not in paths] + own
