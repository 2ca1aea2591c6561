# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A PostgreSQL of this machine that says what it reads from its configuration files, line by line."""

import glob
import os
import pwd
import re
import shutil
import subprocess
from typing import Dict, List, NamedTuple, Optional, Set

PROGRAMS = sorted(glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin"))
ROWS = """SELECT sourcefile, sourceline, coalesce(encode(convert_to(name, 'SQL_ASCII'), 'hex'), ''),
 coalesce(encode(convert_to(setting, 'SQL_ASCII'), 'hex'), ''), coalesce(replace(error, chr(10), ' '), '') FROM pg_file_settings ORDER BY seqno"""


class Row(NamedTuple):
    """What the server reads at one place; for a syntax error neither name nor value."""

    file: str
    line: int
    name: str
    value: str
    error: str


def absent() -> Optional[str]:
    """Why no server can be started here."""
    if not PROGRAMS:
        return "PostgreSQL's server is absent"
    if os.geteuid() == 0 and (shutil.which("runuser") is None or not known("postgres")):
        return "the account postgres is absent"
    return None


def known(user: str) -> bool:
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


class Real:
    """A server in a directory of its own, at a socket there. options: how it is started, beside that; port: of socket and network."""

    def __init__(self, directory: str, options: str = "-c listen_addresses=", port: int = 5432) -> None:
        self.data, self.sockets, self.port = os.path.join(directory, "data"), directory, port
        self.path = os.path.join(self.data, "postgresql.conf")
        if os.geteuid() == 0:
            shutil.chown(directory, "postgres")
        self.run("initdb", "-A", "trust", "-U", "postgres", "-E", "SQL_ASCII", "--locale=C", "-N", "-D", self.data)
        self.write("")
        options = "-k %s %s -c fsync=off" % (self.sockets, options)
        self.run("pg_ctl", "-w", "-D", self.data, "-o", options, "-l", os.path.join(directory, "log"), "start")

    def run(self, program: str, *words: str) -> bytes:
        line = [os.path.join(PROGRAMS[-1], program), *words]
        if os.geteuid() == 0:
            line = ["runuser", "-u", "postgres", "--", *line]
        ran = subprocess.run(
            line, cwd="/", stdout=subprocess.PIPE if program == "psql" else subprocess.DEVNULL, check=True
        )
        return ran.stdout or b""

    def write(self, text: str, name: str = "postgresql.conf") -> None:
        with open(os.path.join(self.data, name), "wb") as stream:
            stream.write(text.encode("utf-8", "surrogateescape"))

    def ask(self, sql: str) -> List[str]:
        out = self.run(
            "psql", "-XtAq", "-F", "\x1f", "-h", self.sockets, "-p", str(self.port), "-U", "postgres", "-c", sql
        )
        return out.decode("utf-8", "surrogateescape").split("\n")[:-1]

    def rows(self) -> List[Row]:
        found = []
        for line in self.ask(ROWS):
            file, number, name, value, error = line.split("\x1f")
            texts = [bytes.fromhex(word).decode("utf-8", "surrogateescape") for word in (name, value)]
            found.append(Row(file, int(number or 0), texts[0], texts[1], error))
        return found

    def read(self, text: str) -> Dict[int, Row]:
        """What the server makes of the lines of a file, by number; a line without a setting is not there."""
        self.write(text)
        return {row.line: row for row in self.rows() if row.file == self.path}

    def syntax_errors(self, text: str) -> Set[int]:
        """The numbers of the lines that a server which starts refuses; after 100 it gives up."""
        self.write(text, "other.conf")
        path = os.path.join(self.data, "other.conf")
        words = ["postgres", "-C", "port", "-D", self.data, "--config-file=" + path]
        environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
        ran = subprocess.run(
            [os.path.join(PROGRAMS[-1], words[0])] + words[1:],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        return {int(number) for number in re.findall(rb"syntax error in file \"[^\"]*\" line ([0-9]+),", ran.stderr)}

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "-D", self.data, "stop")
