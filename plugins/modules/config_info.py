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
  - Returns the live state as the variables of this collection's roles, so that a hand-made installation can be taken over. A
    first run with these variables changes nothing.
  - Works on nodes where nothing is installed yet.
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
    description: The systemd unit of the daemon, whose bounding set tells whether the live capabilities are a documented trap.
    type: str
    default: ecelerity.service
notes:
  - Secrets are masked in RV(settings) and left out of RV(variables). RV(secrets) names them.
  - Defaults of options that stand nowhere are not returned. The reference table of options in the documentation lists them.
seealso:
  - module: msys.momentum.config
"""

EXAMPLES = r"""
- name: Look at the Security stanza that is in force
  msys.momentum.config_info:
    scopes: [[Security]]
  register: momentum_info

- name: Say who would win
  ansible.builtin.debug:
    msg: "{{ item.option }} = {{ item.value }} from {{ item.file }}:{{ item.line }}"
  loop: "{{ momentum_info.settings }}"

- name: Describe a hand-made installation as variables
  msys.momentum.config_info:
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
    - C(momentum_security_allow) names the documented traps that the installation lives with today, if any.
    - C(momentum_tls_profile) is empty, so that no profile of TLS is applied. What TLS is today is among C(momentum_settings).
  returned: success
  type: dict
  sample:
    momentum_security_user: ecuser
    momentum_tls_profile: ""
    momentum_settings: []
problems:
  description: What could not be read, each with kind, path, file, line and message.
  returned: success
  type: list
  elements: dict
"""

from typing import Any, Dict, Iterator

from ansible_collections.msys.momentum.plugins.module_utils import (
    adoption,
    node,
    redaction,
    security_host,
    version,
)
from ansible_collections.msys.momentum.plugins.module_utils.declared import declared, stanza_of
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.effective import Effective, Setting
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.paths import parse_path
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "scopes": {"type": "list", "elements": "list"},
    "unit": {"type": "str", "default": "ecelerity.service"},
}


def wanted_settings(effective: Effective, scopes: Any) -> Iterator[Setting]:
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


def shown(setting: Setting) -> Dict[str, Any]:
    """Describe one option in force, secrets masked."""
    entry: Dict[str, Any] = {"option": setting.name, "file": setting.file, "line": setting.line}
    entry["value"] = redaction.mask_value(setting.name, setting.value)
    entry["scope"] = adoption.scope_of(setting)
    losers = [(loser.file, loser.line, redaction.mask_value(loser.name, loser.value)) for loser in setting.overridden]
    entry["overridden"] = [dict(zip(("file", "line", "value"), loser)) for loser in losers]
    return entry


def run(module: MomentumModule) -> Dict[str, Any]:
    """Load, resolve and describe."""
    configuration = node.load(module.node)
    effective = Effective(configuration)
    settings = list(wanted_settings(effective, module.params["scopes"]))
    values = [shown(setting) for setting in settings]
    stanza = stanza_of(declared(effective))
    return {
        "changed": False,
        "installed": node.is_installed(module.node),
        "version": version.detect(module.node) or "",
        "main": configuration.main,
        "files": [
            {"path": file.path, "readonly": file.readonly, "included_by": file.included_by or "", "line": file.line}
            for file in configuration.files
        ],
        "settings": values,
        "secrets": [
            {"scope": value["scope"], "option": value["option"], "file": value["file"], "line": value["line"]}
            for value, setting in zip(values, settings)
            if not adoption.is_open(setting)
        ],
        "variables": adoption.variables(settings, stanza, security_host.security_host(module.params["unit"])),
        "problems": [
            {"kind": item.kind, "path": item.path, "file": item.file, "line": item.line, "message": item.message}
            for item in configuration.problems + effective.problems
        ],
    }


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
