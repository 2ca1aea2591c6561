# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell around modules that write: a plan is carried out in one transaction, and described."""

import os
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, List, Optional, Sequence, Tuple

from . import node_options as nodes
from .config.plan import Change, FileEdit, Plan, Reload
from .ecconf.effective import Effective
from .ecconf.loader import Configuration
from .errors import assumption
from .files import obstacles
from .files.missing_directories import Directory
from .module import MomentumModule
from .redaction import redaction
from .state import directory as state_directory

if TYPE_CHECKING:
    from .transaction.transaction import TransactionError
    from .validation.validators import Checker

Attributes = Tuple[Optional[int], Optional[int], Optional[int]]


def prepare(module: MomentumModule, created: Optional[Dict[str, bytes]] = None) -> Tuple[Configuration, Reload]:
    """Load the node's configuration with the files that the task creates, and give the means to load it changed.

    Raises PlanError if it cannot be read.
    """
    contents = nodes.basis(module.node, module.check_mode, created)
    if module.node.main in set(contents) - set(created or {}):
        module.warn(assumption(nodes.NO_MAIN % module.node.main))
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
    """Write the plan's files in one transaction and describe it. In check mode only Momentum's own checkers judge them.

    What could not be written is refused before anything is, in check mode too. `attributes` gives owner, group and mode of files, where
    they are not to keep what they have; `directories` are created before.
    """
    _refuse_unwritable(module, plan, directories)
    result.update(
        changed=bool(plan.edits or plan.changes),
        activation=plan.activation,
        changes=[_shown(change, module.secret_options) for change in plan.changes],
        diff=[difference(edit, module.secret_options) for edit in plan.edits if edit.before != edit.after],
        transaction="",
    )
    for warning in plan.warnings:
        module.warn(warning)
    if plan.edits and module.check_mode:
        _foresee(module, plan)
    elif plan.edits:
        result["transaction"] = _write(module, plan, attributes or {}, directories)
    return result


def _refuse_unwritable(module: MomentumModule, plan: Plan, directories: Sequence[Directory]) -> None:
    """Refuse what cannot be written to: files, directories, and the state directory, where the transaction keeps its journal."""
    files, above = [edit.path for edit in plan.edits], [directory.path for directory in directories]
    if files:
        state_directory.refuse(files, above, module.node.state_dir)
    else:
        obstacles.refuse([], above)


def _write(
    module: MomentumModule, plan: Plan, attributes: Dict[str, Attributes], directories: Sequence[Directory]
) -> str:
    from .transaction.transaction import TransactionError
    from .transaction.write import Due, PlannedFile, write

    files = [PlannedFile(*edit, *attributes.get(edit.path, ())) for edit in plan.edits]
    module.quotable = _quotable(plan)
    due = Due(plan.activation, [file.path for file in files])
    try:
        return write(files, module.node.state_dir, directories, due, **_judges(module))
    except TransactionError as error:
        raise _explained(module, plan, error)


def _judges(module: MomentumModule) -> Dict[str, Any]:
    """Momentum's own checkers as the transaction's two judges, as far as the task requests them."""
    checker = _checker(module)
    return {} if checker is None else {"check_staged": checker.staged, "check_installed": checker.installed}


def _checker(module: MomentumModule) -> "Optional[Checker]":
    if module.node.validate == "never":
        return None
    checker = nodes.checker(module.node)
    if checker.missing:
        message = "Momentum's own checker is missing: %s" % ", ".join(checker.missing)
        # In check mode an earlier task may be about to install it.
        comes = module.check_mode and not nodes.is_installed(module.node)
        if module.node.validate == "always" and not comes:
            module.fail_json(
                msg=message + "; install Momentum first, or use 'validate: auto' (roles: momentum_validate)"
            )
        module.warn(message + ": the change was not fully validated")
    return checker


def _foresee(module: MomentumModule, plan: Plan) -> None:
    """Let ec_dump_config judge what a run would stage. validate_config looks at what is in place, and cannot be asked.

    Raises TransactionError as the run would.
    """
    from .transaction.transaction import TransactionError, foresee_check

    checker = _checker(module)
    before = {edit.path: edit.before for edit in plan.edits}
    main = module.node.main
    if checker is None or not checker.judges_plans:
        return
    if not os.path.lexists(main) and before.get(main, b"") is not None:
        return  # an earlier task is about to put a main file in place, and nobody knows what is in it
    module.quotable = _quotable(plan)
    contents: Dict[str, Optional[bytes]] = {edit.path: edit.after for edit in plan.edits}
    parent = _private_parent(module)
    try:
        foresee_check(lambda: checker.planned(contents, parent))
    except TransactionError as error:
        if not _is_for_missing_files(module, plan, lambda more: checker.planned(dict(contents, **more), parent)):
            raise _explained(module, plan, error)


def _is_for_missing_files(module: MomentumModule, plan: Plan, judge: Callable[[Dict[str, bytes]], object]) -> bool:
    """Whether a refusal is for files alone that an earlier task may be about to create; these are warned of."""
    from .transaction.transaction import TransactionError, foresee_check
    from .validation.expected_files import expected

    variant = expected(_planned(module, plan))
    if not variant.contents:
        return False
    try:
        foresee_check(lambda: judge(variant.contents))
    except TransactionError:
        return False
    for name in variant.names:
        module.warn("%s, which does not exist; unless an earlier task creates it, Momentum refuses the change" % name)
    return True


def _planned(module: MomentumModule, plan: Plan) -> Configuration:
    return nodes.load(module.node, {edit.path: edit.after for edit in plan.edits})


def _private_parent(module: MomentumModule) -> Optional[str]:
    """Where a shadow of the configuration may be: the module's own temporary directory, unless it belongs to the account that logged
    in, which could exchange what is in it; then that of the system."""
    made = getattr(module, "_tmpdir", None) or os.path.expanduser(
        os.path.expandvars(getattr(module, "_remote_tmp", None) or "")
    )
    if not os.path.isdir(made):
        return None  # Ansible would create it for good, and warn of that
    directory: str = module.tmpdir
    return directory if os.stat(directory).st_uid == os.geteuid() else None


def _quotable(plan: Plan) -> List[bytes]:
    return [text for edit in plan.edits for text in (edit.before or b"", edit.after)]


def _explained(module: MomentumModule, plan: Plan, error: "TransactionError") -> "TransactionError":
    """A refusal with the places of what the validator names."""
    if not error.output:
        return error
    from .transaction.transaction import TransactionError
    from .validation.output import explained

    output = explained(error.output, Effective(_planned(module, plan)))
    return TransactionError(error.stage, error.path, error.reason, output, error.restored)


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
