# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console of a cluster's daemon, wherever it answers now: a node's, or the manager's that commands all nodes."""

from typing import List, Optional

from .. import node_options as nodes
from ..console_access import endpoints
from ..daemon import process
from ..daemon.console import Answer, Console
from ..daemon.kinds import Kind, search_for
from ..host.service_manager import control_group
from ..node_options import Node
from ..state import pending
from ..text import grammar
from .topology import View, addresses_in, is_one, members_in


class ClusterConsole:
    """Asks at the first place that answers.

    `control` is the endpoint of the task; without it that of the configuration is first. What was moved and not yet reloaded is
    found where the daemon listens still.
    """

    def __init__(self, node: Node, kind: Kind, control: str = "") -> None:
        self._consoles = [Console(node.prefix, place) for place in _places(node, kind, control)]

    def ask(self, *command: str) -> Answer:
        """Give one command. An answer that nobody gave is the one of the first place."""
        first: Optional[Answer] = None
        for console in self._consoles:
            answer = console.ask(*command)
            if not answer.is_nobodys:
                return answer
            first = first or answer
        return first or Answer(False, "the configuration has no console")

    def view(self) -> Optional[View]:
        """What a node sees of its cluster; None where nobody answers. Members and addresses are empty outside of a cluster."""
        name = self.ask("cluster", "nodename")
        if name.is_nobodys:
            return None
        words = name.text.split()
        nodename = words[-1] if name.ok and len(words) == 1 and is_one(grammar.node_name, words[-1]) else ""
        members = members_in(self.ask("cluster", "membership").text)
        return View(nodename, members, addresses_in(self.ask("cluster", "duravip", "show").text))


def _places(node: Node, kind: Kind, control: str) -> List[str]:
    effective = nodes.current(node).effective
    running = process.running(search_for(node, kind, effective, control_group(kind.program + ".service")))
    held = endpoints.sockets(process.sockets_of(running.pid), running.uid) if running is not None else None
    known = pending.activated(node.state_dir)
    requested = control or (endpoints.configured(effective) + [""])[0]
    return endpoints.candidates(requested, held, known.consoles if known is not None else ())
