# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""eccmgr, the cluster manager: a stand-in for tests. It reads eccluster.conf, becomes the user of its Security stanza and
answers on its console. Where msgc_server.conf names peers it joins them, hands commands on to the nodes (`broadcast`,
`unicast`), and `config reload` reloads them all. It aggregates no logs."""

import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import daemon, paths  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="eccmgr", description=__doc__)
    parser.add_argument("-c", metavar="FILE", default=paths.MANAGER_MAIN, help="configuration (%(default)s)")
    parser.add_argument("-d", action="store_true", help="stay in the foreground")
    parser.add_argument("-V", action="version", version="eccmgr stand-in " + paths.version())
    arguments = parser.parse_args()
    process = daemon.Daemon("Ecelerity cluster manager stand-in", arguments.c, False, paths.MANAGER_LOGS, True)
    return daemon.start(process, arguments.d, paths.ROOT + "/var/run/eccmgr.pid")


if __name__ == "__main__":
    sys.exit(main())
