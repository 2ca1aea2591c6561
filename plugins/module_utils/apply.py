# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell around modules that write: the configuration is loaded, a plan is described, judged and carried out in one transaction."""

import os
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from . import node_options as nodes
from .config import reader
from .config.current import CurrentConfiguration
from .config.plan import Change, FileEdit, Plan, Reload
from .ecconf.effective import Effective
from .ecconf.loader import Configuration
from .errors import MomentumError, PlanError, assumption
from .files import intended, obstacles, working_copy
from .files.made import MadeDirectories
from .files.planned import Directory, PlannedFile
from .host import rights
from .planned import Judge, Planned
from .redaction import redaction
from .state import activation, pending
from .state import directory as state_directory
from .state.activation import Activation
from .task import Task
from .transaction.signals import Interrupted, held, interruptible
from .version_control import commit as version_control
from .version_control.commit import Commit

if TYPE_CHECKING:
    from .transaction.transaction import TransactionError
    from .validation.validators import Checker

Attributes = Tuple[Optional[int], Optional[int], Optional[int]]


def prepare(task: Task, created: Optional[Dict[str, bytes]] = None) -> Tuple[CurrentConfiguration, Reload]:
    """Read the node's configuration with the files that the task creates, and give the means to load it changed.

    It is read once for all parts of a node that see it alike. Raises PlanError if it cannot be read.
    """
    contents = nodes.basis(task.node, task.check_mode, created)
    known = task.loaded if task.loaded is not None and not created else {}
    reload: Reload = lambda edited: nodes.load(task.node, dict(contents, **edited))  # noqa: E731
    if intended.state() in known:
        return known[intended.state()], reload
    if task.node.main in set(contents) - set(created or {}):
        task.warn(assumption(nodes.NO_MAIN % task.node.main))
    now = nodes.current(task.node, contents)
    nodes.refuse_broken(now.configuration)
    nodes.refuse_state_among(now.configuration, task.node)
    known[intended.state()] = now
    return now, reload


def planned(
    task: Task,
    plan: Plan,
    attributes: Optional[Mapping[str, Attributes]] = None,
    directories: Sequence[Directory] = (),
    **result: Any,
) -> Planned:
    """Return a plan of the configuration with its result.

    `attributes` gives owner, group and mode of files, where they are not to keep what they have; `directories` are created before.
    """
    for warning in plan.warnings:
        task.warn(warning)
    _refuse_without_directories(task, [edit.path for edit in plan.edits], [one.path for one in directories])
    result.update(
        changed=bool(plan.edits or plan.changes),
        activation=plan.activation,
        changes=[_shown(change, task.secret_options) for change in plan.changes],
        diff=[difference(edit, task.secret_options) for edit in plan.edits if edit.before != edit.after],
    )
    files = [PlannedFile(*edit, *(attributes or {}).get(edit.path, ())) for edit in plan.edits]
    activations = [activation.daemon(plan.activation, [file.path for file in files])]
    announced = [*task.announced, *(task.params.get("expected_files") or [])]
    return Planned(result, files, directories, activations, ValidatorJudge(task, announced))


def _refuse_without_directories(task: Task, paths: Sequence[str], made: Sequence[str]) -> None:
    """Refuse files and directories in directories that nobody makes. Before Momentum is installed, check mode does not look below its prefix."""
    comes = os.path.join(task.node.prefix, "") if task.check_mode and not nodes.is_installed(task.node) else None
    for path in list(paths) + list(made):
        if os.path.dirname(path) not in made and not (comes and path.startswith(comes)):
            reader.refuse_without_directory(path, task.refuse_unless_announced)


def apply(task: Task, plan: Planned) -> Dict[str, Any]:
    """Do what comes ahead, write the plan's files in one transaction, do what is beside them, activate, prove, and return the result. In check mode only the
    judge is asked.

    Files in a working copy of eccfg are committed before anything is activated, where the task requests it: a start by ec_ctl checks out.
    What could not be written is refused before anything is, in check mode too. Where what comes after the files fails, what was done beside
    them is undone, they are put back, and then the activations that had begun are undone. SIGINT, SIGTERM and SIGHUP before the first activation
    do the same.
    """
    written, above = plan.written(), [directory.path for directory in plan.directories]
    if task.node.working_copy == "refuse":
        working_copy.refuse(written, task.node.prefix)
    # Subversion knows nothing of owners and modes.
    alike = {file.path for file in plan.files if file.before == file.after}
    edited = [path for path in written if path not in alike]
    advice = working_copy.advice(edited, task.node.prefix) if task.node.working_copy == "edit" else ""
    if advice:
        task.warn(advice)
    commit = _commit(task, plan, written)
    if written:
        state_directory.refuse(written, above, task.node.state_dir)
    else:
        obstacles.refuse([], above)
    result = dict(plan.result)
    if plan.writes:
        result.update(transaction="", activations=activation.shown(plan.activations))
    if commit is not None:
        result.update(changed=True, activations=activation.shown([commit.activation()]) + result.get("activations", []))
    if task.check_mode and plan.files:
        plan.judge.foresee(plan.files)
    if task.check_mode:
        return result
    done = _Done(task.node.state_dir, commit)
    with held():
        try:
            with interruptible():
                plan.ahead()
            if commit is not None:
                commit.begin()
            if plan.files:
                # Lets signals through until its files are in place.
                result["transaction"] = done.transaction = _write(task, plan, done)
            with interruptible():
                result.update(plan.beside())
            if commit is not None:
                commit.run()  # signals wait: nobody could tell what became of a commit that is killed
        except (MomentumError, OSError, Interrupted, KeyboardInterrupt) as error:
            raise _failure(task, plan, done, error)
    try:
        _activate(task, plan, done.begun)
        done.is_proving = True
        return dict(result, **plan.proof())
    except (MomentumError, OSError) as error:
        raise _failure(task, plan, done, error)


def _commit(task: Task, plan: Planned, written: Sequence[str]) -> Optional[Commit]:
    """Return the commit that is due; None where none is, or none is requested."""
    commit = version_control.requested(task.node, [version_control.edit_of(file) for file in plan.files], written)
    if commit is None or commit.is_due:
        return commit
    if not task.check_mode:
        commit.forget()
    return None


class _Done:
    """What a run has done so far. commit: what it commits, if anything. transaction: the name of the one with its files. begun: the activations.
    is_proving: whether the daemon may have loaded the files. pending: what was pending before they were written."""

    def __init__(self, state_dir: str, commit: Optional[Commit]) -> None:
        self.state_dir = state_dir
        self.commit = commit
        self.transaction = ""
        self.begun: List[Activation] = []
        self.is_proving = False
        self.pending = pending.NOTHING
        self.made = MadeDirectories()


def _failure(task: Task, plan: Planned, done: _Done, error: BaseException) -> BaseException:
    """Undo what was done, and return the error that says so."""
    # First what is beside the files: a file that is put back is another one, with its own owner and mode.
    told = [plan.undo(), _put_back(plan, done) if done.transaction else "", plan.hand_back()]
    restored = error.details().get("restored", ()) if isinstance(error, MomentumError) else ()
    commit = done.commit or version_control.of_restored(task.node, restored)
    told += [commit.undo()] if commit is not None else []
    told = [one for one in told + activation.undo(done.begun) if one]
    done.made.remove_empty()
    if not told and isinstance(error, Exception):
        return error
    words = rights.words_of(error) if isinstance(error, OSError) else str(error) or "interrupted by SIGINT"
    return NotDone("; ".join([words] + told), error)


def _activate(task: Task, plan: Planned, begun: List[Activation]) -> None:
    """Run the activations. That of the daemon is recorded with the transaction; without one it is recorded here."""
    due = activation.due(plan.activations)
    if not plan.files and due.level != "none" and due.files:
        # They were in place before: an earlier run was interrupted, or somebody else changed them.
        pending.request(task.node.state_dir, due.level, "", due.files)
    activation.run(plan.activations, begun)


def _write(task: Task, plan: Planned, done: _Done) -> str:
    from .transaction.transaction import TransactionError
    from .transaction.write import write

    due, done.pending = activation.due(plan.activations), pending.pending(done.state_dir)
    try:
        return write(plan.files, done.state_dir, plan.directories, due, done.made, **plan.judge.judges(plan.files))
    except TransactionError as error:
        raise plan.judge.explained(plan.files, error)


class NotDone(MomentumError):
    """What is beside the files failed, after they were written; the error in words, with its own details."""

    def __init__(self, words: str, reason: BaseException) -> None:
        super().__init__(words)
        self.reason = reason

    def details(self) -> Dict[str, Any]:
        """What the error itself has for the result."""
        return self.reason.details() if isinstance(self.reason, MomentumError) else {}


def _put_back(plan: Planned, done: _Done) -> str:
    """Put the files of a transaction back, and with them the record of what is pending, unless the daemon may have loaded them; what became of
    them in words."""
    from .transaction.transaction import TransactionError, restore

    try:
        restore(done.state_dir, done.transaction)
    except TransactionError as another:
        remedy = "put them back with msys.momentum.restore, transactions: [%s]" % done.transaction
        return "its files are changed, and could not be put back: %s; %s" % (another, remedy)
    if not done.is_proving:
        _withdraw(plan, done)
    return "its files are as they were"


def _withdraw(plan: Planned, done: _Done) -> None:
    """Forget the activation of files that are put back; where that fails, a reload follows that nobody needs."""
    try:
        pending.withdraw(done.state_dir, done.pending, activation.due(plan.activations), done.transaction)
    except (MomentumError, OSError):
        pass


class ValidatorJudge(Judge):
    """Momentum's own validator, as far as the task requests it."""

    def __init__(self, task: Task, announced: Sequence[str] = ()) -> None:
        """announced: files that other tasks or parts are known to make, of which check mode does not warn."""
        self.task = task
        self.announced = frozenset(map(os.path.normpath, announced))

    def judges(self, files: Sequence[PlannedFile]) -> Dict[str, Any]:
        """The transaction's two judges."""
        self._may_quote(files)
        checker = self._checker(files)
        return {} if checker is None else {"check_staged": checker.staged, "check_installed": checker.installed}

    def foresee(self, files: Sequence[PlannedFile]) -> None:
        """Let ec_dump_config judge what a run would stage. validate_config looks at what is in place, and cannot be asked."""
        from .transaction.transaction import TransactionError, foresee_check

        checker, main = self._checker(files), self.task.node.main
        if checker is None or not checker.judges_plans:
            return
        if not os.path.lexists(main) and not any(file.path == main and file.before is None for file in files):
            return  # an earlier task is about to put a main file in place, and nobody knows what is in it
        self._may_quote(files)
        contents = {file.path: file.after for file in files}
        parent = self.task.private_directory()
        try:
            foresee_check(lambda: checker.planned(contents, parent))
        except TransactionError as error:
            if not self._is_for_missing_files(files, lambda more: checker.planned(dict(contents, **more), parent)):
                raise self.explained(files, error)

    def explained(self, files: Sequence[PlannedFile], error: "TransactionError") -> "TransactionError":
        """A refusal with the places of what the validator names."""
        if not error.output:
            return error
        from .transaction.transaction import TransactionError
        from .validation.output import explained

        output = explained(error.output, Effective(self._configuration(files)))
        return TransactionError(error.stage, error.path, error.reason, output, error.restored)

    def _may_quote(self, files: Sequence[PlannedFile]) -> None:
        """The validator may repeat what is in these files; the secrets in them are kept out of errors."""
        self.task.quotable = [text or b"" for file in files for text in (file.before, file.after)]

    def _checker(self, files: Sequence[PlannedFile]) -> "Optional[Checker]":
        """Momentum's checker; None where it is not to be asked, or has nothing to judge, because there is no configuration."""
        task = self.task
        has_main = intended.exists(task.node.main) or any(file.path == task.node.main for file in files)
        if task.node.validate == "never" or task.node.validate == "auto" and not has_main:
            return None
        checker = nodes.checker(task.node)
        if checker.missing:
            message = "Momentum's own checker is missing: %s" % ", ".join(checker.missing)
            # In check mode an earlier task may be about to install it.
            comes = task.check_mode and not nodes.is_installed(task.node)
            if task.node.validate == "always" and not comes:
                raise PlanError(
                    message + "; install Momentum first, or use 'validate: auto' (roles: momentum_validate)"
                )
            task.warn(message + ": the change was not fully validated")
        return checker

    def _is_for_missing_files(self, files: Sequence[PlannedFile], judge: Callable[[Dict[str, bytes]], object]) -> bool:
        """Whether a refusal is for files alone that an earlier task may be about to create; these are warned of."""
        from .transaction.transaction import TransactionError, foresee_check
        from .validation.expected_files import expected

        variant = expected(self._configuration(files))
        if not variant.contents:
            return False
        try:
            foresee_check(lambda: judge(variant.contents))
        except TransactionError:
            return False
        words = "%s, which does not exist; unless an earlier task creates it, Momentum refuses the change"
        for path, name in variant.names:
            if os.path.normpath(path) not in self.announced:
                self.task.warn(words % name)
        return True

    def _configuration(self, files: Sequence[PlannedFile]) -> Configuration:
        contents = {file.path: file.after for file in files if file.after is not None}
        return nodes.load(self.task.node, contents)


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
