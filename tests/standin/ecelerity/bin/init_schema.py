# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""init_schema --password PASSWORD --admin-password PASSWORD: make the database of a stand-in for Momentum. It makes the user ecuser
and the database ecelerity in the PostgreSQL of this machine, with an account admin for consoles. What the vendor's has in its
schema is not documented. /opt/msys/etc/.dbhost must name the host. Run by root it is PostgreSQL's user that talks to the
server; PGHOST and PGUSER say otherwise."""

import argparse
import hashlib
import os
import subprocess
import sys

ROOT = os.environ.get("MOMENTUM_STANDIN_ROOT", "").rstrip("/")
HOST = ROOT + "/opt/msys/etc/.dbhost"
PARTS = ("common", "console", "returnpath", "seedlist", "adaptive")  # what the manual shows being loaded
USERS = """CREATE SCHEMA webconsole AUTHORIZATION ecuser;
CREATE TABLE webconsole.users (username text PRIMARY KEY, password text NOT NULL);
ALTER TABLE webconsole.users OWNER TO ecuser;
INSERT INTO webconsole.users VALUES ('admin', %s);"""


def psql(database: str, statements: str) -> None:
    """Statements, by standard input: nothing of them is seen in the list of processes. Raises CalledProcessError."""
    line = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database]
    if os.geteuid() == 0 and "PGHOST" not in os.environ:
        line = ["runuser", "-u", "postgres", "--"] + line
    subprocess.run(line, input=statements, universal_newlines=True, check=True, cwd="/")


def quoted(text: str) -> str:
    """A literal of SQL."""
    return "'%s'" % text.replace("'", "''")


def build(password: str, admin: str) -> None:
    """Everything. Raises CalledProcessError."""
    psql(
        "postgres", "CREATE ROLE ecuser LOGIN PASSWORD %s;\nCREATE DATABASE ecelerity OWNER ecuser;" % quoted(password)
    )
    for part in PARTS:
        print("Loading sql/%s.sql into %s..." % (part, part), end="", flush=True)
        psql("ecelerity", "CREATE SCHEMA %s AUTHORIZATION ecuser;" % part)
        print("done!")
    psql("ecelerity", USERS % quoted(hashlib.md5(("admin:Momentum Console:" + admin).encode()).hexdigest()))


def main() -> int:
    parser = argparse.ArgumentParser(prog="init_schema", description=__doc__)
    parser.add_argument("--password", required=True)
    parser.add_argument("--admin-password", required=True)
    arguments = parser.parse_args()
    if not os.path.exists(HOST):
        print("init_schema: %s is missing" % HOST, file=sys.stderr)
        return 1
    try:
        build(arguments.password, arguments.admin_password)
    except (OSError, subprocess.CalledProcessError) as error:
        print("init_schema: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
