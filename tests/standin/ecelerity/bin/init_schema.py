# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""init_schema --password PASSWORD --admin-password PASSWORD: make the database of a stand-in for Momentum. It makes the user ecuser
and the database ecelerity in the PostgreSQL of this machine, with an account admin for consoles. It requires all that the manual has
before this command, and connects as the manual's other commands do: over 127.0.0.1 as postgres, who gets in without being asked
for a password, and as ecuser to the host in /opt/msys/etc/.dbhost. What the vendor's has in its schema is not documented."""

import argparse
import hashlib
import os
import subprocess
import sys
from typing import Dict, List

ROOT = os.environ.get("MOMENTUM_STANDIN_ROOT", "").rstrip("/")
HOST = ROOT + "/opt/msys/etc/.dbhost"
PASSWORD = ROOT + "/opt/msys/etc/.svcpasswd"
PARTS = ("common", "console", "returnpath", "seedlist", "adaptive")  # what the manual shows being loaded
ROLE = "SELECT count(*) FROM pg_roles WHERE rolname = 'ecuser'"
LOOPBACK = ["-h", "127.0.0.1", "-U", "postgres"]


class Missing(Exception):
    """Something that the manual has before this program."""


def psql(where: List[str], statements: str, **more: str) -> str:
    """Statements, by standard input: nothing of them is seen in the list of processes. Raises CalledProcessError."""
    line = ["psql", "-X", "-q", "-w", "-t", "-A", "-v", "ON_ERROR_STOP=1", *where]
    environment: Dict[str, str] = dict(os.environ, **more)
    return subprocess.run(
        line, input=statements, universal_newlines=True, check=True, env=environment, stdout=subprocess.PIPE
    ).stdout.strip()


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'%s'" % text.replace("'", "''")


def build(password: str, admin: str, host: str) -> None:
    """Everything. Raises CalledProcessError."""
    verb = "ALTER" if psql([*LOOPBACK, "-d", "postgres"], ROLE) == "1" else "CREATE"
    make = "%s ROLE ecuser LOGIN CREATEDB PASSWORD %s;\nCREATE DATABASE ecelerity OWNER ecuser;"
    psql([*LOOPBACK, "-d", "postgres"], make % (verb, quoted(password)))
    for part in PARTS:
        print("Loading sql/%s.sql into %s..." % (part, part), end="", flush=True)
        with open("sql/%s.sql" % part) as file:
            psql([*LOOPBACK, "-d", "ecelerity"], file.read())
        print("done!")
    digest = hashlib.md5(("admin:Momentum Console:" + admin).encode()).hexdigest()
    account = "INSERT INTO webconsole.users VALUES ('admin', %s);" % quoted(digest)
    psql(["-h", host, "-U", "ecuser", "-d", "ecelerity"], account, PGPASSWORD=password)


def content(path: str) -> str:
    """The text of a file that the manual has made by now. Raises Missing."""
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        raise Missing("%s is missing" % path)


def prepared(arguments: argparse.Namespace) -> str:
    """The database's host, if everything is as the manual has it. Raises Missing."""
    if os.geteuid() != 0:
        raise Missing("only root may run this program")
    if content(PASSWORD) != arguments.password:
        raise Missing("%s holds another password, or more than that" % PASSWORD)
    given = {"SVCPASSWD": arguments.password, "ADMINPASS": arguments.admin_password}
    for name, value in given.items():
        if os.environ.get(name) != value:
            raise Missing("%s is not exported with the password of the command line" % name)
    for part in PARTS:
        content("sql/%s.sql" % part)
    return content(HOST).strip()


def main() -> int:
    parser = argparse.ArgumentParser(prog="init_schema", description=__doc__)
    parser.add_argument("--password", required=True)
    parser.add_argument("--admin-password", required=True)
    arguments = parser.parse_args()
    try:
        build(arguments.password, arguments.admin_password, prepared(arguments))
    except (Missing, OSError, subprocess.CalledProcessError) as error:
        print("init_schema: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
