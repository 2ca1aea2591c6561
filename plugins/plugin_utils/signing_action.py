# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's part of the modules that deploy certificates: it signs what nodes request of an authority.

The module runs once. Where it comes back with requests, they are compared with the task and signed with the authority's
key, which is on the controller and stays there, and the module runs once more with the certificates.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.text.converters import to_bytes
from ansible.plugins.action import ActionBase

from ..module_utils import node_options
from ..module_utils.arguments import against, given
from ..module_utils.errors import MomentumError
from ..module_utils.options.certificate import ARGUMENTS as CERTIFICATE
from ..module_utils.pki.authority import issuer as issuers
from ..module_utils.pki.authority import signing as signer
from ..module_utils.pki.authority.issuer import Issuer
from ..module_utils.pki.errors import CertificateError
from ..module_utils.redaction.redaction import SHORTEST
from ..module_utils.text import visible
from . import node_facts, signing
from .node_text import untrusted

ONLY = {"authority": CERTIFICATE["authority"]}


class SigningAction(ActionBase):
    """One task for the user: the node has a certificate of the authority afterwards. MODULE: what runs on the node. SPECIFICATION: its own
    options. Of a task `whole`, and of a result, the methods below know where the units are."""

    TRANSFERS_FILES = False
    MODULE = ""
    SPECIFICATION: dict[str, Any] = {}

    def arguments(self) -> dict[str, Any]:
        """The options of the task, as a dictionary of its own. Raises CertificateError."""
        return dict(self._task.args)

    def options_of(self, whole: dict[str, Any]) -> dict[str, Any]:
        """The dictionary of a task's options that has `units` and `authority`."""
        return whole

    def units_of(self, whole: dict[str, Any]) -> list[Any]:
        """The units that the task is about."""
        return self.options_of(whole).get("units") or []

    def found_in(self, result: dict[str, Any]) -> dict[str, Any]:
        """What a result says of the units. Raises CertificateError for a result that is none."""
        return result

    def with_found(self, result: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
        """The result, which says that of the units."""
        return found

    def handed_back(self, units: list[Any], signed: signing.Signed) -> list[Any]:
        """The units of the second run."""
        return signing.handing_back(units, signed)

    def merged(self, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
        """One result of two runs."""
        return signing.merge(first, second)

    def alone(self, first: dict[str, Any]) -> dict[str, Any]:
        """The result of a run that needs no second. Raises CertificateError where it does."""
        return signing.alone(first)

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Run the module; where requests come back, sign them and run it again."""
        super().run(tmp, task_vars)
        try:
            return self._run(task_vars)
        except (MomentumError, OSError) as error:
            # Its words are in part the node's. An exception would have ansible-core 2.16 run them as a template, once a rescue
            # looks at ansible_failed_result.
            return {"failed": True, "msg": untrusted(visible.message(str(error)))}

    def _run(self, task_vars: Any) -> dict[str, Any]:
        """The result. Raises AnsibleActionFail, MomentumError, OSError."""
        delegated = [self._task.delegate_to] if self._task.delegate_to else []
        node_facts.refuse(task_vars["hostvars"], [task_vars["inventory_hostname"]] + delegated)
        arguments = self.arguments()
        specification = dict(node_options.ARGUMENTS, **self.SPECIFICATION)
        unusable = against(specification, arguments)
        if unusable:
            raise CertificateError(unusable)
        arguments = given(specification, arguments)
        checked = ArgumentSpecValidator(specification).validate(arguments)
        # From here on nothing of the authority is among what is sent to the node.
        authority = self.options_of(arguments).pop("authority", None)
        if checked.error_messages:
            # The module says so itself, without what it must not say. A wrong authority never gets there.
            _refuse_wrong_authority(authority)
            return self._ask(arguments, [], {}, task_vars)
        parameters = checked.validated_parameters
        units = self.units_of(parameters)
        elsewhere = signing.asked_elsewhere(units)
        if signing.of_authority(units):
            return self._with_authority(
                arguments, self.options_of(parameters)["authority"], units, elsewhere, task_vars
            )
        result = self._ask(arguments, units, elsewhere, task_vars)
        return result if self._is_no_answer(result) else self.alone(result)

    def _with_authority(
        self,
        arguments: dict[str, Any],
        authority: dict[str, Any] | None,
        units: list[Any],
        elsewhere: dict[str, Any],
        task_vars: Any,
    ) -> dict[str, Any]:
        """Judge the task, ask the node, sign, hand back. Raises CertificateError, OSError."""
        ours = signing.of_authority(units)
        if authority is None:
            raise CertificateError(
                "certificate %s: source is authority, but the option authority is missing; give its certificate and key, "
                "or use source external for certificates that are signed elsewhere" % ours[0]["name"]
            )
        issuer = _load(authority, task_vars)
        asked = signing.asked_of_all(ours, authority["days"], issuer)
        everything = dict(elsewhere, **asked)
        identifier = issuers.identifier(issuer.certificate).key_identifier.hex()
        options = self.options_of(arguments)
        options["units"] = signing.for_node(list(options["units"]), asked, identifier)
        first = self._ask(arguments, units, everything, task_vars)
        if self._is_no_answer(first):
            return first
        now = datetime.now(timezone.utc)
        signed = signing.sign_all(
            signing.requests_of(self.found_in(first), asked),
            asked,
            lambda request, desired: signer.sign(request, desired, issuer, now),
        )
        if self._task.check_mode or not signed.certificates:
            return self.alone(first)
        options["units"] = self.handed_back(options["units"], signed)
        second = self._ask(arguments, units, everything, task_vars)
        if self._is_no_answer(second):
            # What the first run wrote stays: requests wait for the next run.
            return dict(second, changed=bool(first.get("changed")))
        return _warned(self.merged(first, second), signed.shortened)

    def _ask(
        self, arguments: dict[str, Any], units: list[Any], asked: dict[str, Any], task_vars: Any
    ) -> dict[str, Any]:
        """Run the module; the result has the requests as they were compared with the task. Raises CertificateError."""
        result: dict[str, Any] = self._execute_module(
            module_name=self.MODULE, module_args=arguments, task_vars=task_vars
        )
        found = self.found_in(result)
        return self.with_found(result, signing.judged(found, units, asked)) if "units" in found else result

    def _is_no_answer(self, result: dict[str, Any]) -> bool:
        return bool(result.get("failed")) or "units" not in self.found_in(result)


def _refuse_wrong_authority(authority: Any) -> None:
    """Raise AnsibleActionFail, without any value, where the option authority is not as it has to be."""
    try:
        wrong = ArgumentSpecValidator(ONLY).validate({"authority": authority}).error_messages
    except (TypeError, ValueError):
        wrong = ["authority is wrong"]
    if wrong:
        raise AnsibleActionFail(
            "authority needs certificate and key (paths on the controller), and may have passphrase and days (a number)"
        )


def _load(authority: dict[str, Any], task_vars: Any) -> Issuer:
    """The authority of the task, from files of the controller. Raises CertificateError, OSError."""
    if authority["passphrase"] == "":
        raise CertificateError("the passphrase of the authority is empty; leave it out for a key without one")
    if len(authority["passphrase"] or "") in range(1, SHORTEST):
        raise CertificateError(
            "authority.passphrase: a secret of less than %d characters cannot be kept out of sight, and is soon guessed; use a "
            "longer one" % SHORTEST
        )
    paths = {option: on_controller(authority[option], task_vars) for option in ("certificate", "key")}
    certificate = _read("certificate", paths["certificate"])[0]
    key, mode = _read("key", paths["key"])
    if mode & 0o077 and not issuers.is_protected(key):
        raise CertificateError(
            "authority.key: %s is not encrypted, and others than its owner may read it (mode %04o); take that away (chmod 0600)"
            % (paths["key"], mode)
        )
    passphrase = to_bytes(authority["passphrase"]) if authority["passphrase"] is not None else None
    where = "authority.certificate %s" % paths["certificate"]
    return issuers.load(key, certificate, passphrase, datetime.now(timezone.utc), where)


def _read(option: str, path: str) -> tuple[bytes, int]:
    """A file of the controller with its permission bits. Raises CertificateError, with the option."""
    try:
        with open(path, "rb") as file:
            return file.read(), os.fstat(file.fileno()).st_mode & 0o7777
    except OSError as error:
        raise CertificateError(
            "authority.%s: %s on the controller: %s. Relative paths are relative to the inventory directory. In the role certificates "
            "set momentum_certificates_authority.%s" % (option, path, error.strerror, option)
        ) from None


def on_controller(path: str, task_vars: Any) -> str:
    """The absolute path of a file of the controller. A relative one is relative to the inventory directory, as everywhere in this
    collection, wherever the playbook is; without an inventory file to the present directory."""
    return os.path.join(task_vars.get("inventory_dir") or os.getcwd(), path)


def _warned(result: dict[str, Any], shortened: list[str]) -> dict[str, Any]:
    words = "the authority ends before the days that were requested; renew it (%s)" % ", ".join(shortened)
    return dict(result, warnings=list(result.get("warnings") or []) + [words] * bool(shortened))
