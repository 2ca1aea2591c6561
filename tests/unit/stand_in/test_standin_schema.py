# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""init_schema, with a PostgreSQL of this test alone."""

import glob
import hashlib
import os
import pwd
import shutil
import subprocess
from typing import Iterator, List

import pytest
from standin_node import Node

FOUND = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
MISSING = (
    "PostgreSQL's server and runuser are not installed here"
    if not FOUND or shutil.which("runuser") is None
    else "the server refuses root, and only root can be another user"
    if os.geteuid() != 0
    else ""
)
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


class Server:
    """A server below a folder, reached by a socket there."""

    def __init__(self, folder: str) -> None:
        self.folder = folder + "/pg"
        self.programs = os.path.dirname(FOUND[-1])
        os.mkdir(self.folder)
        os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)
        self.run("initdb", "-A", "trust", "-U", "postgres", "-D", self.folder + "/data")
        options = "-k %s -c listen_addresses= -c fsync=off" % self.folder
        self.run("pg_ctl", "-w", "-D", self.folder + "/data", "-o", options, "-l", self.folder + "/log", "start")

    def run(self, program: str, *words: str) -> None:
        line: List[str] = ["runuser", "-u", "nobody", "--", os.path.join(self.programs, program)]
        subprocess.check_call(line + list(words), cwd="/", stdout=subprocess.DEVNULL)

    def ask(self, statement: str) -> str:
        line = ["psql", "-XAt", "-h", self.folder, "-U", "postgres", "-d", "ecelerity", "-c", statement]
        return subprocess.check_output(line, universal_newlines=True).strip()


@pytest.fixture
def server(node: Node) -> "Iterator[Server]":
    made = Server(node.root)
    try:
        yield made
    finally:
        made.run("pg_ctl", "-w", "-m", "immediate", "-D", made.folder + "/data", "stop")


def test_the_database_has_a_user_with_its_password_and_an_admin(node: Node, server: Server) -> None:
    words = ["--password", "it's", "--admin-password", "winter"]
    place = {"PGHOST": server.folder, "PGUSER": "postgres"}
    refused = node.call("bin/init_schema", *words, **place)
    assert refused.returncode == 1 and ".dbhost is missing" in refused.stderr
    os.makedirs(node.root + "/opt/msys/etc")
    node.write(node.root + "/opt/msys/etc/.dbhost", "manager.example.com\n")
    done = node.call("bin/init_schema", *words, **place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Loading sql/common.sql into common...done!"
    digest = hashlib.md5(b"admin:Momentum Console:winter").hexdigest()
    assert server.ask("SELECT * FROM webconsole.users") == "admin|" + digest
    assert server.ask("SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'ecuser'") == "t"
    again = node.call("bin/init_schema", *words, **place)
    assert again.returncode == 1 and "already exists" in again.stderr
