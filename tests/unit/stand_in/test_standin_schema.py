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
import sys
from typing import Dict, Iterator, List

import pytest
from standin_node import Node, free_port

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
    """A server below a directory, reached over 127.0.0.1 with a password, as the role leaves it."""

    def __init__(self, directory: str) -> None:
        self.directory, self.port = directory + "/pg", str(free_port())
        self.programs = os.path.dirname(FOUND[-1])
        os.mkdir(self.directory)
        os.chown(self.directory, pwd.getpwnam("nobody").pw_uid, -1)
        self.write("password", "superuser\n")
        auth = ["--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", self.directory + "/password"]
        self.run("initdb", *auth, "-U", "postgres", "-D", self.directory + "/data")
        options = "-k %s -c listen_addresses=127.0.0.1 -c fsync=off -p %s" % (self.directory, self.port)
        self.run("pg_ctl", "-w", "-D", self.directory + "/data", "-o", options, "-l", self.directory + "/log", "start")
        self.write("pass", "127.0.0.1:*:*:postgres:superuser\n")
        os.chmod(self.directory + "/pass", 0o600)

    def write(self, name: str, text: str) -> None:
        with open(os.path.join(self.directory, name), "w") as file:
            file.write(text)

    def run(self, program: str, *words: str) -> None:
        line: List[str] = ["runuser", "-u", "nobody", "--", os.path.join(self.programs, program)]
        subprocess.check_call(line + list(words), cwd="/", stdout=subprocess.DEVNULL)

    def ask(self, statement: str) -> str:
        line = [
            "psql",
            "-XAt",
            "-h",
            self.directory,
            "-p",
            self.port,
            "-U",
            "postgres",
            "-d",
            "ecelerity",
            "-c",
            statement,
        ]
        return subprocess.check_output(line, universal_newlines=True).strip()


@pytest.fixture
def server(node: Node) -> "Iterator[Server]":
    made = Server(node.root)
    try:
        yield made
    finally:
        made.run("pg_ctl", "-w", "-m", "immediate", "-D", made.directory + "/data", "stop")


class Procedure:
    """The manual's procedure, in which one thing at a time can be another."""

    def __init__(self, node: Node, server: Server) -> None:
        self.node, self.directory = node, node.prefix + "/etc"
        self.variables: Dict[str, str] = {"PGPORT": server.port, "PGPASSFILE": server.directory + "/pass"}
        self.variables.update(SVCPASSWD="it's", ADMINPASS="winter")
        os.makedirs(node.root + "/opt/msys/etc")
        self.password, self.host = (node.root + "/opt/msys/etc/" + name for name in (".svcpasswd", ".dbhost"))
        node.write(self.password, "it's")
        node.write(self.host, "127.0.0.1\n")

    def run(self) -> "subprocess.CompletedProcess[str]":
        words = ["--password", "it's", "--admin-password", "winter"]
        line = [sys.executable, "../bin/init_schema.py"] if self.directory.endswith("/etc") else []
        return subprocess.run(
            (line or self.node.command("bin/init_schema")) + words,
            env=dict(self.node.environment, **self.variables),
            cwd=self.directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            check=False,
        )


def test_the_manuals_procedure_makes_a_user_with_its_password_and_an_admin(node: Node, server: Server) -> None:
    procedure = Procedure(node, server)
    done = procedure.run()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Loading sql/common.sql into common...done!"
    digest = hashlib.md5(b"admin:Momentum Console:winter").hexdigest()
    assert server.ask("SELECT * FROM webconsole.users") == "admin|" + digest
    assert server.ask("SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'ecuser'") == "t"
    again = procedure.run()
    assert again.returncode == 1 and "already exists" in again.stderr


def test_what_the_manual_has_before_it_is_requested(node: Node, server: Server) -> None:
    procedure = Procedure(node, server)

    def refused() -> str:
        done = procedure.run()
        assert done.returncode == 1
        return done.stderr

    procedure.directory = "/"
    assert "sql/common.sql is missing" in refused()
    procedure.directory = node.prefix + "/etc"
    for name in ("SVCPASSWD", "ADMINPASS"):
        value = procedure.variables.pop(name)
        assert "%s is not exported" % name in refused()
        procedure.variables[name] = value
    node.write(procedure.password, "it's\n")
    assert "or more than that" in refused()
    node.write(procedure.password, "it's")
    os.remove(procedure.host)
    assert ".dbhost is missing" in refused()
    node.write(procedure.host, "127.0.0.1\n")
    procedure.variables["PGPASSFILE"] = "/nonexistent"
    assert "no password supplied" in refused()
