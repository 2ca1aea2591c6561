# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options import nothing, so that a controller has them without the code that uses them; what they name is what that code knows."""

import ast
from pathlib import Path

import pytest

from plugins.module_utils.config import web_server
from plugins.module_utils.console_access import passwords
from plugins.module_utils.console_access import safety_checks as console
from plugins.module_utils.credentials import entries
from plugins.module_utils.daemon import kinds
from plugins.module_utils.exposure import rules
from plugins.module_utils.license import judge
from plugins.module_utils.lint import declared_options
from plugins.module_utils.options import (
    certificate,
    config,
    control,
    credential,
    exposure,
    keyword_file,
    permissions,
    sandbox,
    security,
    service,
)
from plugins.module_utils.permissions import manifests_data
from plugins.module_utils.pki.units import unit
from plugins.module_utils.pki.x509 import keys, requests
from plugins.module_utils.sandbox import needs
from plugins.module_utils.security import placement, safety_checks
from plugins.module_utils.state import pending

pytestmark = pytest.mark.node

OPTIONS = Path(__file__).resolve().parents[3] / "plugins" / "module_utils" / "options"


@pytest.mark.parametrize(
    ("option", "known"),
    [
        (certificate.UNIT["source"], unit.SOURCES),
        (certificate.UNIT["key_type"], keys.KINDS),
        (certificate.UNIT["usages"], requests.USAGES),
        (config.SETTING["allow"], declared_options.REFUSED),
        (control.ARGUMENTS["allow"], [check.name for check in console.SAFETY_CHECKS] + ["root_locked_out"]),
        (credential.ENTRY["documented"], entries.DOCUMENTED),
        (credential.ENTRY["facility"], entries.FACILITIES),
        (exposure.ENTRY["name"], rules.NAMES),
        (keyword_file.FILE["activation"], pending.LEVELS),
        (keyword_file.FILE["tls"], [web_server.OFFERED, web_server.REQUIRED]),
        (permissions.ARGUMENTS["role"], manifests_data.ROLES),
        (permissions.ARGUMENTS["leave"], manifests_data.PARTS),
        (permissions.ARGUMENTS["manual_modes"], manifests_data.SWITCHABLE),
        (sandbox.ARGUMENTS["drop_capabilities"], needs.DROPPABLE),
        (security.ARGUMENTS["role"], placement.ROLES),
        (security.ARGUMENTS["allow"], [check.name for check in safety_checks.SAFETY_CHECKS]),
        (service.ARGUMENTS["daemon"], kinds.KINDS),
        (service.ARGUMENTS["license"]["options"]["require"], judge.REQUIREMENTS),
    ],
)
def test_the_choices_of_an_option_are_what_the_code_behind_it_knows(option, known):
    assert option["choices"] == list(known)


def test_the_realm_of_digests_is_the_default():
    assert control.PASSWORD_FILE["realm"]["default"] == passwords.REALM


@pytest.mark.parametrize("path", sorted(OPTIONS.glob("*.py")), ids=lambda path: path.stem)
def test_options_import_nothing_but_each_other(path):
    found = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    assert {(node.level, node.module) for node in found} <= {(0, "typing"), (1, None)}
