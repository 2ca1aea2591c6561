# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in's init_schema, run by the module's code at a real PostgreSQL that lets in whom the role lets in."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Iterator

import pytest

from plugins.module_utils.database import closed_directory, init_schema
from plugins.module_utils.database.postgresql import Server
from plugins.module_utils.errors import PlanError

ROOT = Path(__file__).parents[3]
FOUND = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"))
SOCKETS = "/var/run/postgresql"  # where psql looks by default
PASSWORD = "a-password: of 24 characters".replace(" ", "-")
needs_server = pytest.mark.skipif(
    not FOUND or os.geteuid() != 0 or not os.path.isdir(SOCKETS) or shutil.which("runuser") is None,
    reason="PostgreSQL's server and root are needed",
)


def role_files() -> "tuple[str, str]":
    """pg_hba.conf and pg_ident.conf as the role lays them out without TLS, for the defaults of its variables."""
    yaml = pytest.importorskip("yaml")
    variables = yaml.safe_load((ROOT / "roles" / "cluster_manager" / "vars" / "main.yml").read_text())

    def fill(text: str) -> str:
        text = text.replace("{{ momentum_database_user }}", "ecuser").replace(
            "{{ momentum_database_name }}", "ecelerity"
        )
        return text.replace("{{ momentum_database_network }}", "host")

    return "\n".join(fill(line) for line in variables["momentum_database_hba_default"]) + "\n", fill(
        variables["momentum_database_map_text"]
    )


class Place:
    """A server, and Momentum's etc with what init_schema requires there."""

    def __init__(self, directory: Path) -> None:
        self.root, self.data, self.programs = directory, directory / "data", os.path.dirname(FOUND[-1])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.server = Server(port=probe.getsockname()[1])
        directory.chmod(0o755)
        self.data.mkdir()
        os.chown(self.data, pwd.getpwnam("postgres").pw_uid, -1)
        self._run("initdb", "-A", "peer", "-U", "postgres", "-D", str(self.data))
        hba, ident = role_files()
        (self.data / "pg_hba.conf").write_text(hba)
        (self.data / "pg_ident.conf").write_text(ident)
        options = "-k %s -c listen_addresses=127.0.0.1 -c fsync=off -p %d" % (SOCKETS, self.server.port)
        self._run("pg_ctl", "-w", "-D", str(self.data), "-o", options, "-l", str(self.data / "log"), "start")
        self.etc = directory / "opt" / "msys" / "ecelerity" / "etc"
        shutil.copytree(ROOT / "tests" / "standin" / "ecelerity" / "etc" / "sql", self.etc / "sql")
        (directory / "opt" / "msys" / "etc").mkdir()
        (directory / "opt" / "msys" / "etc" / ".svcpasswd").write_text(PASSWORD)
        (directory / "opt" / "msys" / "etc" / ".dbhost").write_text("127.0.0.1\n")
        source = (ROOT / "tests" / "standin" / "ecelerity" / "bin" / "init_schema.py").read_text()
        self.program = directory / "init_schema"
        self.program.write_text(
            "#!/usr/bin/python3\n" + source.replace('os.environ.get("MOMENTUM_STANDIN_ROOT", "")', repr(str(directory)))
        )
        self.program.chmod(0o755)

    def _run(self, program: str, *words: str) -> None:
        line = ["runuser", "-u", "postgres", "--", os.path.join(self.programs, program), *words]
        subprocess.run(line, cwd="/", stdout=subprocess.DEVNULL, check=True)

    def initialise(self) -> "tuple[init_schema.Ended, str]":
        with self.server.superuser_password(60) as superuser:
            logins = {"postgres": superuser, "ecuser": PASSWORD} if superuser else {}
            order = init_schema.Order(
                str(self.program),
                str(self.etc),
                PASSWORD,
                "winter",
                logins,
                port=self.server.port,
                state_dir=str(self.etc.parent / "state"),
            )
            return init_schema.run(order, 60)

    def superuser(self, what: str) -> str:
        return self.server.as_superuser("postgres", "SELECT %s FROM pg_authid WHERE rolname = 'postgres';" % what)

    def root_is(self, user: str) -> bool:
        line = ["psql", "-XtAw", "-p", str(self.server.port), "-U", user, "-d", "postgres", "-c", "SELECT 1"]
        return subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self.data), "stop")


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("database")
    for above in (directory.parent, directory.parent.parent):
        above.chmod(0o755)
    made = Place(directory)
    try:
        yield made
    finally:
        made.stop()


@needs_server
def test_it_comes_in_over_loopback_and_leaves_the_superuser_without_a_password(place: Place) -> None:
    os.chown(place.etc, pwd.getpwnam("nobody").pw_uid, -1)  # as the manual leaves it: the service account's
    place.etc.chmod(0o775)
    ran, way = place.initialise()
    assert (ran.status, ran.stderr) == (0, "") and ran.stdout.count("done!") == 5
    assert way in ("replaced", "hidepid")
    assert place.server.tables("ecelerity") == 1
    assert place.superuser("rolpassword IS NULL AND rolvaliduntil = 'infinity'") == "t"
    info = place.etc.stat()
    assert (info.st_uid, info.st_mode & 0o777) == (pwd.getpwnam("nobody").pw_uid, 0o775)
    # Its own commands work for root on the socket, too: dropdb -U ecuser.
    assert place.root_is("ecuser") and place.root_is("postgres") and not place.root_is("nobody")


@needs_server
def test_a_password_of_the_superuser_is_kept_unless_it_is_what_a_killed_run_left(place: Place) -> None:
    place.server.as_superuser("postgres", "ALTER ROLE postgres PASSWORD 'own';")
    own = place.superuser("rolpassword")
    with place.server.superuser_password(60) as password:
        assert password == ""
    assert place.superuser("rolpassword") == own
    place.server.as_superuser("postgres", "ALTER ROLE postgres VALID UNTIL 'now';")
    assert place.initialise()[0].status == 0
    assert place.superuser("rolpassword IS NULL") == "t"


@pytest.mark.parametrize("spoil", ["mode of a file", "owner of the directory", "a link"])
def test_sql_that_others_could_have_written_is_refused(tmp_path: Path, spoil: str) -> None:
    (tmp_path / "sql").mkdir()
    file = tmp_path / "sql" / "common.sql"
    file.write_text("SELECT 1;")
    init_schema.refuse_sql_of_others(str(tmp_path), frozenset())
    if spoil == "mode of a file":
        file.chmod(0o666)
    elif spoil == "a link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    elif os.geteuid() == 0:
        os.chown(tmp_path / "sql", 65534, -1)
    else:
        pytest.skip("only root can give a directory away")
    with pytest.raises(PlanError, match="foreign_schema"):
        init_schema.refuse_sql_of_others(str(tmp_path), frozenset())
    init_schema.refuse_sql_of_others(str(tmp_path), frozenset(["foreign_schema"]))


def test_no_sql_is_refused_with_the_package_that_brings_it(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="Install msys-ecelerity-schema"):
        init_schema.refuse_sql_of_others(str(tmp_path), frozenset())


def test_nobody_else_changes_the_directory_meanwhile(tmp_path: Path) -> None:
    etc, state = tmp_path / "etc", tmp_path / "state"
    etc.mkdir()
    etc.chmod(0o777)
    with init_schema.closed(str(etc), str(state)):
        assert etc.stat().st_mode & 0o777 == 0o755
        assert closed_directory.left(str(state)).path == str(etc)
    assert etc.stat().st_mode & 0o777 == 0o777 and closed_directory.left(str(state)) is None
