# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thin shell around every module: parameters in, result out, no secret in either, no control character in the result."""

from typing import Any, Callable, Dict, FrozenSet

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from . import node as nodes
from . import redaction, visible
from .ecconf import EditError, ParseError
from .errors import MomentumError


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
        # In the journal lists stand as Python writes them: with a backslash before a line feed, a tab, another backslash.
        self.no_log_values.update([repr(secret)[1:-1] for secret in self.no_log_values])
        super()._log_invocation()

    def warn(self, warning: str, **keywords: Any) -> None:
        """Warn, in words that cannot command a terminal. Newer versions of Ansible do not look for secrets in warnings."""
        super().warn(visible.message(remove_values(warning, self.no_log_values)), **keywords)

    def _return_formatted(self, kwargs: Dict[str, Any]) -> None:
        """Everything that a module says passes here: results, failures, differences, the parameters of the task."""
        kwargs.setdefault("invocation", {"module_args": getattr(self, "params", {})})
        for form in (visible.block, visible.line, visible.message):
            # Ansible looks for secrets afterwards, and must know them in the form that they have then.
            self.no_log_values.update([form(secret) for secret in self.no_log_values])
        super()._return_formatted(visible.result(kwargs))

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
    except (MomentumError, EditError, ParseError, OSError) as error:
        module.fail_json(**_explained(error, module.file_secrets))
    else:
        module.exit_json(**result)


def _explained(error: Exception, secrets: FrozenSet[str]) -> Dict[str, Any]:
    """The result of a failed run, without the secrets that a checker may have quoted."""
    details = error.details() if isinstance(error, MomentumError) else {}
    words = nodes.without_text(error) if isinstance(error, ParseError) else str(error)
    shown = {key: redaction.hide(text, secrets) if isinstance(text, str) else text for key, text in details.items()}
    return dict(shown, msg=redaction.hide(words, secrets))
