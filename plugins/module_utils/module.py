# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thin shell around every module: parameters in, plan carried out, result out."""

from typing import Any, Callable, Dict, FrozenSet, Optional, Sequence, Tuple

from ansible.module_utils.basic import AnsibleModule

from . import node as nodes
from . import redaction
from .config_plan import Change, FileEdit, Plan, Reload
from .ecconf.loader import Configuration
from .file_plan import Directory

Attributes = Tuple[Optional[int], Optional[int], Optional[int]]


class MomentumModule(AnsibleModule):
    """An Ansible module that knows the node's installation and lets no secret out."""

    def __init__(self, argument_spec: Dict[str, Any], **keywords: Any) -> None:
        self.secret_options: FrozenSet[str] = frozenset()
        self.file_secrets: FrozenSet[str] = frozenset()
        super().__init__(argument_spec=dict(nodes.ARGUMENTS, **argument_spec), supports_check_mode=True, **keywords)
        self._learn_secrets()
        self.node = nodes.from_params(self.params)

    def _log_invocation(self) -> None:
        """Learn the secrets before Ansible writes the parameters to the node's journal."""
        self._learn_secrets()
        super()._log_invocation()

    def _learn_secrets(self) -> None:
        settings = self.params.get("settings") or []
        self.secret_options = frozenset(
            str(item["option"]).lower() for item in settings if item.get("secret") and item.get("option")
        )
        for item in settings:
            secrets = redaction.secrets_in(item.get("option") or "", item.get("value"), self.secret_options)
            self.no_log_values.update(filter(redaction.is_worth_hiding, secrets))


def guarded(main: Callable[[MomentumModule], Dict[str, Any]], module: MomentumModule) -> None:
    """Run a module's body; errors that a user can mend become messages, not tracebacks."""
    try:
        result = main(module)
    except Exception as error:
        failure = _explained(error, module.file_secrets)
        if failure is None:
            raise
        module.fail_json(**failure)
    else:
        module.exit_json(**result)


def _explained(error: Exception, secrets: FrozenSet[str]) -> Optional[Dict[str, Any]]:
    """The result of a failed run, without the secrets that a checker may have quoted; None for an error of our own."""
    from .config_plan import PlanError
    from .ecconf import EditError, ParseError
    from .paths import UnsafePath
    from .transaction import TransactionError

    if isinstance(error, TransactionError):
        words = {"msg": str(error), "output": error.output}
        masked = {key: redaction.hide(text, secrets) for key, text in words.items()}
        return dict(masked, stage=error.stage, restored=error.restored)
    if isinstance(error, ParseError):
        return {"msg": nodes.without_text(error)}
    mendable = (PlanError, EditError, UnsafePath, OSError)
    return {"msg": redaction.mask_text(str(error))} if isinstance(error, mendable) else None


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

    `attributes` gives owner, group and mode of files, where they are not to keep what they have; `directories` are created
    before.
    """
    result.update(
        changed=bool(plan.edits or plan.changes),
        activation=plan.activation,
        changes=[_shown(change, module.secret_options) for change in plan.changes],
        diff=[_difference(edit, module.secret_options) for edit in plan.edits if edit.before != edit.after],
        transaction="",
    )
    for warning in plan.warnings:
        module.warn(warning)
    if plan.edits and not module.check_mode:
        _make(directories)
        result["transaction"] = _write(module, plan, attributes or {})
    return result


def _make(directories: Sequence[Directory]) -> None:
    from .files import ensure_directory

    for directory in directories:
        ensure_directory(*directory)


def _write(module: MomentumModule, plan: Plan, attributes: Dict[str, Attributes]) -> str:
    from hashlib import sha256

    from . import activation
    from .transaction import FileChange, Transaction

    changes = [
        FileChange(
            edit.path,
            edit.after,
            *attributes.get(edit.path, (None, None, None)),
            basis="" if edit.before is None else sha256(edit.before).hexdigest(),
        )
        for edit in plan.edits
    ]
    texts = [text for edit in plan.edits for text in (edit.before or b"", edit.after)]
    module.file_secrets = redaction.secrets_of(texts, module.secret_options)
    receipt = Transaction(changes, module.node.state_dir, **_judges(module)).commit()
    if plan.activation != "none":
        activation.request(module.node.state_dir, plan.activation, receipt.id, [change.path for change in changes])
    return str(receipt.id)


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
    return shown


def _difference(edit: FileEdit, secret_options: FrozenSet[str]) -> Dict[str, str]:
    before, after = redaction.difference(edit.before or b"", edit.after, secret_options)
    return {"before": before, "after": after, "before_header": edit.path, "after_header": edit.path}
