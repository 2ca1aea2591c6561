#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cluster_info
short_description: Read who is in a Momentum cluster and who holds its addresses, and wait for it
version_added: 0.2.0
description:
  - Asks the console of a node with C(cluster nodename), C(cluster membership) and C(cluster duravip show), and returns what it says.
  - Waits until the view is as O(members), O(holds), O(released) and O(settled) have it, and fails where it does not become so. Without
    them it never waits.
  - Run it on a node of the cluster. The manager's C(show cluster membership) is XML of an undocumented schema.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  members:
    description: Nodes that must be in the view, by their names in the cluster (host names up to the first dot, unless configured).
    type: list
    elements: str
    default: []
  holds:
    description: Addresses that this node must hold.
    type: list
    elements: str
    default: []
  released:
    description: Whether this node must hold no address.
    type: bool
    default: false
  settled:
    description: Whether every address must be held by exactly one node, with no move under way.
    type: bool
    default: false
  timeout:
    description: Seconds until all that must hold it.
    type: int
    default: 60
  control:
    description:
      - The endpoint of the console, a socket or C(host:port). Where the configuration has it, or the daemon still listens, if not given.
    type: str
attributes:
  check_mode:
    description: It reads as always, but neither waits nor fails for what is not yet so.
    support: full
  diff_mode:
    description: This module changes nothing, so there is nothing to compare.
    support: N/A
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
seealso:
  - module: msys.momentum.duravip
"""

EXAMPLES = r"""
- name: See who is there, and what this node holds
  msys.momentum.cluster_info:
  register: momentum_view

- name: Wait until the cluster is complete
  msys.momentum.cluster_info:
    members: [mta1, mta2, mta3]
    settled: true
    timeout: 90

- name: Wait until others hold what this node had
  msys.momentum.cluster_info:
    released: true
"""

RETURN = r"""
answered:
  description: Whether the console answered. All else is empty where it did not.
  returned: always
  type: bool
  sample: true
nodename:
  description: The name of this node in the cluster. Empty outside of a cluster.
  returned: always
  type: str
  sample: mta1
members:
  description: The names of the nodes in the view, without managers.
  returned: always
  type: list
  elements: str
  sample: [mta1, mta2, mta3]
held:
  description: The addresses that this node holds.
  returned: always
  type: list
  elements: str
  sample: [192.0.2.100]
addresses:
  description: All DuraVIPs.
  returned: always
  type: list
  elements: dict
  contains:
    address:
      description: The address.
      type: str
      sample: 192.0.2.100
    labels:
      description: The bindings, or whatever else it is for.
      type: list
      elements: str
      sample: [listener]
    state:
      description: The console's own word for it, such as V(owned) or V(remote).
      type: str
      sample: owned
    owners:
      description: The nodes that hold it. One, unless it is on its way.
      type: list
      elements: str
      sample: [mta1]
    settled:
      description: Whether exactly one node holds it, and nothing is on its way.
      type: bool
      sample: true
unmet:
  description: What is not as it must be. Only in check mode, and in the result of a failed task.
  returned: always
  type: list
  elements: str
  sample: []
"""

import os
import time
from typing import Any, Dict, List, Optional, Tuple

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.cluster.console import ClusterConsole
from ansible_collections.msys.momentum.plugins.module_utils.cluster.topology import Demand, View, has, unmet
from ansible_collections.msys.momentum.plugins.module_utils.daemon.kinds import ECELERITY
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded

INTERVAL = 0.5  # seconds between two looks
ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "members": {"type": "list", "elements": "str", "default": []},
    "holds": {"type": "list", "elements": "str", "default": []},
    "released": {"type": "bool", "default": False},
    "settled": {"type": "bool", "default": False},
    "timeout": {"type": "int", "default": 60},
    "control": {"type": "str"},
}


def demand_of(module: MomentumModule) -> Demand:
    """What the task asks for."""
    params = module.params
    return Demand(params["members"], params["holds"], params["released"], params["settled"])


def look(module: MomentumModule, demand: Demand) -> Tuple[Optional[View], List[str]]:
    """One look: the view, and what of the demand does not hold. The console is looked for anew, as a reload may move it."""
    view = ClusterConsole(module.node, ECELERITY, module.params["control"] or "").view()
    if view is None:
        return None, ["the console does not answer"] if demand != Demand([], [], False, False) else []
    return view, unmet(view, demand)


def advice(view: Optional[View], demand: Demand) -> str:
    """What to look at where nodes do not see each other; empty where all that are requested are in the view."""
    if view is None or all(has(view.members, name) for name in demand.members):
        return ""
    return (
        ". A node is in the view under the name that it has among the peers of msgc, which must be its own (this one calls itself "
        "%s): compare the inventory with the nodes' host names, or set momentum_nodename or momentum_cluster_peers. Then run "
        "msys.momentum.site, which restarts a node that has joined no cluster" % (view.nodename or os.uname().nodename)
    )


def as_result(view: Optional[View], missing: List[str]) -> Dict[str, Any]:
    """What the module returns."""
    seen = view or View("", [], [])
    addresses = [
        {
            "address": one.address,
            "labels": one.labels,
            "state": one.state,
            "owners": one.owners,
            "settled": one.settled,
        }
        for one in seen.addresses
    ]
    return {
        "changed": False,
        "answered": view is not None,
        "nodename": seen.nodename,
        "members": seen.members,
        "held": seen.held,
        "addresses": addresses,
        "unmet": missing,
    }


def run(module: MomentumModule) -> Dict[str, Any]:
    """Look until all holds, or the time is over."""
    demand = demand_of(module)
    end = time.monotonic() + module.params["timeout"]
    view, missing = look(module, demand)
    while missing and not module.check_mode and time.monotonic() < end:
        time.sleep(INTERVAL)
        view, missing = look(module, demand)
    result = as_result(view, missing)
    if missing and not module.check_mode:
        module.fail_json(
            msg="the cluster is not as it must be after %d s: %s%s"
            % (module.params["timeout"], "; ".join(missing), advice(view, demand)),
            **result,
        )
    return result


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, reads_only=True))


if __name__ == "__main__":
    main()
