# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners and modes by a manifest."""

import os
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from ..errors import MomentumError, PlanError
from ..files import working_copy
from ..files.planned import Requested
from ..files.safe_paths import above
from ..host import accounts
from ..permissions import manifest, undo
from ..permissions.findings import Findings
from ..permissions.judge import UNKNOWN_OWNER, Attributes
from ..permissions.rules import Node, Rule, rule_for, tree_of
from ..permissions.run import Job, real_path, work
from ..permissions.umask import breaking_lines, read_startup_files
from ..permissions.walk import Options, Tracked
from ..planned import Planned, nothing
from ..task import Task

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


class Handover:
    """Directories that a manifest takes from other accounts, asked for by what the same plan writes into them, such as keys. They are changed before
    the files are written, so that nobody else can exchange a file between its writing and the walk. rules_of: returns the rules, and is asked when the first
    directory is; where it fails, no directory is changed, and the part permissions says why."""

    def __init__(self, rules_of: Callable[[], Sequence[Rule]], taken_from: Sequence[str]) -> None:
        self._rules_of = rules_of
        self._taken_from = taken_from
        self._tree: Optional[Node] = None
        self.rules: Dict[str, Rule] = {}

    def becomes(self, directory: str, uid: int, mode: int, needed: bool) -> Optional[Tuple[int, int]]:
        """Return the owner and the permission bits that a directory with these will have; None where no rule is for it, or the walk would refuse
        it or one above it. Where that is needed before files are written, the plan then depends on it, and on the directories above it."""
        rules: Dict[str, Rule] = {}
        found: Optional[Rule] = None
        for path in _with_those_above(directory):
            found = rule_for(self._known(), path)
            if found is not None and found.managed:
                rules[path] = found._replace(path=path, recurse=False)
                if found.problem or not self._may_take(path, found):
                    return None
        if found is None or not found.managed:
            return None
        if needed:
            self.rules.update(rules)
        owner = uid if found.owner is None else found.owner
        return owner, mode if found.directory_mode is None else found.directory_mode.of(mode, True)

    def _may_take(self, path: str, rule: Rule) -> bool:
        """Whether a directory is root's, the owner's of its rule, or an account's whose files may be taken over."""
        try:
            uid = os.lstat(path).st_uid
        except FileNotFoundError:
            return True
        return uid in (0, os.geteuid(), rule.owner) or uid in map(accounts.user_id, self._taken_from)

    def _known(self) -> Node:
        if self._tree is None:
            try:
                self._tree = tree_of(self._rules_of())
            except (MomentumError, OSError):
                self._tree = tree_of([])
        return self._tree


class Manager:
    """A task with what it says of the node: the entries, and the trees that the service must reach, found once."""

    def __init__(self, task: Task) -> None:
        self.task = task
        refuse_nothing(task.params)
        refuse_unknown(task)
        self.entries = entries_of(task)
        self.reach = reach_of(task)
        self.ahead: Optional[Findings] = None

    def hand_over(self, handover: Handover, journal: undo.Journal) -> None:
        """Change the directories that the plan depends on, before anything is written into them. Raises Refused."""
        options = Options(True, journal=journal, tracked=tracked(self.task.params))
        self.ahead = work(self._job(list(handover.rules.values()), [], options))
        words = refusal(self.ahead)
        if words:
            raise Refused(words, described(self.ahead))

    def walk(self, enforce: bool, journal: Optional[undo.Journal] = None) -> Findings:
        """Walk over the node. Links on the way to the paths are resolved now: the files of a plan may have brought them."""
        params = self.task.params
        spools = [real_path(manifest.normal(path)) for path in params["spool_dirs"]]
        state_dir = manifest.normal(params["state_dir"]) if params["state"] == "enforce" else ""
        job = self._job(
            with_state_left_alone(self._rules(), params["state_dir"]),
            [real_path(path) for path in self.reach],
            Options(
                enforce,
                params["other_file_systems"],
                params["access_lists"] == "all",
                state_dir,
                journal,
                tracked(params),
            ),
        )
        watched = frozenset(os.path.realpath(one.path) for said in self.task.requested.values() for one in said)
        return work(job._replace(closed=[] if params["walk_spool"] else spools, watched=watched))

    def _rules(self) -> Sequence[Rule]:
        """The rules; in check mode without those for accounts that come with Momentum, which an earlier task may be about to install."""
        from ..node_options import is_installed

        rules = rules_of_entries(self.entries)
        if not self.task.check_mode or is_installed(self.task.node):
            return rules
        return [
            rule._replace(problem="", owner=None, group=None, mode=None, directory_mode=None) if rule.problem else rule
            for rule in rules
        ]

    def _job(self, rules: Sequence[Rule], reach: Sequence[str], options: Options) -> Job:
        params = self.task.params
        return Job(
            rules, taken_from(params), params["user"], reach, params["umask"] == "repair", [], options, params["limit"]
        )

    def result(self, findings: Findings, warn: Callable[[str], None]) -> Dict[str, Any]:
        """Return what the module does of a walk. Raises Refused where the task says that what is refused is a failure."""
        params = self.task.params
        if self.ahead is not None:
            findings.differences.follow(self.ahead.differences)
        result = described(findings)
        lines = [] if params["umask"] == "ignore" else breaking_lines(read_startup_files())
        result["umask_lines"] = [line._asdict() for line in lines]
        result["changed"] = params["state"] == "enforce" and findings.differences.total > 0
        result["diff"] = [findings.diff()] if result["changed"] else []
        if findings.executed.total and params["state"] == "enforce":
            warn(executed_by_root(findings))
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
    if task.params["state"] == "enforce":
        refuse_contradictions(task.requested, findings)
    if not changes or not (findings.differences.total or task.follows_changes):
        return Planned(manager.result(findings, task.warn), writes=False)
    journal = undo.Journal(task.node.state_dir)
    handover = task.handover if task.handover is not None and task.handover.rules else None
    return Planned(
        manager.result(findings, lambda words: None),  # the second walk warns
        beside=lambda: manager.result(manager.walk(True, journal), task.warn),
        undo=lambda: undo.give_back_files(journal),
        hand_back=lambda: undo.give_back_directories(journal),
        writes=False,
        ahead=(lambda: manager.hand_over(handover, journal)) if handover is not None else nothing,
    )


def refuse_contradictions(requested: Mapping[str, Sequence[Requested]], findings: Findings) -> None:
    """Raise PlanError for a file to which another part gives an owner, a group or a mode that the walk changes: so would every run."""
    for part, said in requested.items():
        for one in said:
            after = findings.watched.get(os.path.realpath(one.path))
            if after is not None and not one.is_met_by(*after):
                raise PlanError(
                    "%s: the part %s gives it %s, and the part permissions %s, so both parts of this task would change it in every run. "
                    "Give it the same owner, group and mode in both, the latter with an entry of its own in entries (roles: "
                    "momentum_permissions_entries)"
                    % (one.path, part, said_of(one, after, findings), findings.names.text(after))
                )


def said_of(one: Requested, after: Attributes, findings: Findings) -> str:
    """What a part says of a file, as far as it is not met."""
    names, words = findings.names, []
    if one.owner not in (None, -1, after.uid):
        words.append("the owner %s" % names.user(one.owner or 0))
    if one.group not in (None, -1, after.gid):
        words.append("the group %s" % names.group(one.group or 0))
    if one.mode not in (None, after.mode):
        words.append("the mode %04o" % (one.mode or 0))
    elif after.mode & ~one.most:
        words.append("a mode of at most %04o" % one.most)
    return " and ".join(words)


def taken_from(params: Dict[str, Any]) -> List[str]:
    """Return the accounts whose files may be taken over."""
    return [params["user"]] if params["take_over_from"] is None else list(params["take_over_from"])


def rules_of(task: Task) -> Sequence[Rule]:
    """Return the rules of a task. Raises MomentumError."""
    return rules_of_entries(entries_of(task))


def with_state_left_alone(rules: Sequence[Rule], state_dir: str) -> Sequence[Rule]:
    """Return the rules without what they say of the collection's own records, where a tree of theirs holds them."""
    path = real_path(manifest.normal(state_dir))
    covering = rule_for(tree_of(rules), path)
    return [*rules, Rule(path, managed=False)] if covering is not None and covering.managed else rules


def rules_of_entries(entries: Sequence[manifest.Entry]) -> Sequence[Rule]:
    """Return the rules of entries on this node. Raises MomentumError."""
    return manifest.rules_of(entries, accounts.user_id, accounts.group_id, real_path)


def _with_those_above(directory: str) -> List[str]:
    """The directory and those above it, the outermost first, all links resolved as the rules have them. Raises UnsafePath."""
    found = above(real_path(os.path.join(directory, "key")))
    return found[-2::-1]


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
    copy = working_copy.of(manifest.normal(params["prefix"]))
    if not params["walk_spool"]:
        manifest.refuse_spools(own, params["spool_dirs"])
    found: List[manifest.Entry] = []
    if params["role"]:
        version = version_of(task)
        site = manifest.Site(manifest.normal(params["prefix"]), params["user"], params["group"], params["spool_dirs"])
        refuse_working_copy(params, copy)
        found = manifest.built_in(params["role"], version, site, params["leave"], params["manual_modes"])
    if copy:
        # eccfg runs Subversion as this account, whatever a file holds.
        found = [entry._replace(owner=params["user"]) if _is_below(entry.path, copy) else entry for entry in found]
        refuse_subversion(own, copy)
    if params["walk_spool"]:
        found = [entry._replace(recurse=True) if entry.part == "spool" else entry for entry in found]
    return manifest.extended(found, own)


def _is_below(path: str, directory: str) -> bool:
    return os.path.join(os.path.realpath(path.partition("/*")[0]), "").startswith(os.path.join(directory, ""))


def tracked(params: Dict[str, Any]) -> Optional[Tracked]:
    """Return the working copy of the node; None where there is none."""
    copy = working_copy.of(manifest.normal(params["prefix"]))
    return Tracked(copy, params["user"], accounts.user_id(params["user"])) if copy else None


def refuse_subversion(own: Sequence[Dict[str, Any]], copy: str) -> None:
    """Raise PlanError for an entry of a task that names what Subversion keeps in a working copy."""
    for entry in own:
        path = manifest.normal(entry["path"])
        if working_copy.MARK in path.split("/") and _is_below(path, copy):
            raise PlanError(
                "entries: %s: %s is the working copy of eccfg, and Subversion itself sets owners and modes in %s; take the entry out"
                % (path, copy, working_copy.MARK)
            )


def refuse_working_copy(params: Dict[str, Any], copy: str) -> None:
    """Raise PlanError where eccfg, which runs Subversion as the daemon's user, would lose its working copy to root."""
    if not copy or params["state"] != "enforce":
        return
    wanting = [part for part in ("config", "programs") if part not in params["manual_modes"] + params["leave"]]
    if wanting:
        raise PlanError(
            "%s is a working copy of eccfg, whose files must belong to %s (page eccfg), and the manifest gives them to root. Name %s in "
            "manual_modes (roles: momentum_permissions_manual_modes); or disable eccfg and ecconfigd on every node, and remove the %s directories"
            % (copy, params["user"], " and ".join(wanting), working_copy.MARK)
        )


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


def executed_by_root(findings: Findings) -> str:
    """What becomes root's to run, with the content that another account could have prepared, in words."""
    total, items = findings.executed.total, findings.executed.items
    paths = ", ".join(str(item["path"]) for item in items[:5])
    return (
        "%d files that root executes, loads or sources could be written by other accounts until now, and become root's with their content: %s%s. "
        "Compare them with their packages (rpm --verify --file PATH), and read those that no package has"
        % (total, paths, ", ..." if total > 5 else "")
    )


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
