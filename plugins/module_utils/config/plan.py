# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of the smallest edits after which all that a task requests of the configuration holds.

A pure function: configuration and requests in, plan out; its input is left as it is. Check mode, the difference, `changed`, `activation`
and the files to write are all read off the plan, so they cannot disagree.
"""

from typing import Dict, List, Sequence, Tuple

from ..ecconf.effective import Effective
from ..ecconf.loader import Configuration
from ..ecconf.merged import Tree
from ..ecconf.paths import Path, format_path
from ..errors import PlanError
from . import impact
from .changes import NOTHING, Change, DesiredSetting, FileEdit, Plan, Reload, Requests, fold
from .editor import Editor
from .state import State

__all__ = ("NOTHING", "Change", "FileEdit", "Plan", "Reload", "DesiredSetting", "plan")

FAR_REACHING = ("add_include", "remove_include", "remove_scope")
# Kinds of problems with which nothing can be planned on what an edit leads to.
_FATAL = ("parse", "unreadable", "cycle", "limit")

_Values = Dict[Tuple[Path, str], Tuple[str, str, int]]


def plan(configuration: Configuration, reload: Reload, all_desired: Sequence[DesiredSetting]) -> Plan:
    """Return the smallest edits after which every request holds, and change no other option.

    `reload` loads the configuration anew with some files replaced. Every request is judged again on what comes out. PlanError: requests
    contradict one another, cannot be written, would change scopes that they do not name, or do not hold afterwards.
    """
    requests = Requests(all_desired)
    before = Effective(configuration)
    _refuse_cut_off(before.tree)
    state = State(configuration, before.tree)
    if all(state.holds(one) for one in requests.all):
        return NOTHING._replace(warnings=_hidden(before, state, requests))
    edits, changes = Editor(reload({}), reload, requests).run()
    changed = reload({edit.path: edit.after for edit in edits})
    after = Effective(changed)
    result = State(changed, after.tree)
    _refuse_broken(configuration, changed, after.tree)
    _refuse_unmet(result, requests)
    _refuse_side_effects(before.tree, after.tree, requests, changes)
    return Plan(edits, _with_consequences(changes, before, after), _hidden(after, result, requests))


def _with_consequences(changes: List[Change], before: Effective, after: Effective) -> List[Change]:
    """Judge what reaches further than one option by all that it brings or takes away."""
    if not any(change.action in FAR_REACHING for change in changes):
        return changes
    level = impact.activation(before, after)
    return [change._replace(activation=level) if change.action in FAR_REACHING else change for change in changes]


def _hidden(effective: Effective, state: State, requests: Requests) -> List[str]:
    """Name the options that a task sets in one file although another file sets them later."""
    named = [one for one in requests.all if one.option and one.state == "present" and one.file is not None]
    return impact.hidden(effective, [(one.path, one.option or "", state.file(one.file or "")) for one in named])


def _refuse_cut_off(tree: Tree) -> None:
    """Stop where not all of the configuration could be taken in."""
    for problem in tree.problems:
        raise PlanError("%s. Nothing is changed on such a basis" % problem.message)


def _refuse_broken(before: Configuration, after: Configuration, tree: Tree) -> None:
    """Stop where an edit brings files that cannot be read, or that include themselves."""
    known = {(problem.kind, problem.path) for problem in before.problems}
    for problem in after.problems:
        if problem.kind in _FATAL and (problem.kind, problem.path) not in known:
            raise PlanError("after the change: %s" % problem.message)
    _refuse_cut_off(tree)


def _refuse_unmet(result: State, requests: Requests) -> None:
    """Judge every request again on what comes out."""
    for one in requests.all:
        if result.holds(one):
            continue
        found = result.assignments(one, result.tree.find(one.path))
        place = " (%s:%d)" % (found[-1][2].file, found[-1][1].line) if found else ""
        raise PlanError(
            "%s would not hold after the change%s: another request of this task undoes it. Take one of them out"
            % (one.words(), place)
        )


def _refuse_side_effects(before: Tree, after: Tree, requests: Requests, changes: Sequence[Change]) -> None:
    """Stop if an option that no request names changes its value. What includes, removed scopes and another file of local changes
    bring and take is meant."""
    if any(change.action in FAR_REACHING or change.subject.lower() == "local_changes_file" for change in changes):
        return
    old, new = _values(before), _values(after)
    for key in list(new) + [key for key in old if key not in new]:
        if old.get(key, ("",))[0] != new.get(key, ("",))[0] and not requests.of_option(*key):
            _raw, file, line = new.get(key) or old[key]
            raise PlanError(
                "option %r of scope %r, %s:%d, would change too, which no setting asks for; nothing is written. Name it in a setting "
                "of its own" % (key[1], format_path(key[0]) or "global", file, line)
            )


def _values(tree: Tree) -> _Values:
    """The assignment in force of every option of every scope: as written, with file and line."""
    found: _Values = {}
    for scope in [tree.root] + tree.scopes:
        where = fold(scope.path())
        for key, assignments in scope.settings.items():
            _order, option, mount, _container = assignments[-1]
            found[where, key] = option.raw, mount.file, option.line
    return found
