# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller's part of the module `node`: where certificates of an authority are due, it signs them, and the module runs once more.

The first run plans everything and writes the requests alone; the second has the certificates, and writes the node as one.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.validation import check_type_dict
from ansible_collections.msys.momentum.plugins.module_utils.options.parts import ARGUMENTS
from ansible_collections.msys.momentum.plugins.module_utils.pki.errors import CertificateError
from ansible_collections.msys.momentum.plugins.plugin_utils import signing
from ansible_collections.msys.momentum.plugins.plugin_utils.signing_action import SigningAction

PART = "certificate"


class ActionModule(SigningAction):
    """Units and authority are options of one part."""

    MODULE = "msys.momentum.node"
    SPECIFICATION = ARGUMENTS

    def arguments(self) -> dict[str, Any]:
        """The options of the task. Ansible takes a dictionary in a text, too, and an authority in it must not get to the node."""
        given = dict(self._task.args)
        if isinstance(given.get(PART), str):
            try:
                given[PART] = check_type_dict(given[PART])
            except TypeError:
                raise CertificateError(
                    "%s: a dictionary is needed here; see the documentation of the option" % PART
                ) from None
        return given

    def options_of(self, whole: dict[str, Any]) -> dict[str, Any]:
        """Those of the part."""
        return whole.get(PART) or {}

    def units_of(self, whole: dict[str, Any]) -> list[Any]:
        """None where `only` leaves the part out: nobody asks the authority then."""
        return super().units_of(whole) if whole.get("only") is None or PART in whole["only"] else []

    def found_in(self, result: dict[str, Any]) -> dict[str, Any]:
        """What the result says of the part."""
        parts = result.get("parts") or {}
        found = (parts.get(PART) or {}) if isinstance(parts, dict) else None
        if not isinstance(found, dict):
            raise CertificateError("the node returned no dictionary of its parts")
        return found

    def with_found(self, result: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
        """The part says that."""
        return dict(result, parts=dict(result["parts"], **{PART: found}))

    def handed_back(self, units: list[Any], signed: signing.Signed) -> list[Any]:
        """All of them: this run plans the node anew."""
        certificates = signed.certificates
        return [
            dict(unit, signed=certificates[unit["name"]]) if unit["name"] in certificates else unit for unit in units
        ]

    def merged(self, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
        """The second run, with the reasons that the first one had."""
        units = signing.told(self.found_in(first)["units"], self.found_in(second)["units"])
        return dict(self.with_found(self.alone(second), dict(self.found_in(second), units=units)), changed=True)

    def alone(self, first: dict[str, Any]) -> dict[str, Any]:
        """The result as it is, unless the node waits for what nobody has signed."""
        if first.get("waiting"):
            raise CertificateError("the node waits for certificates, and returned no request that could be signed")
        return first
