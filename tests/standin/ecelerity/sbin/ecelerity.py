# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ecelerity, the mail transfer agent: a stand-in for tests, not the vendor's software."""

import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "lib"))

from momentum_standin import daemon, paths  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="ecelerity", description=__doc__)
    parser.add_argument("-c", metavar="FILE", default=paths.MAIN, help="configuration (%(default)s)")
    parser.add_argument("-d", action="store_true", help="stay in the foreground")
    parser.add_argument(
        "-n",
        metavar="SERVICE",
        action="append",
        default=[],
        choices=["esmtp", "ecstream", "queue"],
        help="do not serve esmtp, ecstream or queue; the stand-in has esmtp alone",
    )
    parser.add_argument("--version", action="version", version="ecelerity stand-in " + paths.version())
    arguments = parser.parse_args()
    process = daemon.Daemon("Ecelerity Momentum stand-in", arguments.c, "esmtp" not in arguments.n, paths.LOGS)
    return daemon.start(process, arguments.d, paths.PIDFILE)


if __name__ == "__main__":
    sys.exit(main())
