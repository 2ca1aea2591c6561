# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live state of a node as the variables of this collection's roles: a run with them changes nothing.

Every later tightening is then a visible change of a variable. Pure.
"""

from typing import Any, Dict, Iterable, List

from . import redaction
from .declared import Stanza
from .ecconf.effective import Setting
from .ecconf.paths import format_path
from .traps import Host, stepped_into

# Roles manage these always; empty stands for "not declared".
ALWAYS = ("user", "group", "capabilities")

# What roles would bring about by their own defaults, and an installation made by hand need not have. Options of TLS that it
# has are among the settings.
UNMANAGED = {"momentum_tls_profile": "", "momentum_permissions": "audit"}


def variables(settings: Iterable[Setting], stanza: Stanza, host: Host) -> Dict[str, Any]:
    """Describe options in force and the Security stanza; values that are secret are left out."""
    described = dict(_security(stanza, host), **UNMANAGED)
    described["momentum_settings"] = [
        {"scope": scope_of(setting), "option": setting.name, "value": setting.value}
        for setting in settings
        if is_open(setting) and not _is_managed(setting)
    ]
    return described


def scope_of(setting: Setting) -> List[str]:
    """The scope of a setting as tasks name it, from the outside in."""
    return [format_path((element,)) for element in setting.path]


def is_open(setting: Setting) -> bool:
    """Tell whether a value may be shown whole."""
    return bool(redaction.mask_value(setting.name, setting.value) == setting.value)


def _security(stanza: Stanza, host: Host) -> Dict[str, Any]:
    """The variables of the Security stanza, with the traps that the node lives with today."""
    values = {field: value for field, value in stanza._asdict().items() if value is not None or field in ALWAYS}
    described = {"momentum_security_" + field: "" if value is None else value for field, value in values.items()}
    traps = stepped_into(stanza, host)
    return dict(described, momentum_security_allow=traps) if traps else described


def _is_managed(setting: Setting) -> bool:
    """Tell whether an option has a variable of its own."""
    scope = [name.lower() for name, _instance in setting.path]
    return scope == ["security"] and setting.name.lower() in Stanza._fields
