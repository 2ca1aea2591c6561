# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the installation manual has on every host of a cluster, the manager too, although eccmgr does not read it."""

import os

from . import errors, loading, paths
from .tree import Scope

_SECTION = "(installation manual, %s)"


def refuse_incomplete(tree: Scope) -> None:
    """Let no manager start that has peers but not the files of nodes. Raises ConfigurationError."""
    server = tree.child("msgc_server")
    peers = server.get("peers") if server else None
    if peers is None or not peers.value:
        return
    shared = os.path.join(os.path.dirname(paths.MAIN), "ecelerity-cluster.conf")
    for path in (paths.MAIN, shared):
        if not os.path.exists(path):
            raise errors.ConfigurationError("a manager without %s %s" % (path, _SECTION % "4.1"))
    with open(shared) as file:
        if "#aggr#" in file.read():
            raise errors.ConfigurationError("%s has marks of the aggregator %s" % (shared, _SECTION % "4.4.2, step 2"))
    if os.path.realpath(shared) not in [
        os.path.realpath(path) for path in loading.load(paths.MAIN, paths.search_path()).paths
    ]:
        raise errors.ConfigurationError("%s does not include %s %s" % (paths.MAIN, shared, _SECTION % "4.4.2, step 4"))
