#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: security
short_description: Manage the Security stanza, the identity and privileges of the Momentum daemon
version_added: 0.1.0
description:
  - Manages who C(ecelerity) is after its start, and what it may still do then. These are the options C(User), C(Group),
    C(Supplemental_Groups), C(Chroot), C(Capabilities) (Linux) and C(Privileges) (Solaris, Momentum 3.x) of the Security stanza.
  - The stanza that is in force is managed. In a default cluster that is the one in C(ecelerity-cluster.conf), which wins over
    C(ecelerity.conf); what it overrides is returned.
  - Values are compared by meaning. Capabilities and privileges are sets, V(cap_a,cap_b=ep) equals V(cap_b+ep cap_a+ep);
    a name and its number are one account; the order of groups does not matter.
  - Values that the documentation or the kernel warns of are refused with the reason, unless they are named in O(allow).
  - Every change of this stanza needs a restart. C(config reload) accepts it, shows the new values, and keeps the old
    privileges. Hand RV(activation) to M(msys.momentum.service), which also proves what the process holds.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  user:
    description:
      - Name or number of the account that the daemon runs as.
      - The documentation gives two defaults, none and C(ecuser), so write it down.
    type: str
  group:
    description: Name or number of the group that the daemon runs as.
    type: str
  supplemental_groups:
    description: Names or numbers of further groups. An empty list removes the option.
    type: list
    elements: str
  chroot:
    description: The folder that the daemon changes its root to. An empty string removes the option.
    type: str
  capabilities:
    description:
      - The capabilities that the daemon keeps, in the language of C(cap_from_text). An empty string removes the option, so that
        none are kept.
      - V(cap_net_bind_service+ep) is documented for a standalone node, V(cap_net_admin+ep cap_net_bind_service+ep
        cap_net_raw+ep cap_sys_resource+ep) for a cluster node with DuraVIP.
    type: str
  privileges:
    description:
      - The privileges that the daemon keeps on Solaris, in the language of C(priv_str_to_set). An empty string removes the
        option.
      - They are set, not added. V(basic net_privaddr) is documented for a standalone node.
    type: str
  allow:
    description:
      - Names of documented traps to step into with open eyes.
      - V(root_user) and V(root_group) let the daemon stay root, V(root_with_capabilities) also where capabilities are declared,
        which takes root's override of file permissions away.
      - V(missing_identity) is a user or group that the node does not know, V(missing_chroot) a folder that is not there.
      - V(unknown_names) is a text that this collection cannot read, compared letter by letter then.
      - V(effective_beyond_permitted) is what the kernel refuses, V(beyond_bounding_set) what the bounding set of the container
        or systemd unit cannot give, V(root_equivalent) a capability as good as root, such as C(cap_sys_admin).
      - V(privileges_without_basic) and V(beyond_zone) are traps on Solaris.
    type: list
    elements: str
    default: []
    choices:
      - root_user
      - root_group
      - root_with_capabilities
      - missing_identity
      - unknown_names
      - effective_beyond_permitted
      - root_equivalent
      - beyond_bounding_set
      - missing_chroot
      - privileges_without_basic
      - beyond_zone
  unit:
    description: The systemd unit of the daemon, whose C(CapabilityBoundingSet) limits what can be kept.
    type: str
    default: ecelerity.service
notes:
  - Options that are left out are not managed.
  - What the daemon does with a capability text that it cannot apply is undocumented. The kernel keeps the whole permitted set
    in that case, so such a text is refused here and the process is checked afterwards by M(msys.momentum.service).
  - The bounding set is that of process 1 of the node, reduced by the unit's. A name that the running kernel does not know is
    not counted, because the kernel drops it silently.
seealso:
  - module: msys.momentum.service
  - module: msys.momentum.config_info
  - name: capabilities(7)
    description: The Linux manual page on capabilities.
    link: https://man7.org/linux/man-pages/man7/capabilities.7.html
"""

EXAMPLES = r"""
- name: Run a standalone node as ecuser, with nothing but the right to open port 25 again
  msys.momentum.security:
    user: ecuser
    group: ecuser
    capabilities: cap_net_bind_service+ep
  register: momentum_security

- name: Restart where that changed something, and prove what every thread of the daemon holds
  msys.momentum.service:
    activation: "{{ momentum_security.activation }}"

- name: Keep what a cluster node with DuraVIP needs
  msys.momentum.security:
    user: ecuser
    group: ecuser
    capabilities: cap_net_admin,cap_net_bind_service,cap_net_raw,cap_sys_resource+ep

- name: Stay root on an old node, knowing what that means
  msys.momentum.security:
    user: root
    capabilities: ""
    allow: [root_user]
"""

RETURN = r"""
activation:
  description: V(restart) where something changed, else V(none). This stanza is never taken over by a reload.
  returned: success
  type: str
  sample: restart
file:
  description: The file whose Security stanza is in force. The one that would be written, if there is none.
  returned: success
  type: str
  sample: /opt/msys/ecelerity/etc/conf/default/ecelerity-cluster.conf
declared:
  description: The options in force after the run, as far as they are declared.
  returned: success
  type: dict
  sample:
    user: ecuser
    group: ecuser
    capabilities: cap_net_bind_service+ep
overridden:
  description: Assignments that lose against the ones in force.
  returned: success
  type: list
  elements: dict
  contains:
    option:
      description: The option's name.
      type: str
      sample: Capabilities
    value:
      description: The value that has no effect.
      type: raw
      sample: cap_net_bind_service+ep
    file:
      description: Where it stands.
      type: str
      sample: /opt/msys/ecelerity/etc/conf/default/ecelerity.conf
    line:
      description: The line it stands on.
      type: int
      sample: 12
changes:
  description: What was changed, as M(msys.momentum.config) returns it.
  returned: success
  type: list
  elements: dict
transaction:
  description: The name of the transaction, which M(msys.momentum.service) can put back. Empty if nothing was written.
  returned: success
  type: str
  sample: 20261121T101500-4711
"""

from typing import Any, Dict, List

from ansible_collections.msys.momentum.plugins.module_utils import node, security_plan, traps
from ansible_collections.msys.momentum.plugins.module_utils.config_plan import plan
from ansible_collections.msys.momentum.plugins.module_utils.declared import SCOPE, Declared, Stanza, declared, stanza_of
from ansible_collections.msys.momentum.plugins.module_utils.ecconf.effective import Effective
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.security_host import security_host
from ansible_collections.msys.momentum.plugins.module_utils.writing import carry_out, prepare

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "user": {"type": "str"},
    "group": {"type": "str"},
    "supplemental_groups": {"type": "list", "elements": "str"},
    "chroot": {"type": "str"},
    "capabilities": {"type": "str"},
    "privileges": {"type": "str"},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": [trap.name for trap in traps.TRAPS],
    },
    "unit": {"type": "str", "default": "ecelerity.service"},
}


def overridden(found: Declared) -> List[Dict[str, Any]]:
    """Name the assignments that lose against the ones in force."""
    losers = [loser for setting in found if setting is not None for loser in setting.overridden]
    return [{"option": loser.name, "value": loser.value, "file": loser.file, "line": loser.line} for loser in losers]


def refuse_traps(module: MomentumModule, stanza: Stanza, facts: traps.Host) -> None:
    """Stop before anything is written if the daemon would start with what the documentation or the kernel warns of."""
    allow = list(module.params["allow"])
    if module.check_mode:
        # An earlier task of the same run may create the account or the folder.
        allow += [name for name in ("missing_identity", "missing_chroot") if not node.is_installed(module.node)]
    found = traps.violations(stanza, facts, allow)
    if found:
        raise PlanError("the Security stanza is refused: " + "; ".join(found))


def run(module: MomentumModule) -> Dict[str, Any]:
    """Lay what is wanted over what is in force, refuse traps, and write what differs by meaning."""
    wanted = Stanza(*(module.params[field] for field in Stanza._fields))
    configuration, reload = prepare(module)
    effective = Effective(configuration)
    facts = security_host(module.params["unit"])
    found = declared(effective)
    stanza = security_plan.merge(stanza_of(found), wanted)
    refuse_traps(module, stanza, facts)
    opened = [file for file, _line in effective.where(SCOPE)]
    return carry_out(
        module,
        plan(configuration, reload, security_plan.settings(wanted, facts)),
        declared={field: value for field, value in stanza._asdict().items() if value},
        overridden=overridden(found),
        file=opened[-1] if opened else configuration.main,
    )


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
