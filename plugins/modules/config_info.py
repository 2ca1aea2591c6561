#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: config_info
short_description: Read what Momentum's configuration means, and where each value comes from
version_added: 0.1.0
description:
  - Loads the main file and everything it includes, in Momentum's own order, and returns the values that are in force with file
    and line, the assignments they override, and what is wrong with the files.
  - Returns the live state as the variables of this collection's roles, so that a hand-made installation can be adopted. A
    first run with these variables changes nothing.
  - Works on nodes where nothing is installed yet.
  - With O(adopt) the whole installation is described. The playbook C(msys.momentum.adopt) writes that into an inventory.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes.info
options:
  scopes:
    description:
      - The scopes whose options are returned in RV(settings) and in RV(variables), each as a list from the outside in, with all
        scopes inside it. All scopes if not given.
      - An empty list among them stands for the global scope alone.
    type: list
    elements: list
  unit:
    description:
      - The systemd unit of the daemon, whose bounding set tells whether the live capabilities are something that a safety check refuses.
      - C(ecelerity.service) if not given, C(eccmgr.service) with O(role=cluster_manager).
    type: str
  packages:
    description:
      - Packages, each as C(NAME) or C(NAME-VERSION), of which RV(packages_installed) tells whether the RPM database has all of them.
      - Whether the unit is enabled and a licence is there is returned with it, so that what a role has to know of an installation takes one task.
    type: list
    elements: str
    version_added: 0.3.0
  ask_license:
    description:
      - Whether the node's own tools are asked about the licence, too, which RV(license) then says. These are C(ec_lic), the messages that the daemon
        keeps (the console's C(paniclog)), and the configuration of OpenSSL.
      - C(ec_lic) gets a copy of the licence and an address at which nothing listens, so that it fetches and replaces nothing. It has 20 seconds.
    type: bool
    default: false
    version_added: 0.3.0
  license_expires:
    description:
      - The last day of the licence as C(YYYY-MM-DD), which the vendor tells. What is in a licence is not documented, so the file is not asked.
      - RV(license) then says how many days are left.
    type: str
    default: ""
    version_added: 0.3.0
  adopt:
    description:
      - Whether RV(variables) describes the installation beside its configuration, too, and RV(installation) is returned. That is
        packages, the service, the console, the ports at which mail is taken in, and whose the files are.
      - Asks the RPM database, systemd and the kernel. Fails for a node without Momentum, and for a configuration that is broken.
    type: bool
    default: false
    version_added: 0.2.0
  role:
    description:
      - The role that RV(variables) are meant for.
      - V(cluster_manager) describes the daemon C(eccmgr), and decides about the defaults of O(main) and O(unit).
    type: str
    choices: [standalone, cluster_node, cluster_manager]
    default: standalone
    version_added: 0.2.0
  main:
    description:
      - The main configuration file, from which all others are included.
      - C(etc/conf/default/ecelerity.conf) below O(prefix) if not given, C(eccluster.conf) beside it with O(role=cluster_manager).
    type: path
notes:
  - Secrets are masked in RV(settings) and left out of RV(variables). RV(secrets) names them.
  - Defaults of options that are not set are not returned. The reference table of options in the documentation lists them.
seealso:
  - module: msys.momentum.config
"""

EXAMPLES = r"""
- name: Look at the Security stanza that is in force
  msys.momentum.config_info:
    scopes: [[Security]]
  register: momentum_info

- name: Show which assignment takes precedence
  ansible.builtin.debug:
    msg: "{{ item.option }} = {{ item.value }} from {{ item.file }}:{{ item.line }}"
  loop: "{{ momentum_info.settings }}"

- name: Describe a hand-made installation as variables
  msys.momentum.config_info:
    adopt: true
  register: momentum_live
"""

RETURN = r"""
installed:
  description: Whether the daemon's program is on the node.
  returned: success
  type: bool
  sample: true
version:
  description: The installed version, as the package or the running daemon says it. Empty if it is not installed or neither does.
  returned: success
  type: str
  sample: 5.3.0.12345
packages_installed:
  description: Whether the RPM database has all of O(packages).
  returned: with O(packages)
  type: bool
  sample: true
unit_enabled:
  description: Whether systemd says that the unit is enabled.
  returned: with O(packages)
  type: bool
  sample: true
has_license:
  description: Whether C(etc/license) below O(prefix) exists.
  returned: with O(packages)
  type: bool
  sample: true
license:
  description:
    - The licence of the MTA. Empty with O(role=cluster_manager), which needs none.
    - Nothing of what is in it is returned. What is not known is V(unknown), never taken for well.
  returned: success
  type: dict
  version_added: 0.3.0
  contains:
    path:
      description: Where it is, by the option C(License) or C(etc/license) below O(prefix).
      type: str
      sample: /opt/msys/ecelerity/etc/license
    present:
      description: Whether there is a file that is not empty.
      type: bool
      sample: true
    owner:
      description: Its owner. Empty without a file, as the next two.
      type: str
      sample: root
    group:
      description: Its group.
      type: str
      sample: ecuser
    mode:
      description: Its mode.
      type: str
      sample: "0640"
    problems:
      description: What is wrong with it, such as that it is missing, that the daemon's user cannot read it, or that others may write it.
      type: list
      elements: str
      sample: []
    sha256:
      description: The checksum of its content. Empty without one.
      type: str
    deployed:
      description: The checksum of the licence that M(msys.momentum.license) has deployed last. Empty if none, and where
        M(msys.momentum.restore) has put an older one back.
      type: str
    days_left:
      description: The days until O(license_expires), negative after it. Null where that is not given.
      type: int
      sample: 200
    validity:
      description:
        - V(valid) where C(ec_lic) or the daemon's messages say so, V(unconfirmed) where one of them says something else, V(unknown) else, and
          without O(ask_license).
      type: str
      sample: valid
    said:
      description: Why it is not confirmed, at most 200 characters.
      type: str
      sample: ""
    binding:
      description: The MAC address that the daemon says the licence is tied to. V(unknown) where it says nothing, as for one by IP address.
      type: str
      sample: "00:01:02:34:4b:b3"
    fips:
      description:
        - Whether the node's OpenSSL permits approved algorithms alone (V(enforced), V(not enforced) or V(unknown)). If so, Momentum accepts only a
          licence that is signed with ECDSA, as those of 5.3.0 and later are. How this one is signed is not known.
      type: str
      sample: not enforced
working_copy:
  description:
    - The working copy of C(eccfg) that the configuration is, C(etc/conf) below O(prefix); empty where it is none. What is not committed may be
      replaced there (O(working_copy)).
  returned: success
  type: str
  sample: ""
  version_added: 0.3.0
exposure:
  description:
    - What the configuration opens to the world, and what nobody can tell because a part of it is beyond reach. Empty where nothing is open.
    - Values that are not set count as the version has them by default.
  returned: success
  type: list
  elements: dict
  version_added: 0.3.0
  contains:
    name:
      description: The name of the finding, by which the roles accept it (C(momentum_exposure_accepted)).
      type: str
      sample: open_relay
    status:
      description: V(open), or V(unknown) where nobody can tell.
      type: str
      sample: open
    scope:
      description: The scope that sets it, or in which the default is in force.
      type: str
      sample: ESMTP_Listener > Listen ":25"
    option:
      description: The option. Empty where a scope or a file is the reason.
      type: str
      sample: Open_Relay
    value:
      description: The value in force, masked where it is a secret.
      type: raw
      sample: "true"
    default:
      description: Whether nothing sets it, so that it is the default.
      type: bool
      sample: false
    file:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line.
      type: int
      sample: 14
    because:
      description: What is open, and to whom.
      type: str
      sample: 'any client at ESMTP_Listener > Listen ":25" has mail delivered anywhere'
    page:
      description: The page of the manuals that says so.
      type: str
      sample: 4/config/ref-open-relay
    remedy:
      description: What closes it, with the entry of C(momentum_settings), or of O(msys.momentum.config#module:settings), where one does.
      type: str
      sample: 'momentum_settings: [{scope: ["ESMTP_Listener", "Listen \":25\""], option: Open_Relay, value: "false"}]'
    accepted:
      description: The reason for which the task accepts it. Empty if it does not.
      type: str
      sample: ""
main:
  description: The main configuration file.
  returned: success
  type: str
  sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
files:
  description: All files of the configuration in load order.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity-cluster.conf
    readonly:
      description: Whether Momentum itself would never write it back.
      type: bool
      sample: false
    included_by:
      description: The file that includes it, empty for the main file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line of the include.
      type: int
      sample: 40
settings:
  description: The options in force.
  returned: success
  type: list
  elements: dict
  contains:
    scope:
      description: The scope from the outside in, as the option O(scopes) takes it.
      type: list
      elements: str
      sample: [ESMTP_Listener, 'Listen ":25"']
    option:
      description: The option's name as written.
      type: str
      sample: Enable
    value:
      description: The value, without quotes.
      type: raw
      sample: "true"
    file:
      description: The file that sets it.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line that sets it.
      type: int
      sample: 14
    overridden:
      description: The assignments that lose against it, with value, file and line.
      type: list
      elements: dict
secrets:
  description: Options whose values are secret and therefore missing from RV(variables).
  returned: success
  type: list
  elements: dict
variables:
  description:
    - The live state as variables of the roles, C(momentum_security_user) and its siblings, and C(momentum_settings).
    - C(momentum_security_allow) names the safety checks that the installation overrides today, if any.
    - What roles do by default, and need not hold on an installation made by hand, is switched off, as C(momentum_tls_profile) is
      empty and C(momentum_permissions) V(audit). What TLS and the console are today is among C(momentum_settings).
  returned: success
  type: dict
  sample:
    momentum_security_user: ecuser
    momentum_tls_profile: ""
    momentum_settings: []
not_text:
  description:
    - Options that are missing from RV(variables), because their value or scope is not UTF-8 text, or has a control character
      other than a line feed or a tab. Results show such characters as escapes, with which a later task would set another value.
  returned: success
  type: list
  elements: dict
installation:
  description: What stands outside of the configuration.
  returned: with O(adopt)
  type: dict
  contains:
    daemon:
      description: The daemon.
      type: str
      sample: ecelerity
    packages:
      description: The packages that stand for the installation. Empty if no RPM package owns the daemon.
      type: list
      elements: str
      sample: [msys-role-mta]
    package_version:
      description: Their version. Empty without a package.
      type: str
      sample: 5.3.0.12345
    unit:
      description: The systemd unit that runs the daemon, or is expected to.
      type: str
      sample: ecelerity.service
    enabled:
      description: Whether the node starts it when it boots. Null if there is no such unit.
      type: bool
      sample: true
    running:
      description: Whether the daemon runs.
      type: bool
      sample: true
    console:
      description: The endpoint of the console that answers without a password. Empty if none does.
      type: str
      sample: /tmp/2025
    rotation:
      description: The socket at which C(ec_rotate) asks for the console. Empty where it is not installed.
      type: str
      sample: /tmp/2025
    rotation_reaches:
      description: Whether the configuration has a console there that asks for no password. If not, rotation loses lines of the logs.
      type: bool
      sample: true
    ports:
      description: The TCP ports at which the configuration has mail taken in.
      type: list
      elements: int
      sample: [25, 587]
    refused:
      description: What Momentum's own C(validate_config) has against the configuration. Empty if nothing, or if it could not be asked.
      type: str
      sample: "Syntax error in ecelerity.conf, line 7"
    main:
      description: Owner, group and mode of the main file.
      type: dict
      sample: {owner: ecuser, group: ecuser, mode: "0644"}
    directory:
      description: Owner, group and mode of its directory.
      type: dict
      sample: {owner: ecuser, group: ecuser, mode: "0755"}
problems:
  description: What could not be read, each with kind, path, file, line and message.
  returned: success
  type: list
  elements: dict
"""

import datetime
import os
import re
from typing import Any, Dict, FrozenSet, Iterator

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils import node_options
from ansible_collections.msys.momentum.plugins.module_utils.adoption import variables as adoption
from ansible_collections.msys.momentum.plugins.module_utils.config.current import CurrentConfiguration
from ansible_collections.msys.momentum.plugins.module_utils.daemon import console, host_limits, version
from ansible_collections.msys.momentum.plugins.module_utils.daemon.kinds import (
    ECCMGR,
    ECELERITY,
    Kind,
    at_home,
    program_of,
)
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.effective import Effective, Setting
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.paths import parse_path
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.exposure import current as exposure
from ansible_collections.msys.momentum.plugins.module_utils.files import working_copy
from ansible_collections.msys.momentum.plugins.module_utils.license import report as license_report
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.redaction import redaction
from ansible_collections.msys.momentum.plugins.module_utils.security.current import current as current_security

PACKAGE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+~^-]*\Z")  # a name, or a name and a version
LONGEST = 1000  # characters of the validator's output in a result

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "scopes": {"type": "list", "elements": "list"},
    "unit": {"type": "str"},
    "packages": {"type": "list", "elements": "str"},
    "ask_license": {"type": "bool", "default": False},
    "license_expires": {"type": "str", "default": ""},
    "adopt": {"type": "bool", "default": False},
    "role": {"type": "str", "choices": list(adoption.UNMANAGED), "default": "standalone"},
}


def requested_settings(effective: Effective, scopes: Any) -> Iterator[Setting]:
    """Yield what is in force in the asked scopes and below them."""
    if scopes is None:
        yield from effective.settings()
        return
    for scope in scopes:
        try:
            path = parse_path(scope)
        except ValueError as error:
            raise PlanError("scope %r cannot be read: %s" % (scope, error))
        for setting in effective.settings(path):
            if path or not setting.path:
                yield setting


def shown(setting: Setting, secret_options: FrozenSet[str]) -> Dict[str, Any]:
    """Describe one option in force, secrets masked."""
    entry: Dict[str, Any] = {"option": setting.name, "file": setting.file, "line": setting.line}
    entry["value"] = redaction.mask_value(setting.name, setting.value, secret_options)
    entry["scope"] = adoption.scope_of(setting)
    entry["overridden"] = [
        {
            "file": loser.file,
            "line": loser.line,
            "value": redaction.mask_value(loser.name, loser.value, secret_options),
        }
        for loser in setting.overridden
    ]
    return entry


def unit_of(module: MomentumModule) -> str:
    """The unit that the task names, else the daemon's own."""
    return str(module.params["unit"] or kind_of(module).program + ".service")


def kind_of(module: MomentumModule) -> Kind:
    """The daemon that the task is about."""
    return ECCMGR if module.params["role"] == adoption.MANAGER else ECELERITY


def placed(entry: Dict[str, Any]) -> Dict[str, Any]:
    """Where an option stands, without its value."""
    return {key: entry[key] for key in ("scope", "option", "file", "line")}


def adopted(module: MomentumModule, effective: Effective, found: str) -> Dict[str, Any]:
    """Describe what stands outside of the configuration; raises PlanError for a node that is no basis."""
    from ansible_collections.msys.momentum.plugins.module_utils.adoption import installation as adoption_host

    kind = kind_of(module)
    if not os.path.exists(program_of(module.node, kind)):
        raise PlanError("there is no %s: nothing to adopt" % program_of(module.node, kind))
    installation = adoption_host.look(module.node, kind, effective, unit_of(module))
    seen = dict(installation._asdict())
    # Nothing is written on the node, not even a shadow of its configuration among the transactions.
    words = node_options.refusal(module.node._replace(state_dir=""))
    seen["refused"] = " ".join(module.hide(words, True).split())[:LONGEST]
    for key in ("main", "directory"):
        seen[key] = dict(seen[key]._asdict()) if seen[key] is not None else {}
    return {"installation": seen, "variables": adoption_host.variables(module.node, installation, found)}


def deployed(module: MomentumModule) -> Dict[str, bool]:
    """What a role has to know of an installation before it looks into it."""
    from ansible_collections.msys.momentum.plugins.module_utils.host import rpm, service_manager

    names = module.params["packages"]
    wrong = [name for name in names if not PACKAGE.match(name)]
    if wrong:
        raise PlanError("packages: %r is no name of a package" % wrong[0])
    return {
        "packages_installed": rpm.are_installed(names),
        "unit_enabled": service_manager.show(unit_of(module), "UnitFileState").get("UnitFileState") == "enabled",
        "has_license": os.path.exists(os.path.join(module.node.prefix, "etc", "license")),
    }


def run(module: MomentumModule) -> Dict[str, Any]:
    """Load, resolve and describe."""
    if not module.params["main"]:
        module.node = at_home(module.node, kind_of(module))
    now = node_options.current(module.node)
    if module.params["adopt"]:
        node_options.refuse_broken(now.configuration)
    found = version.detect(module.node) or ""
    outside = adopted(module, now.effective, found) if module.params["adopt"] else {}
    result = described(module, now)
    result["variables"].update(outside.pop("variables", {}))
    if module.params["packages"] is not None:
        result.update(deployed(module))
    result["variables"] = adoption.named_for(module.params["role"], result["variables"])
    result["license"] = licensed(module, now.effective)
    result["exposure"] = exposure.current(now, found, module.node.prefix, (), module.secret_options)
    return dict(result, version=found, **outside)


def licensed(module: MomentumModule, effective: Effective) -> Dict[str, Any]:
    """The licence, and what the node's tools say of it where the task has them asked. Raises PlanError for a date that is none."""
    if not kind_of(module).is_mta:
        return {}
    asked = (lambda: console.paniclog(module.node.prefix, effective)) if module.params["ask_license"] else None
    expires = module.params["license_expires"]
    found = license_report.report(module.node, effective, expires, datetime.date.today(), asked)
    return dict(found, said=module.hide(found["said"], True))


def described(module: MomentumModule, now: CurrentConfiguration) -> Dict[str, Any]:
    """What the configuration specifies, and how it would be said in variables."""
    settings = list(requested_settings(now.effective, module.params["scopes"]))
    values = [shown(setting, module.secret_options) for setting in settings]
    is_open = [adoption.is_open(setting, module.secret_options) for setting in settings]
    security = current_security(now.effective, host_limits.security_host(unit_of(module)))
    return {
        "changed": False,
        "installed": node_options.is_installed(module.node),
        "working_copy": working_copy.of(module.node.prefix),
        "main": now.configuration.main,
        "files": [
            {"path": file.path, "readonly": file.readonly, "included_by": file.included_by or "", "line": file.line}
            for file in now.configuration.files
        ],
        "settings": values,
        "secrets": [placed(value) for value, known in zip(values, is_open) if not known],
        "not_text": [
            placed(value)
            for value, setting, known in zip(values, settings, is_open)
            if known and not adoption.is_text(setting)
        ],
        "variables": adoption.variables(
            settings,
            security.stanza,
            security.host,
            module.params["role"],
            module.secret_options,
        ),
        "problems": [node_options.described(item) for item in now.problems],
    }


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
