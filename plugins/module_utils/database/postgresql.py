# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask a PostgreSQL server through psql(1), without a secret in any list of processes or in the server's log."""

import base64
import hashlib
import hmac
import os
import re
import time
from contextlib import contextmanager
from typing import Dict, Iterator, List, NamedTuple

from ..console_access.passwords import md5_hex
from ..errors import PlanError
from ..host.accounts import user_id
from ..host.program import ENVIRONMENT, Ended, TooMuchOutput, execute, shown

TIMEOUT = 30.0  # seconds for one question
_SCRAM = re.compile(r"SCRAM-SHA-256\$([0-9]{1,7}):([A-Za-z0-9+/=]+)\$")
ITERATIONS = 4096  # PostgreSQL's own (src/include/common/scram-common.h)
_TABLES = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


class Server(NamedTuple):
    """How a server is reached: psql's path, the account that is its superuser by peer authentication, and the port.

    `ca_file` has the certificates by which the server proves over the network that it is the one; empty: it is never asked
    there.
    """

    psql: str = "psql"
    superuser: str = "postgres"
    port: int = 5432
    ca_file: str = ""

    def as_superuser(self, database: str, statement: str) -> str:
        """Run a statement, given on standard input, over the local socket. Raises PlanError with psql's words."""
        itself = user_id(self.superuser) == os.geteuid()
        become = [] if itself else ["runuser", "-u", self.superuser, "--"]
        answer = _run(become + self._command(database), statement, dict(ENVIRONMENT))
        if answer.status != 0:
            raise PlanError(
                "PostgreSQL cannot be asked as %s: %s. See that the server runs, and that this account may log in by its local socket"
                % (self.superuser, shown(answer.stderr) or "no answer")
            )
        return answer.stdout

    def exists(self, database: str) -> bool:
        """Tell whether a database is there; `database` is a plain name."""
        return self.as_superuser("postgres", "SELECT 1 FROM pg_database WHERE datname = '%s';" % database) == "1"

    def tables(self, database: str) -> int:
        """How many tables a database has beside the server's own."""
        return int(self.as_superuser(database, _TABLES + ";"))

    def login(self, host: str, database: str, user: str, password: str) -> bool:
        """Tell whether a user's password is this one.

        With `ca_file` the user logs in over the network, and only where the server's certificate is of it and has the name
        `host`: a program in the server's place is never given the password (libpq's `verify-full`). Without, the verifier
        that the server stores is looked at over the local socket. The password is in the environment, which only root reads.
        """
        if not self.ca_file:
            query = "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = '%s';" % user
            return verifies(self.as_superuser("postgres", query), user, password)
        command = self._command(database) + ["-h", host, "-U", user, "-w"]
        environment = dict(ENVIRONMENT, PGPASSWORD=password, PGCONNECT_TIMEOUT="10")
        environment.update(PGSSLMODE="verify-full", PGSSLROOTCERT=self.ca_file)
        return _run(command, "SELECT 1;", environment).stdout == "1"

    def change_password(self, user: str, password: str) -> None:
        """Give a role another password; the server sees its verifier alone. Raises PlanError."""
        verifier = scram_verifier(password, os.urandom(16))
        self.as_superuser("postgres", "ALTER ROLE \"%s\" PASSWORD '%s';" % (user, verifier))

    @contextmanager
    def superuser_password(self, seconds: float) -> Iterator[str]:
        """Give the superuser a password for a while, with which it logs in over TCP as well; empty where it has one of its own.

        The server sees the verifier alone, and takes it for so many seconds only: a kill leaves nothing that works for long. One
        that expires within that time is what a killed run left. Raises PlanError.
        """
        own = "SELECT rolpassword IS NOT NULL AND coalesce(rolvaliduntil, 'infinity') > now() + interval '%d s' %s;" % (
            seconds,
            "FROM pg_catalog.pg_authid WHERE rolname = '%s'" % self.superuser,
        )
        if self.as_superuser("postgres", own) == "t":
            yield ""
            return
        password = base64.b64encode(os.urandom(24), b"-_").decode("ascii")
        until = time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime(time.time() + seconds))
        change = "ALTER ROLE \"%s\" PASSWORD %s VALID UNTIL '%s';"
        verifier = "'%s'" % scram_verifier(password, os.urandom(16))
        self.as_superuser("postgres", change % (self.superuser, verifier, until))
        try:
            yield password
        finally:
            self.as_superuser("postgres", change % (self.superuser, "NULL", "infinity"))

    def _command(self, database: str) -> List[str]:
        return [self.psql, "-XqtA", "-v", "ON_ERROR_STOP=1", "-p", str(self.port), "-d", database]


def scram_verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """What PostgreSQL stores of a password with `scram-sha-256` (RFC 5803, RFC 7677). `password` is ASCII or already in
    the form of SASLprep (RFC 4013)."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("utf-8"), salt, iterations)
    client = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    server = hmac.new(salted, b"Server Key", hashlib.sha256).digest()
    parts = [base64.b64encode(part).decode("ascii") for part in (salt, hashlib.sha256(client).digest(), server)]
    return "SCRAM-SHA-256$%d:%s$%s:%s" % (iterations, parts[0], parts[1], parts[2])


def verifies(stored: str, user: str, password: str) -> bool:
    """Whether what PostgreSQL stores of a role's password, SCRAM or MD5, is of this one."""
    found = _SCRAM.match(stored)
    try:
        if found is None:
            return stored == "md5" + md5_hex((password + user).encode("utf-8"))
        salt = base64.b64decode(found.group(2))
    except ValueError:
        return False
    return stored == scram_verifier(password, salt, int(found.group(1)))


def _run(command: List[str], statement: str, environment: Dict[str, str]) -> Ended:
    try:
        ended = execute(command, environment, TIMEOUT, stdin=statement.encode("utf-8"))
    except (TimeoutError, TooMuchOutput) as error:
        raise PlanError("%s %s" % (command[0], error.strerror))
    except OSError as error:
        raise PlanError("%s cannot be run: %s; install PostgreSQL's client first" % (command[0], error.strerror))
    return Ended(ended.status, ended.stdout.strip(), ended.stderr.strip())
