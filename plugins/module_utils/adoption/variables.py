# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The live state of a node as the variables of this collection's roles: a run with them changes nothing.

Every later tightening is then a visible change of a variable. Pure.
"""

from typing import Any, Dict, FrozenSet, Iterable, List, Optional

from ..ecconf.effective import Effective, Setting
from ..ecconf.paths import format_path
from ..errors import PlanError
from ..files import file_mode
from ..lint.declared_options import rules_of
from ..lint.finding import Release
from ..redaction import redaction
from ..security.safety_checks import Host, stepped_into
from ..security.stanza import Stanza
from ..text import visible

# What stands for "not declared", of each option of the stanza: also of those that a role manages only where a variable, such as one of a group, is set.
UNDECLARED: Dict[str, Any] = dict.fromkeys(Stanza._fields, "")
UNDECLARED.update(supplemental_groups=[])

# What roles would bring about by their own defaults or by variables of a group, and an installation made by hand need not
# have. Options of TLS, of the console and of msgc that it has are among the settings.
_OF_ALL: Dict[str, Any] = {"momentum_control": "ignore", "momentum_permissions": "audit"}
_OF_MTA: Dict[str, Any] = {
    "momentum_certificates": [],
    "momentum_credentials": [],
    "momentum_dkim_keys": [],
    "momentum_dkim_named_keys": "ignore",
    "momentum_license": "",
    "momentum_outbound_tls": {},
    "momentum_samples_etc": [],
    "momentum_sandbox": "ignore",
    "momentum_security_purge": False,
    "momentum_tls_dhparams_file": "",
    "momentum_tls_profile": "",
    "momentum_tls_targets": [],
}
_OF_CLUSTER: Dict[str, Any] = {"momentum_cluster_msgc": False, "momentum_database": False}
UNMANAGED: Dict[str, Dict[str, Any]] = {
    "standalone": dict(_OF_ALL, **_OF_MTA),
    "cluster_node": dict(_OF_ALL, momentum_cluster_aggregation=False, **_OF_MTA, **_OF_CLUSTER),
    "cluster_manager": dict(_OF_ALL, momentum_manager_node_files=False, **_OF_CLUSTER),
}
MANAGER = "cluster_manager"
# The role cluster_manager has variables of its own where a host may be a node as well; None: it manages no such thing.
OF_MANAGER: Dict[str, Optional[str]] = {
    "momentum_health_control": None,
    "momentum_health_ports": None,
    "momentum_main": "momentum_manager_main",
    "momentum_packages": "momentum_manager_packages",
    "momentum_security_capabilities": "momentum_manager_capabilities",
    "momentum_security_chroot": None,
    "momentum_security_privileges": None,
    "momentum_security_supplemental_groups": None,
    "momentum_service_name": "momentum_manager_service_name",
}
# Options of its scope Logs for which that role has variables; empty where the configuration does not say.
LOGS = {"file_mode": "momentum_manager_log_file_mode", "dir_mode": "momentum_manager_log_directory_mode"}
SMTP = "esmtp_listener"


def variables(
    settings: Iterable[Setting],
    stanza: Stanza,
    host: Host,
    role: str = "standalone",
    secret_options: FrozenSet[str] = redaction.NO_NAMES,
) -> Dict[str, Any]:
    """Describe options in force and the Security stanza; values that are secret, or no text, are left out.

    `role` is the one that is to manage the node; `secret_options` are names of further secrets, in lower case.
    """
    described = dict(_security(stanza, host), **UNMANAGED[role])
    if not stanza.user:
        # The manifest is about the daemon's own account, and there is none.
        described["momentum_permissions"] = "ignore"
    open_settings = [setting for setting in settings if is_open(setting, secret_options) and is_text(setting)]
    if role == MANAGER:
        described.update(_logs(open_settings))
    release = Release(None)
    described["momentum_settings"] = [
        _as_setting(setting, release) for setting in open_settings if not _is_managed(setting, role)
    ]
    return described


def _as_setting(setting: Setting, release: Release) -> Dict[str, Any]:
    """A setting as tasks have it. What the daemon runs with is kept, also where the catalog would refuse it."""
    entry = {"scope": scope_of(setting), "option": setting.name, "value": setting.value}
    allow = rules_of(setting.path, setting.name, setting.value, release)
    return dict(entry, allow=allow) if allow else entry


def named_for(role: str, described: Dict[str, Any]) -> Dict[str, Any]:
    """Give variables the names that they have in a role; those that it does not know are left out."""
    if role != MANAGER:
        return described
    names = {name: OF_MANAGER.get(name, name) for name in described}
    return {str(names[name]): value for name, value in described.items() if names[name] is not None}


def scope_of(setting: Setting) -> List[str]:
    """The scope of a setting as tasks name it, from the outside in."""
    return [format_path((element,)) for element in setting.path]


def is_open(setting: Setting, secret_options: FrozenSet[str] = redaction.NO_NAMES) -> bool:
    """Tell whether a value may be shown whole; `secret_options` are names of further secrets, in lower case."""
    return redaction.is_open(setting.name, setting.value, secret_options)


def is_text(setting: Setting) -> bool:
    """Tell whether a value can leave the node as it is: the bytes of a file need not be UTF-8, and a result shows control
    characters as escapes, with which a later task would write another value."""
    return visible.is_clean(" ".join(scope_of(setting) + [setting.name, setting.raw]))


def smtp_ports(effective: Effective) -> List[int]:
    """The TCP ports at which a configuration has mail taken in, in ascending order (page *listeners*).

    What is switched off, a socket of the file system, and a port that cannot be read are left out. A listener without a
    Listen is assumed at port 25, as `least_privilege` has it.
    """
    from ..tls.inbound import entrances

    return sorted({one.port for one in entrances(effective) if one.port and one.path[0][0].lower() == SMTP})


def _security(stanza: Stanza, host: Host) -> Dict[str, Any]:
    """The variables of the Security stanza, with the safety checks that the node overrides today."""
    declared = {field: value for field, value in stanza._asdict().items() if visible.is_clean(" ".join(value or ()))}
    described = {
        "momentum_security_" + field: UNDECLARED[field] if value is None else value for field, value in declared.items()
    }
    allowed = stepped_into(stanza, host)
    return dict(described, momentum_security_allow=allowed) if allowed else described


def _logs(settings: Iterable[Setting]) -> Dict[str, Any]:
    """The variables of the scope Logs."""
    described: Dict[str, Any] = dict.fromkeys(LOGS.values(), "")
    described.update((LOGS[setting.name.lower()], setting.value) for setting in settings if _is_of_logs(setting))
    return described


def _is_of_logs(setting: Setting) -> bool:
    scope = [(name.lower(), instance) for name, instance in setting.path]
    return scope == [("logs", None)] and setting.name.lower() in LOGS and is_usable(setting.value)


def is_usable(mode: Any, most: int = file_mode.ALL_BITS) -> bool:
    """Tell whether a variable of a role takes a mode. Others stay as they are: among the options, which a run leaves alone as long
    as they are in force."""
    try:
        file_mode.number("", mode, most)
        return True
    except PlanError:
        return False


def _is_managed(setting: Setting, role: str) -> bool:
    """Tell whether an option has a variable of its own."""
    scope = [name.lower() for name, _instance in setting.path]
    return (scope == ["security"] and setting.name.lower() in Stanza._fields) or (
        role == MANAGER and _is_of_logs(setting)
    )
