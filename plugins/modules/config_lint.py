#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: config_lint
short_description: Judge Momentum's configuration against the version that is to read it
version_added: 0.2.0
description:
  - Reads the main file and everything it includes, as Momentum would, and tells what a version refuses, ignores or understands in
    another way. Nothing is changed.
  - Meant for the time before an upgrade, when the new version's own checkers are not on the node yet.
  - An option that a version does not know makes Momentum refuse the whole configuration at its start. Such findings are fatal.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes.info
options:
  version:
    description:
      - The version that is to read the configuration, such as V(5.3.0). The installed one if not given.
    type: str
  from_version:
    description:
      - The version that the configuration was written for. The installed one if not given.
      - Values and defaults that mean something else from a certain version on are warned of on the way across it. If the version
        to come from is unknown, defaults that may have changed are reported as V(info).
    type: str
  fail_on:
    description:
      - The findings that fail the task. With V(fatal) those that keep the daemon from starting, with V(warning) these and what
        is ignored or changes its meaning.
    type: str
    choices: [fatal, warning, never]
    default: fatal
  accept:
    description:
      - Findings that do not fail the task, by the name of the rule, such as V(deprecated), or by rule and option, such as
        V(unlisted_option:mm7_version). They are returned all the same.
    type: list
    elements: str
    default: []
notes:
  - The catalogs of options and of modules are those of the manuals. Options that no page has in a scope to which modules add options, or
    in the stanza of a module, are reported as V(warning), because a file alone does not show whether a module brings them. Where a name
    differs from a documented one by a letter or two, the advice is that one.
  - Values are not returned, so no secret is.
  - For a tree that is not in its place, say where with O(main) and O(search_path).
seealso:
  - module: msys.momentum.config_info
  - name: Lint rules
    description: All rules with what they rest on.
    link: https://github.com/msys/momentum/blob/main/docs/lint.md
"""

EXAMPLES = r"""
- name: Stop before an upgrade that the configuration does not survive
  msys.momentum.config_lint:
    version: 5.3.0

- name: Look at all that changes on the way
  msys.momentum.config_lint:
    version: 5.3.0
    from_version: 4.2.38
    fail_on: never
  register: momentum_lint

- name: Say it
  ansible.builtin.debug:
    msg: "{{ item.severity }}: {{ item.file }}:{{ item.line }}: {{ item.option }} in {{ item.scope }}: {{ item.message }}"
  loop: "{{ momentum_lint.findings }}"

- name: Judge a tree that lies elsewhere, strictly
  msys.momentum.config_lint:
    version: 5.3.0
    main: /srv/review/conf/default/ecelerity.conf
    search_path: [/srv/review/conf/global, /srv/review/conf/default]
    fail_on: warning
    accept: [unlisted_option, "deprecated:ssl_lock_method"]
"""

RETURN = r"""
version:
  description: The version that the configuration was judged against.
  returned: always
  type: str
  sample: 5.3.0
from_version:
  description: The version that the configuration comes from. Empty if unknown.
  returned: always
  type: str
  sample: 4.2.38
findings:
  description: All findings, the worst first, and in load order within one severity.
  returned: always
  type: list
  elements: dict
  contains:
    rule:
      description: The name of the rule.
      type: str
      sample: too_new
    severity:
      description: V(fatal), V(warning) or V(info).
      type: str
      sample: fatal
    option:
      description: The option. Empty if the finding is about a stanza or a file.
      type: str
      sample: tlsv13_ciphersuites
    scope:
      description: The scope.
      type: str
      sample: ESMTP_Listener > Listen ":25"
    file:
      description: The file.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line.
      type: int
      sample: 14
    message:
      description: What is wrong.
      type: str
      sample: not in version 4.2, but since 4.6; Momentum refuses the whole configuration at its start
    advice:
      description: What to do.
      type: str
      sample: remove it
    source:
      description: The page of the manuals that says so. Where no page has a name, the tables in which it is missing.
      type: str
      sample: 4/config/tlsv13-ciphersuites
    accepted:
      description: Whether O(accept) names it.
      type: bool
      sample: false
counts:
  description: How many findings there are of each severity.
  returned: always
  type: dict
  sample: {"fatal": 1, "warning": 0, "info": 2}
"""

from typing import Any, Dict, Optional

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils import node_options as nodes
from ansible_collections.msys.momentum.plugins.module_utils.catalog.catalog import parse_version
from ansible_collections.msys.momentum.plugins.module_utils.console_access import rotation
from ansible_collections.msys.momentum.plugins.module_utils.daemon import version as versions
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files.current import current_file
from ansible_collections.msys.momentum.plugins.module_utils.lint.finding import Finding
from ansible_collections.msys.momentum.plugins.module_utils.lint.run import counts, findings, grave, is_accepted
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "version": {"type": "str"},
    "from_version": {"type": "str"},
    "fail_on": {"type": "str", "choices": ["fatal", "warning", "never"], "default": "fatal"},
    "accept": {"type": "list", "elements": "str", "default": []},
}


def origin_of(module: MomentumModule) -> Optional[str]:
    """The version that the configuration comes from: what the task says, else the installed one, if anybody knows."""
    given: Optional[str] = module.params["from_version"]
    if not given:
        return versions.detect(module.node)
    try:
        parse_version(given)
    except ValueError:
        raise PlanError("from_version %r is no version of Momentum; write it as numbers, such as 4.2.1" % given)
    return given


def words_of(finding: Finding) -> str:
    """One finding in one line."""
    what = ("%s in %s" % (finding.option, finding.scope)) if finding.option else finding.scope
    return "%s:%d: %s: %s; %s" % (finding.file, finding.line, what, finding.message, finding.advice)


def run(module: MomentumModule) -> Dict[str, Any]:
    """Load, judge, and fail where the findings are worse than the task allows."""
    target = versions.require(module.node, module.params["version"])
    origin = origin_of(module)
    configuration = nodes.current(module.node).configuration
    prefix = module.node.prefix
    found = findings(configuration, target, origin, (rotation.asked_by(prefix, current_file), rotation.usual(prefix)))
    accept = module.params["accept"]
    result = {
        "changed": False,
        "version": target,
        "from_version": origin or "",
        "findings": [dict(finding._asdict(), accepted=is_accepted(finding, accept)) for finding in found],
        "counts": counts(found),
    }
    refused = grave(found, module.params["fail_on"], accept)
    if refused:
        words = "the configuration is not fit for version %s, %d findings, the first: %s"
        module.fail_json(msg=words % (target, len(refused), words_of(refused[0])), **result)
    return result


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
