# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ec_lic [-f] [-q] [-c CONFFILE] [-L LICENCE] [-H URL] ...: validate the licence, else fetch one. A stand-in for tests, which reaches no server."""

import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))

from momentum_standin import errors, license, loading, paths  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="ec_lic", description=__doc__)
    parser.add_argument("-c", metavar="CONFFILE", default=paths.MAIN)
    parser.add_argument("-L", metavar="FILE", default=paths.LICENSE)
    parser.add_argument("-H", metavar="URL", default="http://licenses.messagesystems.com/")
    for name in ("-d", "-f", "-q"):
        parser.add_argument(name, action="store_true")
    for name in ("-a", "-e", "-p"):
        parser.add_argument(name)
    parser.add_argument("-t", choices=["HTTP", "SOCKS4", "SOCKS5"])
    given = parser.parse_args()
    try:
        # -L counts only where there is no configuration (page "ec_lic").
        path = given.L
        if os.path.exists(given.c):
            path = license.path_of(loading.load(given.c, paths.search_path()).tree)
        license.validate(license.read(path))
    except (errors.ConfigurationError, license.Invalid) as error:
        print("ec_lic: %s; %s cannot be reached from a stand-in" % (error, given.H))
        return 1
    if not given.q:
        print("License is valid.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
