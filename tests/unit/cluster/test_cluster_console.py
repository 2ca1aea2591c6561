# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The console of a cluster's daemon is asked where it answers."""

import os

from plugins.module_utils import node_options as nodes
from plugins.module_utils.cluster.console import ClusterConsole
from plugins.module_utils.daemon.kinds import ECELERITY

SCRIPT = """#!/bin/sh
[ "$1" = "{0}/moved" ] || { echo "could not connect to $1"; exit 1; }
case "$2 $3" in
  "cluster nodename") echo mta1 ;;
  "cluster membership") printf 'Node Name: mta1\\n' ;;
  *) printf 'DuraVIP State:\\n' ;;
esac
"""


def node_at(directory):
    os.makedirs(str(directory / "bin"))
    (directory / "bin" / "ec_console").write_text(SCRIPT.replace("{0}", str(directory)))
    os.chmod(str(directory / "bin" / "ec_console"), 0o755)
    main = directory / "main.conf"
    main.write_text('Control_Listener { Listen "%s/new" { } }\n' % directory)
    params = {"prefix": str(directory), "main": str(main), "search_path": [], "nodename": "n", "subcluster": None}
    return nodes.from_params(dict(params, state_dir=str(directory / "state"), validate="never"))


def test_the_place_of_the_task_is_asked_first(tmp_path):
    view = ClusterConsole(node_at(tmp_path), ECELERITY, str(tmp_path / "moved")).view()
    assert view is not None
    assert (view.nodename, view.members, view.addresses) == ("mta1", ["mta1"], [])


def test_there_is_no_view_where_nobody_answers(tmp_path):
    console = ClusterConsole(node_at(tmp_path), ECELERITY)
    assert console.view() is None
    assert "could not connect to %s/new" % tmp_path in console.ask("version").text
