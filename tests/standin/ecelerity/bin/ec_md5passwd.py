# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ec_md5passwd [-h] [-f FILE] [-r REALM] [USER] [PASS]: a line user:realm:md5 in a digest file. A stand-in for tests.
What is not given is requested: the password then stays out of the list of processes."""

import argparse
import getpass
import hashlib
import os
import sys


def main() -> int:
    root = os.environ.get("MOMENTUM_STANDIN_ROOT", "").rstrip("/")
    parser = argparse.ArgumentParser(prog="ec_md5passwd", description=__doc__)
    parser.add_argument("-f", metavar="FILE", default=root + "/opt/msys/ecelerity/etc/console_passwd")
    parser.add_argument("-r", metavar="REALM", default=os.environ.get("EC_DIGEST_REALM", "Momentum Console"))
    parser.add_argument("user", nargs="?")
    parser.add_argument("password", nargs="?")
    given = parser.parse_args()
    user = given.user or input("User: ")
    password = given.password if given.password is not None else _ask()
    entry = "%s:%s:" % (user, given.r)
    lines = []
    if os.path.exists(given.f):
        with open(given.f) as file:
            lines = [line for line in file if not line.startswith(entry)]
    lines.append(entry + hashlib.md5((entry + password).encode()).hexdigest() + "\n")
    with os.fdopen(os.open(given.f, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.writelines(lines)
    return 0


def _ask() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
