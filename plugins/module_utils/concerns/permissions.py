# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners and modes by a manifest."""

import os
from typing import Any, Callable, Dict, List, Optional

from ..errors import MomentumError, PlanError
from ..host import accounts
from ..permissions import manifest, manifests_data, undo
from ..permissions.findings import Findings
from ..permissions.judge import UNKNOWN_OWNER
from ..permissions.run import Job, real_path, work
from ..permissions.umask import breaking_lines, read_startup_files
from ..permissions.walk import Options
from ..planned import Planned
from ..task import Task

ENTRY: Dict[str, Dict[str, Any]] = {
    "path": {"type": "str", "required": True},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "raw"},
    "directory_mode": {"type": "raw"},
    "recurse": {"type": "bool"},
    "exclude": {"type": "list", "elements": "str"},
}
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "state": {"type": "str", "choices": ["enforce", "audit"], "default": "enforce"},
    "role": {"type": "str", "choices": list(manifests_data.ROLES)},
    "version": {"type": "str"},
    "user": {"type": "str", "default": "ecuser"},
    "group": {"type": "str", "default": "ecuser"},
    "leave": {"type": "list", "elements": "str", "default": [], "choices": manifests_data.PARTS},
    "manual_modes": {"type": "list", "elements": "str", "default": [], "choices": manifests_data.SWITCHABLE},
    "entries": {"type": "list", "elements": "dict", "default": [], "options": ENTRY},
    "take_over_from": {"type": "list", "elements": "str"},
    "walk_spool": {"type": "bool", "default": False},
    "spool_dirs": {"type": "list", "elements": "path", "default": ["/var/spool/ecelerity"]},
    "other_file_systems": {"type": "bool", "default": False},
    "access_lists": {"type": "str", "choices": ["usual", "all"], "default": "usual"},
    "refused": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    "umask": {"type": "str", "choices": ["ignore", "report", "repair"], "default": "report"},
    "reach": {"type": "list", "elements": "path"},
    "limit": {"type": "int", "default": 200},
}

NEWEST = "5.3"  # of the manuals that the built-in manifests follow
TAKE_OVER = (
    "To take over the files of an account, name it, and the daemon's user, in take_over_from (roles: momentum_permissions_take_over_from); "
    "give files that somebody planted to root, or remove them"
)


class Refused(MomentumError):
    """Objects were left alone, and the task says that this is a failure; with the result of the walk."""

    def __init__(self, words: str, result: Dict[str, Any]) -> None:
        super().__init__(words)
        self.result = result

    def details(self) -> Dict[str, Any]:
        """The result of the module."""
        return self.result


class Manager:
    """A task with what it says of the node: the entries, and the trees that the service must reach, found once."""

    def __init__(self, task: Task) -> None:
        self.task = task
        refuse_nothing(task.params)
        refuse_unknown(task)
        self.entries = entries_of(task)
        self.reach = reach_of(task)

    def walk(self, enforce: bool, journal: Optional[undo.Journal] = None) -> Findings:
        """Walk over the node. Links on the way to the paths are resolved now: the files of a plan may have brought them."""
        params = self.task.params
        spools = [real_path(manifest.normal(path)) for path in params["spool_dirs"]]
        state_dir = manifest.normal(params["state_dir"]) if params["state"] == "enforce" else ""
        job = Job(
            manifest.rules_of(self.entries, accounts.user_id, accounts.group_id, real_path),
            [params["user"]] if params["take_over_from"] is None else params["take_over_from"],
            params["user"],
            [real_path(path) for path in self.reach],
            params["umask"] == "repair",
            [] if params["walk_spool"] else spools,
            Options(enforce, params["other_file_systems"], params["access_lists"] == "all", state_dir, journal),
            params["limit"],
        )
        return work(job)

    def result(self, findings: Findings, warn: Callable[[str], None]) -> Dict[str, Any]:
        """Return what the module does of a walk. Raises Refused where the task says that what is refused is a failure."""
        params = self.task.params
        result = described(findings)
        lines = [] if params["umask"] == "ignore" else breaking_lines(read_startup_files())
        result["umask_lines"] = [line._asdict() for line in lines]
        result["changed"] = params["state"] == "enforce" and findings.differences.total > 0
        result["diff"] = [findings.diff()] if result["changed"] else []
        words = refusal(findings)
        if words and params["refused"] == "fail" and params["state"] == "enforce":
            # An account that is missing stops a run before anything else does.
            raise Refused(unknown_account(self.task) or words, result)
        if words:
            warn(words)
        return result


def plan(task: Task) -> Planned:
    """Plan owners and modes: what differs, and what is refused.

    A module on its own changes all that it can, whatever it refuses, so a single walk judges and changes. As a part of a node the plan
    only looks, and refuses before anything is written. A second walk changes what differs when the files of all parts are in place, if
    there is something to change: it can be undone.
    """
    manager = Manager(task)
    changes = task.params["state"] == "enforce" and not task.check_mode
    if changes and not task.is_part:
        return Planned({}, beside=lambda: manager.result(manager.walk(True), task.warn), writes=False)
    findings = manager.walk(False)
    if not changes or not (findings.differences.total or task.follows_changes):
        return Planned(manager.result(findings, task.warn), writes=False)
    journal = undo.Journal(task.node.state_dir)
    return Planned(
        manager.result(findings, lambda words: None),  # the second walk warns
        beside=lambda: manager.result(manager.walk(True, journal), task.warn),
        undo=lambda: undo.put_back(journal),
        writes=False,
    )


def refuse_nothing(params: Dict[str, Any]) -> None:
    """Raise PlanError for a task that manages nothing, or whose result could hold nothing."""
    if not (params["role"] or params["entries"] or params["reach"] or params["umask"] == "repair"):
        raise PlanError("nothing to manage: give a role, entries, or trees to reach")
    if params["limit"] < 1:
        raise PlanError("limit is %d; at least 1 is needed" % params["limit"])


def entries_of(task: Task) -> List[manifest.Entry]:
    """The built-in entries of the role, with those of the task laid over them."""
    params = task.params
    own = params["entries"]
    if not params["walk_spool"]:
        manifest.refuse_spools(own, params["spool_dirs"])
    found: List[manifest.Entry] = []
    if params["role"]:
        line = manifest.line_of(version_of(task))
        site = manifest.Site(manifest.normal(params["prefix"]), params["user"], params["group"], params["spool_dirs"])
        found = manifest.built_in(params["role"], line, site, params["leave"], params["manual_modes"])
    if params["walk_spool"]:
        found = [entry._replace(recurse=True) if entry.part == "spool" else entry for entry in found]
    return manifest.extended(found, own)


def version_of(task: Task) -> str:
    """The node's version. In check mode, where an earlier task would have installed Momentum, that of the newest manifest."""
    from ..daemon import version
    from ..node_options import is_installed

    if task.check_mode and not task.params["version"] and not is_installed(task.node):
        task.warn("Momentum is not installed: owners and modes are planned as for the newest version")
        return NEWEST
    return version.require(task.node, task.params["version"])


def unknown_account(task: Task) -> str:
    """What is wrong with the first account of the task's own entries that the node does not have; empty when it has all."""
    for entry in task.params["entries"]:
        for key, ask in (("owner", accounts.user_id), ("group", accounts.group_id)):
            if entry.get(key) is not None and ask(entry[key]) is None:
                word = key.replace("owner", "user")
                return "%s: the node has no %s %s; create it first" % (entry["path"], word, entry[key])
    return ""


def refuse_unknown(task: Task) -> None:
    """Stop for accounts that the node does not have; in check mode an earlier task may create them."""
    words = "" if task.check_mode else unknown_account(task)
    if words:
        raise PlanError(words)


def reach_of(task: Task) -> List[str]:
    """The trees that the service must reach, as they are named."""
    params = task.params
    if params["umask"] == "ignore":
        return []
    if accounts.user_id(params["user"]) is None:
        message = "the node has no user %s: what it could not reach is unknown" % params["user"]
        if params["umask"] == "repair" and not task.check_mode:
            raise PlanError(message)
        task.warn(message)
        return []
    if params["reach"] is not None:
        return [manifest.normal(path) for path in params["reach"]]
    prefix = manifest.normal(params["prefix"])
    return [prefix + "/etc/conf", os.path.dirname(prefix) + "/etc/installer/ecelerity.d"]


def described(findings: Findings) -> Dict[str, Any]:
    """The lists and counts of a result."""
    lists = ("differences", "refused", "out_of_reach", "access_lists")
    totals = {key: getattr(findings, key).total for key in lists}
    counts = dict(findings.counts, different=totals.pop("differences"), **totals)
    # By path: a file that was written since the last walk is in another place of its directory.
    found = {key: sorted(getattr(findings, key).items, key=lambda item: str(item["path"])) for key in lists}
    return dict(found, counts=counts, missing=sorted(set(findings.missing)), not_entered=findings.not_entered)


def refusal(findings: Findings) -> str:
    """What was refused, in words; empty for nothing."""
    total = findings.refused.total
    if not total:
        return ""
    first = "; ".join("%s %s" % (item["path"], item["reason"]) for item in findings.refused.items[:3])
    message = "%d refused: %s%s" % (total, first, "; ..." if total > 3 else "")
    if any(UNKNOWN_OWNER in item["reason"] for item in findings.refused.items):
        message += ". %s" % TAKE_OVER
    return message
