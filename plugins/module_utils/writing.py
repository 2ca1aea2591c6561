# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell around modules that write: a plan is carried out in one transaction, and described."""

from hashlib import sha256
from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Tuple

from . import node as nodes
from . import obstacles, redaction
from .config_plan import Change, FileEdit, Plan, Reload
from .ecconf.loader import Configuration
from .file_plan import Directory
from .module import MomentumModule

Attributes = Tuple[Optional[int], Optional[int], Optional[int]]


def prepare(module: MomentumModule, created: Optional[Dict[str, bytes]] = None) -> Tuple[Configuration, Reload]:
    """Load the node's configuration with the files that the task creates, and give the means to load it changed.

    Raises PlanError if it cannot be read.
    """
    contents = nodes.basis(module.node, module.check_mode, created)
    configuration = nodes.load(module.node, contents)
    nodes.refuse_broken(configuration)
    nodes.refuse_state_among(configuration, module.node)
    return configuration, lambda edited: nodes.load(module.node, dict(contents, **edited))


def carry_out(
    module: MomentumModule,
    plan: Plan,
    attributes: Optional[Dict[str, Attributes]] = None,
    directories: Sequence[Directory] = (),
    **result: Any,
) -> Dict[str, Any]:
    """Write the plan's files in one transaction (nothing in check mode) and describe it.

    What could not be written is refused before anything is, in check mode, too. `attributes` gives owner, group and mode of files, where they are not to keep what they have; `directories` are created
    before.
    """
    obstacles.refuse(*_places(module, plan, directories))
    result.update(
        changed=bool(plan.edits or plan.changes),
        activation=plan.activation,
        changes=[_shown(change, module.secret_options) for change in plan.changes],
        diff=[difference(edit, module.secret_options) for edit in plan.edits if edit.before != edit.after],
        transaction="",
    )
    for warning in plan.warnings:
        module.warn(warning)
    if plan.edits and not module.check_mode:
        _make(directories)
        result["transaction"] = _write(module, plan, attributes or {})
    return result


def _places(module: MomentumModule, plan: Plan, directories: Sequence[Directory]) -> Tuple[List[str], List[str], str]:
    """What is written to: files, directories, and where the transaction keeps its journal."""
    files = [edit.path for edit in plan.edits]
    return files, [directory.path for directory in directories], module.node.state_dir if files else ""


def _make(directories: Sequence[Directory]) -> None:
    from .files import ensure_directory

    for directory in directories:
        ensure_directory(*directory)


def _write(module: MomentumModule, plan: Plan, attributes: Dict[str, Attributes]) -> str:
    from .transaction import Due, FileChange, Transaction

    changes = [
        FileChange(
            edit.path,
            edit.after,
            *attributes.get(edit.path, (None, None, None)),
            basis="" if edit.before is None else sha256(edit.before).hexdigest(),
        )
        for edit in plan.edits
    ]
    module.quotable = [text for edit in plan.edits for text in (edit.before or b"", edit.after)]
    due = Due(plan.activation, [change.path for change in changes])
    return str(Transaction(changes, module.node.state_dir, due=due, **_judges(module)).commit().id)


def _judges(module: MomentumModule) -> Dict[str, Any]:
    """Momentum's own checkers as the transaction's two judges, as far as the task wants them."""
    if module.node.validate == "never":
        return {}
    checker = nodes.checker(module.node)
    if checker.missing:
        message = "Momentum's own checker is missing: %s" % ", ".join(checker.missing)
        if module.node.validate == "always":
            module.fail_json(msg=message + "; install Momentum first or use 'validate: auto'")
        module.warn(message + ": the change was not fully validated")
    return {"check_staged": checker.staged, "check_installed": checker.installed}


def _shown(change: Change, secret_options: FrozenSet[str]) -> Dict[str, Any]:
    shown = dict(change._asdict())
    for key in ("before", "after"):
        shown[key] = redaction.mask_value(change.subject, shown[key], secret_options)
    # The target of an include, and the name of a scope, may be a connection string.
    shown.update(subject=redaction.mask_text(change.subject), scope=redaction.mask_text(change.scope))
    return shown


def difference(edit: FileEdit, secret_options: FrozenSet[str] = frozenset()) -> Dict[str, str]:
    """What a result shows of an edit, without its secrets."""
    before, after = redaction.difference(edit.before or b"", edit.after, secret_options)
    return {"before": before, "after": after, "before_header": edit.path, "after_header": edit.path}
