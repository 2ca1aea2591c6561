#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: preflight
short_description: Check whether a host is ready for Momentum
version_added: 0.3.0
description:
  - Looks at what Momentum and the vendor's manuals need of a host, such as its names, ports, kernel parameters, file systems, package sources and operating
    system, and says what is not as it should be, why, on which page of the manuals, and how to fix it.
  - Reads only, and in one pass. It does not fail because of a finding; the role C(preflight) does.
  - Works before Momentum is installed, and on a host where it runs.
  - A check that could not look is in RV(unknown). It has not passed.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes.info
options:
  version:
    description:
      - The version that the host is to have, such as V(5.3.0). The installed one if not given, and without any the newest that the manuals describe.
    type: str
    default: ""
  role:
    description:
      - What the host is to be. It decides about the ports and about what only the MTA needs.
    type: str
    choices: [standalone, cluster_node, cluster_manager]
    default: standalone
  skip:
    description:
      - The checks to leave out, by name. They are not reported at all but in RV(left_out).
    type: list
    elements: str
    default: []
  uses:
    description:
      - What the run that follows does, because of which more or less is needed.
      - V(bundle) installs from the vendor's bundle, which is unpacked and run below C(/var/tmp). V(certificates) makes or renews certificates. V(license)
        deploys the licence, so that one that is missing is not reported.
    type: list
    elements: str
    choices: [bundle, certificates, license]
    default: []
  unit:
    description:
      - The systemd unit of the daemon, whose limit of open files is looked at.
      - C(ecelerity.service) if not given, C(eccmgr.service) with O(role=cluster_manager).
    type: str
    default: ""
  main:
    description:
      - The main configuration file, from which all others are included, if there is one.
      - C(etc/conf/default/ecelerity.conf) below O(prefix) if not given, C(eccluster.conf) beside it with O(role=cluster_manager).
    type: path
notes:
  - Names and addresses are looked up for 5 seconds at most, and each program of the host that is asked has 15 seconds.
seealso:
  - name: Preflight
    description: All checks, each with what it looks at, why, the page, and the fix.
    link: https://github.com/msys/momentum/blob/main/docs/preflight.md
"""

EXAMPLES = r"""
- name: Look at a host before Momentum is installed
  msys.momentum.preflight:
    version: 5.3.0
    uses: [bundle, certificates]
    skip: [epel]
  register: momentum_preflight_seen

- name: Say it
  ansible.builtin.debug:
    msg: "{{ momentum_preflight_seen.summary }}"
"""

RETURN = r"""
installed:
  description: Whether Momentum's programs are on the host.
  returned: success
  type: bool
  sample: false
version:
  description: The version that the checks go by. Empty for the newest that the manuals describe.
  returned: success
  type: str
  sample: 5.3.0
findings:
  description: What is not as it should be; what stops a run first.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The check.
      type: str
      sample: smtp_port
    severity:
      description: V(stops) where a run would fail, else V(advice).
      type: str
      sample: stops
    what:
      description: What was found.
      type: str
      sample: port 25 is taken at 127.0.0.1 by /usr/libexec/postfix/master (process 812)
    why:
      description: Why it matters.
      type: str
      sample: Only one program can have a port. Momentum does not start, or the health gate meets another server.
    page:
      description: The page of the vendor's manuals that says so. Empty where none does.
      type: str
      sample: 3/3-reference/install-prepare
    fix:
      description: What to do.
      type: str
      sample: stop and disable the program, or have Momentum listen elsewhere (momentum_settings)
stops:
  description: The names of the checks among RV(findings) because of which a run would fail.
  returned: success
  type: list
  elements: str
  sample: [smtp_port]
checked:
  description: The checks that know their answer, with a finding or without.
  returned: success
  type: list
  elements: str
  sample: [rights, service_manager]
left_out:
  description: The checks that O(skip) names.
  returned: success
  type: list
  elements: str
  sample: [epel]
unknown:
  description: The checks that could not look, each with the reason.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The check.
      type: str
      sample: dns_forward
    reason:
      description: Why.
      type: str
      sample: timed out
remedies:
  description: What the role C(preflight) sets where C(momentum_preflight_fix) asks for it.
  returned: success
  type: dict
  contains:
    sysctl:
      description: Parameters of the kernel with their values.
      type: dict
      sample: {"net.core.somaxconn": "8192"}
    limits:
      description: How many files the service is to be able to open. 0 where its limit is enough.
      type: int
      sample: 0
    firewall:
      description: Ports for clients that firewalld does not let in.
      type: list
      elements: str
      sample: [25/tcp]
summary:
  description: Findings and what is unknown, in plain lines.
  returned: success
  type: list
  elements: str
  sample: ["advice: hostname: the host calls itself mta1, which is no full name."]
"""

from typing import Any, Dict, Tuple

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils import node_options
from ansible_collections.msys.momentum.plugins.module_utils.catalog.catalog import parse_version
from ansible_collections.msys.momentum.plugins.module_utils.config.current import CurrentConfiguration
from ansible_collections.msys.momentum.plugins.module_utils.daemon import version as versions
from ansible_collections.msys.momentum.plugins.module_utils.daemon.kinds import ECCMGR, ECELERITY, Kind, at_home
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.preflight import run as checks
from ansible_collections.msys.momentum.plugins.module_utils.preflight.check import STOPS, USES, Purpose
from ansible_collections.msys.momentum.plugins.module_utils.preflight.reader import read
from ansible_collections.msys.momentum.plugins.module_utils.redaction.redaction import mask_text

ROLES = ("standalone", "cluster_node", "cluster_manager")
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "version": {"type": "str", "default": ""},
    "role": {"type": "str", "choices": list(ROLES), "default": "standalone"},
    "skip": {"type": "list", "elements": "str", "default": []},
    "uses": {"type": "list", "elements": "str", "choices": sorted(USES), "default": []},
    "unit": {"type": "str", "default": ""},
}


def kind_of(module: MomentumModule) -> Kind:
    """The daemon that the task is about."""
    return ECCMGR if module.params["role"] == "cluster_manager" else ECELERITY


def purpose_of(module: MomentumModule) -> Tuple[str, Purpose]:
    """The version that the checks go by ('' for the newest of the manuals), and what the host is to become. Raises PlanError for what is none."""
    present = versions.of_package(module.node) or ""
    requested = module.params["version"]
    text = requested or present
    try:
        numbers = parse_version(text) if text else ()
    except ValueError:
        raise PlanError(
            "version %r is no version of Momentum; write it as numbers, such as 5.3.0 (momentum_version in the roles)"
            % text
        )
    # Numbers are compared as far as the task's go; without the release of the package.
    differs = bool(requested and present) and not (present + ".").startswith(requested.partition("-")[0] + ".")
    installs = differs or not node_options.is_installed(module.node)
    return text, Purpose(numbers, module.params["role"], tuple(module.params["uses"]), installs)


def broken(now: CurrentConfiguration) -> str:
    """Why the configuration cannot be read as a whole, with file and line; '' where it can, and where there is none."""
    for problem in now.problems:
        if problem.error is not None or problem.kind != "missing":
            return mask_text(str(problem.error or problem.message))
    return ""


def run(module: MomentumModule) -> Dict[str, Any]:
    """Refuse what cannot be meant, look once, and judge."""
    checks.refuse_unknown(module.params["skip"])
    kind = kind_of(module)
    if not module.params["main"]:
        module.node = at_home(module.node, kind)
    text, purpose = purpose_of(module)
    now = node_options.current(module.node)
    unit = module.params["unit"] or kind.program + ".service"
    facts = read(module.node, now.effective, unit, broken=broken(now))
    report = checks.judge(facts, purpose, module.params["skip"])
    return {
        "changed": False,
        "installed": facts.installed,
        "version": text,
        "findings": [dict(one._asdict()) for one in report.findings],
        "stops": sorted({one.name for one in report.findings if one.severity == STOPS}),
        "checked": report.checked,
        "left_out": report.left_out,
        "unknown": [{"name": name, "reason": report.unknown[name]} for name in report.unknown],
        "remedies": checks.remedies(facts, purpose, report),
        "summary": checks.lines(report),
    }


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
