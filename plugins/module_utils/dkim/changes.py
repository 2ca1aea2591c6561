# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes that planned keys amount to: of files, and of the options that select a key. Nothing is read but where links lead."""

from typing import Dict, List, Sequence, Tuple

from ..config import files as file_plan
from ..config.files import FilePlan
from ..config.plan import Change, DesiredSetting, FileEdit, Plan
from ..ecconf.paths import format_path
from ..errors import PlanError
from . import configured
from .configured import Signer
from .key import REMOVED, REPLACED, PlannedKey


def in_use(signers: Sequence[Signer], works: Sequence[PlannedKey]) -> List[str]:
    """Return the paths of those keys with which something signs: a scope of their domain, another one that names the file, or a stanza that
    signs for any domain."""
    return [one.path for one in works if any(_leads_to(each, one) for each in _of(signers, one))]


def _of(signers: Sequence[Signer], one: PlannedKey) -> List[Signer]:
    """The scopes that sign for the domain of a key, and any scope that names its file. A stanza with one file for all domains signs for others
    with it, where the domain has a scope of its own."""
    named = [each for each in signers if each.file and configured.is_same_file(each.file, one.path)]
    own = {each.path[:-1] for each in signers if each.domain.lower() == one.desired.domain}
    return named + [each for each in signers if not each.domain and (each.path not in own or not each.is_of_domain)]


def _leads_to(signer: Signer, one: PlannedKey) -> bool:
    if signer.key is None or not signer.selector:
        return False
    domain = signer.domain or one.desired.domain
    path = configured.expanded(str(signer.key.value), domain, signer.selector)
    return configured.is_same_file(path, one.path)


def settings(signers: List[Signer], stanza: Signer, one: PlannedKey) -> Tuple[List[DesiredSetting], bool]:
    """Return what makes the configuration sign with a key, and whether it does so already. Raises PlanError where the scope of the domain signs as
    another one."""
    desired = one.desired
    scopes = configured.of_domain(signers, stanza, desired.domain)
    if not scopes:
        _refuse_other_domain(signers, stanza, one)
    new = Signer(stanza.path + (("dkim_domain", desired.domain),), desired.domain, "", stanza.key, stanza.digest)
    found, holds = [], True
    for scope in scopes or [new]:
        found.append(DesiredSetting(scope.path, "selector", desired.selector))
        named = "" if scope.key is None else str(scope.key.value)
        leads_to = configured.expanded(named, scope.domain, desired.selector)
        if not configured.is_same_file(leads_to, one.path):
            found.append(DesiredSetting(scope.path, "key", one.path))
            holds = False
        holds = holds and scope.selector == desired.selector
    return found, holds


def _refuse_other_domain(signers: List[Signer], stanza: Signer, one: PlannedKey) -> None:
    """The scope of the domain would sign as the other one, with a selector for which that has no record."""
    for each in signers:
        if each.path[:-1] == stanza.path and each.instance.lower() == one.desired.domain:
            raise PlanError(
                "%s: %s signs as %s (base_domain), so that no mail is signed as %s; list the key for %s, or take base_domain out of that scope"
                % (one.desired.name, format_path(each.path), each.domain, one.desired.domain, each.domain)
            )


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
