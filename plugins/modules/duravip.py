#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: duravip
short_description: Have the manager of a Momentum cluster move DuraVIPs off a node and back
version_added: 0.2.0
description:
  - Gives C(broadcast cluster duravip move) on the console of the manager, which the manual calls the only safe way to move an address.
  - A move stays in force until another one. So what is moved off a node is recorded on the manager before, and a later task, also one
    of another run, gives back just that.
  - What the console says to a move is not documented. Prove with M(msys.momentum.cluster_info) on a node that it was done.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
options:
  main:
    description:
      - The main configuration file of the manager.
      - C(etc/conf/default/eccluster.conf) below O(prefix) if not given.
    type: path
  state:
    description:
      - V(taken_out) moves O(addresses) from O(node) to the nodes in O(to), in turn.
      - V(brought_back) moves to O(node) what was moved off it before, and only that.
      - V(forgotten) drops the record of O(node), for when it was proven that the node holds its addresses again.
      - V(announced) gives C(broadcast cluster duravip announce view), which is documented for after every change of bindings. It
        always counts as a change.
    type: str
    choices: [taken_out, brought_back, forgotten, announced]
    required: true
  node:
    description: The node, by its name in the cluster, a host name up to the first dot unless configured.
    type: str
  addresses:
    description:
      - With V(taken_out) the addresses to move off the node, those that it holds.
      - With V(brought_back) the addresses that the cluster still has. Others are not given back. All are, if not given.
    type: list
    elements: str
    default: []
  to:
    description: The nodes that are to hold them.
    type: list
    elements: str
    default: []
  control:
    description:
      - The endpoint of the manager's console, a socket or C(host:port). Where its configuration has it, or the manager still listens,
        if not given.
    type: str
attributes:
  check_mode:
    description: Returns the commands that a run would give, and gives none.
    support: full
  diff_mode:
    description: No file of Momentum is changed, so there is nothing to compare.
    support: none
  platform:
    description: The operating systems of the managed node.
    platforms: posix
    support: full
notes:
  - Names and addresses that are none, whoever reported them, are refused before anything is recorded or moved.
  - The record is C(handover.json) in O(state_dir) of the manager.
seealso:
  - module: msys.momentum.cluster_info
"""

EXAMPLES = r"""
- name: See what the node holds
  msys.momentum.cluster_info:
  register: momentum_view

- name: Have others hold it
  msys.momentum.duravip:
    state: taken_out
    node: "{{ momentum_view.nodename }}"
    addresses: "{{ momentum_view.held }}"
    to: "{{ momentum_view.members | difference([momentum_view.nodename]) }}"
  delegate_to: manager.example.com

- name: Give it back after the maintenance
  msys.momentum.duravip:
    state: brought_back
    node: "{{ momentum_view.nodename }}"
  delegate_to: manager.example.com

- name: Prove it
  msys.momentum.cluster_info:
    holds: "{{ momentum_view.held }}"
    settled: true

- name: Have nothing left to give back
  msys.momentum.duravip:
    state: forgotten
    node: "{{ momentum_view.nodename }}"
  delegate_to: manager.example.com

- name: Have all nodes agree on who owns what after a change of bindings
  msys.momentum.duravip:
    state: announced
"""

RETURN = r"""
moves:
  description: The moves that were ordered, or would be in check mode, address by address.
  returned: always
  type: list
  elements: dict
  contains:
    address:
      description: The address.
      type: str
      sample: 192.0.2.100
    node:
      description: The node that is to hold it.
      type: str
      sample: mta2
commands:
  description: The commands for the manager's console.
  returned: always
  type: list
  elements: str
  sample: [broadcast cluster duravip move 192.0.2.100 to mta2]
answers:
  description: What the console said to each.
  returned: always
  type: list
  elements: str
  sample: ["mta1: DuraVIP 192.0.2.100 is moved to mta2"]
"""

import os
from typing import Any, Dict, List

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.cluster import vip_moves
from ansible_collections.msys.momentum.plugins.module_utils.cluster.console import ClusterConsole
from ansible_collections.msys.momentum.plugins.module_utils.cluster.topology import spread
from ansible_collections.msys.momentum.plugins.module_utils.daemon.controller import require_installed
from ansible_collections.msys.momentum.plugins.module_utils.daemon.kinds import ECCMGR, at_home
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files import obstacles
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.state import directory as state_directory
from ansible_collections.msys.momentum.plugins.module_utils.text import grammar

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "state": {"type": "str", "choices": ["taken_out", "brought_back", "forgotten", "announced"], "required": True},
    "node": {"type": "str"},
    "addresses": {"type": "list", "elements": "str", "default": []},
    "to": {"type": "list", "elements": "str", "default": []},
    "control": {"type": "str"},
}
REQUIRED = [("state", "taken_out", ["node"]), ("state", "brought_back", ["node"]), ("state", "forgotten", ["node"])]
MOVE = ["broadcast", "cluster", "duravip", "move"]
ANNOUNCE = ["broadcast", "cluster", "duravip", "announce", "view"]


def refuse_unusable(params: Dict[str, Any]) -> None:
    """Raise PlanError for what is no address or name: a task has them from nodes, and the manager obeys its console."""
    if params["node"] is not None:
        grammar.node_name("node", params["node"])
    for name in params["to"]:
        grammar.node_name("to", name)
    for one in params["addresses"]:
        grammar.address("addresses", one)


def moves_of(module: MomentumModule) -> List[List[str]]:
    """Pairs of address and node that the task asks for. Raises PlanError, RecordDamaged."""
    params, state_dir = module.params, module.node.state_dir
    if params["state"] == "taken_out":
        others = [name for name in params["to"] if name.lower() != params["node"].lower()]
        moves = spread(params["addresses"], others)
        if moves:
            vip_moves.read(state_dir)  # a damaged record is refused here, where check mode sees it, too
        return moves
    if params["state"] == "brought_back":
        due = vip_moves.due(state_dir, params["node"])
        still = [address for address in due if address in params["addresses"] or not params["addresses"]]
        return spread(still, [params["node"]])
    return []


def give(module: MomentumModule, commands: List[List[str]]) -> List[str]:
    """Have the manager do it; PlanError, with its words, where it refuses or does not answer."""
    require_installed(module.node, ECCMGR)
    console = ClusterConsole(module.node, ECCMGR, module.params["control"] or "")
    answers = []
    for command in commands:
        answer = console.ask(*command)
        if not answer.ok:
            words = (
                answer.text or "the manager's console does not answer; see that eccmgr runs, and its 'control' option"
            )
            raise PlanError("%s: %s" % (" ".join(command), words))
        answers.append(answer.text)
    return answers


def refuse_unrecorded(state_dir: str) -> None:
    """Refuse, before an address moves, a state directory that could not keep the record. Raises UnsafePath, OSError."""
    state_directory.refuse_unusable(state_dir)
    obstacles.refuse([os.path.join(state_dir, vip_moves.NAME)])


def forget(module: MomentumModule) -> Dict[str, Any]:
    """Drop the record of the node."""
    state_dir, node = module.node.state_dir, module.params["node"]
    known = vip_moves.due(state_dir, node)
    if known:
        refuse_unrecorded(state_dir)
    if known and not module.check_mode:
        vip_moves.forget(state_dir, node)
    return {"changed": bool(known), "moves": [], "commands": [], "answers": [], "diff": []}


def run(module: MomentumModule) -> Dict[str, Any]:
    """Record, then move."""
    refuse_unusable(module.params)
    if not module.params["main"]:
        module.node = at_home(module.node, ECCMGR)
    state, node = module.params["state"], module.params["node"]
    if state == "forgotten":
        return forget(module)
    moves = moves_of(module)
    commands = [ANNOUNCE] if state == "announced" else [MOVE + [address, "to", name] for address, name in moves]
    answers: List[str] = []
    if commands and state == "taken_out":
        refuse_unrecorded(module.node.state_dir)
    if commands and not module.check_mode:
        if state == "taken_out":
            vip_moves.record(module.node.state_dir, node, [address for address, _name in moves])
        answers = give(module, commands)
    return {
        "changed": bool(commands),
        "moves": [{"address": address, "node": name} for address, name in moves],
        "commands": [" ".join(command) for command in commands],
        "answers": answers,
        "diff": [],
    }


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS, required_if=REQUIRED))


if __name__ == "__main__":
    main()
