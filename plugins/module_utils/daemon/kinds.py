# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two daemons of Momentum, as data: the MTA of a node and the manager of a cluster."""

import os
from typing import Dict, NamedTuple, Tuple

from ..ecconf.effective import Effective
from ..node_options import Node
from .process import Search


class Kind(NamedTuple):
    """A daemon: its program in sbin, its starter in bin, its main file in conf/default, the SMTP ports it has by default.

    `pidfile` of eccmgr is not documented; without that file it is known by its unit or by the monitor. `is_mta`: it has
    listeners for mail, so that the rules about two reloads and about the cache of TLS contexts concern it.
    """

    program: str
    starter: str
    main: str
    pidfile: str
    ports: Tuple[int, ...]
    is_mta: bool


ECELERITY = Kind("ecelerity", "ec_ctl", "ecelerity.conf", "/var/run/ecelerity.pid", (25,), True)
# Pages *eccmgr*, *eccmgr_ctl* and *eccluster.conf*: it binds high ports only, and no licence is needed.
ECCMGR = Kind("eccmgr", "eccmgr_ctl", "eccluster.conf", "/var/run/eccmgr.pid", (), False)
KINDS: Dict[str, Kind] = {kind.program: kind for kind in (ECELERITY, ECCMGR)}


def program_of(node: Node, kind: Kind) -> str:
    """The path of the daemon's program."""
    return os.path.join(node.prefix, "sbin", kind.program)


def search_for(node: Node, kind: Kind, effective: Effective, group: str) -> Search:
    """Return how the daemon of a node is found; `group` is the control group of its unit, '' for none."""
    setting = effective.get((), "PidFile")
    pidfile = str(setting.value) if setting is not None else kind.pidfile
    return Search(node.prefix, kind.program, pidfile, group)


def at_home(node: Node, kind: Kind) -> Node:
    """The node with the daemon's own main file, for tasks that name none."""
    return node._replace(main=os.path.join(node.prefix, "etc", "conf", "default", kind.main))
