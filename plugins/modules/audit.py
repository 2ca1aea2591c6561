#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: audit
short_description: Audit the security of a Momentum node
version_added: 0.3.0
description:
  - Looks at what the configuration declares, at files, and at the running daemon, and says of each rule whether it holds, with what was seen, where,
    and what repairs it.
  - Reads only, and in one pass. Questions go to the daemon's console, to C(ec_lic), to systemd, and to the name servers of the node.
  - A rule that could not look, or only at a part, is V(unknown). It has not passed.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes.info
options:
  role:
    description:
      - What the host is. It decides about the daemon, and about owners and modes of files.
    type: str
    choices: [standalone, cluster_node, cluster_manager]
    default: standalone
  unit:
    description:
      - The systemd unit of the daemon.
      - C(ecelerity.service) if not given, C(eccmgr.service) with O(role=cluster_manager).
    type: str
    default: ""
  rules:
    description:
      - The rules to apply, by id or by the beginning of one, such as V(MSEC-TLS-001) or V(MSEC-TLS). All if not given.
    type: list
    elements: str
    default: []
  skip:
    description:
      - The rules to leave out, named as in O(rules).
    type: list
    elements: str
    default: []
  waivers:
    description:
      - Rules that fail and are accepted for a time. They have the status V(waived) instead of V(fail), until the last day is over.
      - What nobody could look at cannot be waived.
    type: list
    elements: dict
    default: []
    suboptions:
      rule:
        description: The id of the rule.
        type: str
        required: true
      reason:
        description: Why it is accepted.
        type: str
        required: true
      owner:
        description: Who answers for that.
        type: str
        required: true
      expires:
        description: The last day, such as V(2027-03-31).
        type: str
        required: true
  fail_on:
    description:
      - The task fails if a rule of this severity, or of a graver one, fails. The result is complete all the same.
    type: str
    choices: [critical, high, medium, low, info, never]
    default: never
  fail_on_unknown:
    description:
      - Whether the task fails as well where a rule of that severity could not look.
    type: bool
    default: false
  main:
    description:
      - The main configuration file, from which all others are included.
      - C(etc/conf/default/ecelerity.conf) below O(prefix) if not given, C(eccluster.conf) beside it with O(role=cluster_manager).
    type: path
notes:
  - Run it as root. Others see neither the files nor the process, and most rules are V(unknown).
  - What a client sees of the node is no part of it, because this module runs on the node.
  - Names of keys are looked up for 15 seconds at most.
seealso:
  - name: Audit
    description: All rules, with what they rest on.
    link: https://github.com/msys/momentum/blob/main/docs/audit.md
  - module: msys.momentum.preflight
  - module: msys.momentum.config_info
  - module: msys.momentum.config_lint
"""

EXAMPLES = r"""
- name: Audit the node, and fail where a grave rule fails
  msys.momentum.audit:
    fail_on: high
    waivers:
      - rule: MSEC-TLS-002
        reason: the gateway of a partner speaks nothing newer until its replacement
        owner: mail operations
        expires: 2027-03-31

- name: Look at capabilities and at the running process alone
  msys.momentum.audit:
    rules: [MSEC-PRV, MSEC-RUN]
  register: momentum_audited
"""

RETURN = r"""
schema:
  description: The number of the form of this result. What is added later leaves it as it is.
  returned: success
  type: str
  sample: "1"
installed:
  description: Whether the daemon is on the node. If not, no rule applies.
  returned: success
  type: bool
  sample: true
version:
  description: The version of Momentum. Empty if nobody says.
  returned: success
  type: str
  sample: 5.3.0.12345
rules:
  description: What came of each rule. Those that fail come first, the gravest of them at the top.
  returned: success, and when the audit fails the task
  type: list
  elements: dict
  contains:
    id:
      description: The id of the rule.
      type: str
      sample: MSEC-RUN-002
    title:
      description: What must hold.
      type: str
      sample: Every thread has the capabilities that are declared
    severity:
      description: V(critical), V(high), V(medium), V(low) or V(info).
      type: str
      sample: critical
    status:
      description:
        - V(fail), V(unknown) where nobody could look, V(waived), V(pass) or V(not_applicable).
      type: str
      sample: fail
    because:
      description: Why it does not apply. Empty if it does.
      type: str
      sample: ""
    evidence:
      description: What was seen, at most 50 of each status.
      type: list
      elements: dict
      contains:
        status:
          description: V(pass), V(fail) or V(unknown).
          type: str
          sample: fail
        layer:
          description: V(declared) in the configuration, V(disk), or V(process).
          type: str
          sample: process
        what:
          description: What was seen.
          type: str
          sample: "effective capabilities: cap_sys_admin (thread 4711), and the stanza in force means none"
        file:
          description: The file. Empty if there is none.
          type: str
          sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
        line:
          description: The line. 0 if there is none.
          type: int
          sample: 14
        remedy:
          description: What repairs this one, where that is more exact than the remedy of the rule.
          type: str
          sample: ""
    left_out:
      description: How many more things were seen, by their status.
      type: dict
      sample: {}
    why:
      description: What happens where it does not hold.
      type: str
      sample: A daemon that keeps more than it needs gives all of it to whoever breaks into it.
    remedy:
      description: What repairs it, a variable of the roles or a module.
      type: str
      sample: momentum_security_capabilities, and a restart
    references:
      description: Pages of the vendor's manuals, RFCs and controls.
      type: list
      elements: str
      sample: [page 4/config/ref-capabilities, NIST SP 800-53 AC-6]
    waiver:
      description: The entry of O(waivers) for a rule that fails, with C(expired). Empty without one.
      type: dict
      sample: {}
counts:
  description: How many rules there are of each status, and in C(failed_by_severity) how many fail of each severity.
  returned: success, and when the audit fails the task
  type: dict
  sample: {"fail": 1, "unknown": 0, "waived": 0, "pass": 101, "not_applicable": 31, "failed_by_severity": {"critical": 1, "high": 0}}
summary:
  description: The same in a few lines for people.
  returned: success, and when the audit fails the task
  type: list
  elements: str
  sample: ["101 passed, 1 failed, 0 unknown, 0 waived, 31 not applicable"]
"""

import datetime
from typing import Any, Dict, List, Sequence

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.audit import judge, result, waivers
from ansible_collections.msys.momentum.plugins.module_utils.audit.gather import ROLES, Subject
from ansible_collections.msys.momentum.plugins.module_utils.audit.rule import SEVERITIES, Rule
from ansible_collections.msys.momentum.plugins.module_utils.audit.rules import RULES
from ansible_collections.msys.momentum.plugins.module_utils.daemon.kinds import at_home
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "role": {"type": "str", "choices": list(ROLES), "default": "standalone"},
    "unit": {"type": "str", "default": ""},
    "rules": {"type": "list", "elements": "str", "default": []},
    "skip": {"type": "list", "elements": "str", "default": []},
    "waivers": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "rule": {"type": "str", "required": True},
            "reason": {"type": "str", "required": True},
            "owner": {"type": "str", "required": True},
            "expires": {"type": "str", "required": True},
        },
    },
    "fail_on": {"type": "str", "choices": [*SEVERITIES, "never"], "default": "never"},
    "fail_on_unknown": {"type": "bool", "default": False},
}


def chosen(params: Dict[str, Any]) -> List[Rule]:
    """The rules that a task asks for. Raises PlanError for a name that no rule has."""
    for option in ("rules", "skip"):
        for name in params[option]:
            if not any(is_named(rule, [name]) for rule in RULES):
                raise PlanError("%s: no rule is called %r, and none begins so; see docs/audit.md" % (option, name))
    asked = [rule for rule in RULES if not params["rules"] or is_named(rule, params["rules"])]
    found = [rule for rule in asked if not is_named(rule, params["skip"])]
    if not found:
        raise PlanError("rules and skip leave no rule to apply")
    return found


def is_named(rule: Rule, names: Sequence[str]) -> bool:
    """Whether a rule is among those with some ids, or with some beginnings of ids."""
    return any(rule.id == name or rule.id.startswith(name.rstrip("-") + "-") for name in names)


def run(module: MomentumModule) -> Dict[str, Any]:
    """Look once, judge, and fail where the task says so."""
    params = module.params
    rules = chosen(params)
    accepted = waivers.read(params["waivers"], [rule.id for rule in RULES])
    today = datetime.date.today()
    subject = Subject(module, params["role"], params["unit"])
    if not params["main"]:
        module.node = subject.node = at_home(module.node, subject.kind)
    evidence = subject.evidence()
    found = [waivers.applied(one, accepted, today) for one in judge.outcomes(rules, evidence)]
    tally = result.counts(found)
    shown = result.as_data(found, accepted, today)
    data = {
        "changed": False,
        "schema": result.SCHEMA,
        "installed": bool(evidence.host.daemon),
        "version": evidence.host.version,
        "rules": shown,
        "counts": tally,
        "summary": result.summary(shown, tally),
    }
    refused = result.grave(found, params["fail_on"], params["fail_on_unknown"])
    if refused:
        words = "%d rules do not hold, or nobody could look, the first: %s" % (len(refused), data["summary"][1])
        module.fail_json(msg=words, **data)
    return data


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
