# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thin shell around every module: parameters in, result out, no secret in either, no control character in the result."""

import json
import os
import sys
from typing import Any, Callable, Dict, FrozenSet, List, Optional

from ansible.module_utils.basic import AnsibleModule

from . import arguments
from . import node_options as nodes
from .errors import MomentumError, PlanError
from .files import file_names
from .host import rights
from .planned import Planned
from .redaction import redaction
from .state import marked_secrets
from .task import Task
from .text import visible
from .transaction import journal

# The parts of a result that are sentences, in which a program or an error may have quoted a secret. All other parts are put together from
# what is no secret, or redacted by position, and later tasks rely on them: no search for a secret's text may touch them.
WORDS = frozenset(
    "msg message reason reasons summary found because output exception warnings deprecations stdout stderr".split()
)
BY_POSITION = frozenset(["changes", "diff", "invocation", "settings", "variables"])


class MomentumModule(AnsibleModule, Task):
    """An Ansible module that knows the node's installation and lets no secret out. reads_only: it never changes the node,
    so it reads what an earlier run left unfinished as the next run would recover it, as check mode does. several_lines: see
    arguments.unusable."""

    def __init__(
        self,
        argument_spec: Dict[str, Any],
        reads_only: bool = False,
        several_lines: FrozenSet[str] = frozenset(),
        **keywords: Any,
    ) -> None:
        self.secret_options: FrozenSet[str] = frozenset()
        self.secrets: FrozenSet[str] = frozenset()
        self.quotable: List[bytes] = []  # what a program reads that may quote it, apart from the configuration
        self._known: Optional[FrozenSet[str]] = None
        self._recorded: Optional[FrozenSet[str]] = None
        self._unreadable = ""
        self._has_learned = False
        file_names.use_utf_8()
        super().__init__(argument_spec=dict(nodes.ARGUMENTS, **argument_spec), supports_check_mode=True, **keywords)
        self.reads_only = reads_only or self.params.get("state") == "audit"
        self._refuse_short_secrets()
        self._refuse_unusable_texts(several_lines)
        self._learn_arguments()
        # Nothing changes the arguments from here on, and there may be a warning for each of them.
        self._has_learned = True
        self.node = nodes.from_params(self.params)

    def _load_params(self) -> None:
        """Refuse what Ansible, or whoever walks a value, would end in a traceback for: what is nested too deep among others."""
        try:
            super()._load_params()
            wrong = arguments.against(self.argument_spec, self.params)
        except RecursionError:
            wrong = "arguments: too many lists and dictionaries are inside one another; give values that are less deep"
        if wrong:
            # Not by fail_json, which repeats the arguments, and needs them.
            sys.stdout.write(json.dumps({"failed": True, "msg": visible.message(wrong)}) + "\n")
            sys.exit(1)  # pylint: disable=ansible-bad-function
        self.params: Dict[str, Any] = arguments.given(self.argument_spec, self.params)

    def learn(self, *secrets: str) -> None:
        """Keep secrets out of sentences and of the node's journal. Too short ones are only hidden where they stand."""
        self.secrets |= frozenset(secret for secret in secrets if len(secret) >= redaction.SHORTEST)
        self.no_log_values = {form for secret in self.secrets for form in redaction.spellings(secret)}

    def hide(self, words: str, failed: bool = False) -> str:
        """Return a sentence without secrets; one about a failure may quote the configuration."""
        return redaction.hide(words, self.secrets | self._stored() if failed else self.secrets)

    def warn(self, warning: str, **keywords: Any) -> None:
        """Add a warning to the result, in words that cannot command a terminal. It names the host: Ansible prints it without one, and prints
        one that several hosts have in the same words once."""
        self._learn_arguments()
        super().warn(visible.message(self.hide("%s: %s" % (os.uname().nodename, warning))), **keywords)

    def private_directory(self) -> Optional[str]:
        """The module's own temporary directory, unless it belongs to the account that logged in, which could exchange what is in it."""
        made = self._tmpdir or os.path.expanduser(os.path.expandvars(self._remote_tmp or ""))
        if not os.path.isdir(made):
            return None  # Ansible would create it for good, and warn of that
        directory: str = self.tmpdir
        return directory if os.stat(directory).st_uid == os.geteuid() else None

    def _log_invocation(self) -> None:
        """Write the arguments to the node's journal as the result shows them, and without secrets in other places."""
        self._learn_arguments()
        shown = self._without_secrets(arguments.shown(self.argument_spec, self.params, self.secret_options))
        words = " ".join("%s=%s" % pair for pair in shown.items())
        # Ansible would search the whole, which grows with the settings, for each secret, of which there is one for each setting.
        known, self.no_log_values = self.no_log_values, set()
        try:
            self.log(visible.line("Invoked with %s" % words), log_args=shown)
        finally:
            self.no_log_values = known

    def _without_secrets(self, item: Any) -> Any:
        if isinstance(item, dict):
            return {self._without_secrets(key): self._without_secrets(value) for key, value in item.items()}
        if isinstance(item, (list, tuple)):
            return [self._without_secrets(value) for value in item]
        return self.hide(item) if isinstance(item, str) else item

    def _return_formatted(self, kwargs: Dict[str, Any]) -> None:
        """Print the result: the one way out of results, failures, differences and the arguments of the task.

        Sentences are searched for secrets, everything else is redacted already; then control characters become visible.
        """
        self._learn_arguments()
        failed = bool(kwargs.get("failed"))
        result = {key: item if key in BY_POSITION else self._hidden(key, item, failed) for key, item in kwargs.items()}
        given = getattr(self, "params", {})
        result["invocation"] = {"module_args": arguments.shown(self.argument_spec, given, self.secret_options)}
        # Ansible would put stars into every text and number that has a secret's text in it, a transaction's name for one.
        self.no_log_values = set()
        super()._return_formatted(visible.result(result))

    def _hidden(self, name: str, item: Any, failed: bool) -> Any:
        """A part of the result with its sentences searched for secrets."""
        if isinstance(item, dict):
            return {key: self._hidden(key, value, failed) for key, value in item.items()}
        if isinstance(item, (list, tuple)):
            return [self._hidden(name, value, failed) for value in item]
        return self.hide(item, failed) if name in WORDS and isinstance(item, str) else item

    def _learn_arguments(self) -> None:
        if self._has_learned:
            return
        given = getattr(self, "params", {})  # Ansible may fail before it has read them
        self.secret_options = self._recorded_names(given) | arguments.secret_options(given)
        self.learn(*(secret.text for secret in arguments.secrets(self.argument_spec, given, extra=self.secret_options)))

    def _recorded_names(self, given: Dict[str, Any]) -> FrozenSet[str]:
        """The options that earlier tasks marked as secrets; read once. What is wrong with the record ends the task later."""
        if self._recorded is None:
            state_dir = given.get("state_dir")  # a module that is about no node has none
            self._recorded = frozenset()
            try:
                self._recorded = marked_secrets.read(state_dir) if state_dir else frozenset()
            except MomentumError as error:
                self._unreadable = str(error)
        return self._recorded

    def refuse_unreadable_marks(self) -> None:
        """Raise PlanError where nobody can tell which options tasks have marked as secrets."""
        if self._unreadable:
            raise PlanError(self._unreadable)

    def _refuse_short_secrets(self) -> None:
        for secret in arguments.secrets(self.argument_spec, self.params):
            if secret.is_password and 0 < len(secret.text) < redaction.SHORTEST:
                self.fail_json(
                    msg="%s: a secret of %d characters cannot be kept out of sight, and is soon guessed; use one of %d characters "
                    "or more" % (secret.place, len(secret.text), redaction.SHORTEST)
                )

    def _refuse_unusable_texts(self, several_lines: FrozenSet[str]) -> None:
        """In check mode as for real, before anything looks at the node: what could become a line of its own anywhere."""
        for words in arguments.unusable(self.argument_spec, self.params, several_lines):
            self.fail_json(msg=words)

    def _stored(self) -> FrozenSet[str]:
        """The secrets of the files that Momentum's programs read and may quote; looked for once, and only for a failure."""
        if self._known is None:
            contents = self.quotable + (nodes.contents(self.node) if hasattr(self, "node") else [])
            self._known = redaction.secrets_of(contents, self.secret_options)
        return self._known


def guarded(main: Callable[[MomentumModule], Dict[str, Any]], module: MomentumModule) -> None:
    """Run a module's body; errors that a user can fix become messages, not tracebacks. What an earlier run left
    unfinished is recovered before anything is planned from the files, and reported. A module that writes stops first where
    its account lacks the rights."""
    failure: Dict[str, Any] = {}
    try:
        _refuse_without_rights(module)
        nodes.refuse_relative(module.node)
        module.refuse_unreadable_marks()
        _recover(module)
        if module.secret_options and not module.reads_only:
            mark = marked_secrets.refuse_unrecordable if module.check_mode else marked_secrets.remember
            mark(module.node.state_dir, module.secret_options)
        result = main(module)
    except MomentumError as error:
        failure = dict(error.details(), msg=str(error))
    except OSError as error:
        failure = {"msg": rights.words_of(error)}
    # Outside of the handler, so that no traceback of an error that knows a secret is at hand.
    if failure:
        module.fail_json(**failure)
    module.exit_json(**result)


def planned_by(plan: Callable[[Task], Planned]) -> Callable[[MomentumModule], Dict[str, Any]]:
    """Return the body of a module that carries out what a concern plans."""
    from .apply import apply

    return lambda module: apply(module, plan(module))


def _refuse_without_rights(module: MomentumModule) -> None:
    """Stop a module that writes, in check mode too, where its account cannot write what comes first."""
    # certificate_authority works where its files are, with the rights of whoever may write there.
    refused = "" if module.reads_only or module.node.state_dir is None else rights.refusal(module.node.state_dir)
    if refused:
        raise PlanError(refused)


def _recover(module: MomentumModule) -> None:
    if not journal.is_pending(module.node.state_dir):
        return
    from .transaction.transaction import foresee, recover

    act = foresee if module.check_mode or module.reads_only else recover
    try:
        told = act(module.node.state_dir)
    except MomentumError as error:
        if not module.reads_only:
            raise
        told = ["%s; this task only reads, and what it reports may be half of an unfinished change" % error]
    for words in told:
        module.warn(words)
