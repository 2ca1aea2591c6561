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


def in_use(signers: Sequence[Signer]) -> List[str]:
    """Return the paths of the keys that sign for a domain."""
    return [os.path.normpath(one.file) for one in signers if one.file]


def settings(signers: List[Signer], stanza: Signer, one: PlannedKey) -> Tuple[List[DesiredSetting], bool]:
    """Return what makes the configuration sign with a key, and whether it does so already."""
    desired = one.desired
    scopes = configured.of_domain(signers, stanza, desired.domain)
    new = Signer(stanza.path + (("dkim_domain", desired.domain),), desired.domain, "", stanza.key, stanza.digest)
    found, holds = [], True
    for scope in scopes or [new]:
        found.append(DesiredSetting(scope.path, "selector", desired.selector))
        leads_to = (
            "" if scope.key is None else configured.expanded(str(scope.key.value), desired.domain, desired.selector)
        )
        if os.path.normpath(leads_to) != os.path.normpath(one.path):
            found.append(DesiredSetting(scope.path, "key", one.path))
            holds = False
        holds = holds and scope.selector == desired.selector
    return found, holds


def together(works: Sequence[PlannedKey], files: FilePlan, stanza: Plan, used: Sequence[str]) -> Plan:
    """One plan of keys and selectors. A key in use has to be loaded anew."""
    edits = [
        FileEdit(one.path, one.found.file.content if one.found.file else None, one.content)
        for one in works
        if one.content is not None
    ]
    steps = [
        Change(one.path, 0, "", "", "set", None, None, "reload" if os.path.normpath(one.path) in used else "none")
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
