# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's `init_schema`, run as the 5.3 installation manual has it (4.4.3, step 6).

By root, in Momentum's `etc`, where it reads `sql/*.sql`; with both passwords as arguments and in the environment. What it runs
psql as is not documented, so every way in that root has is open to it: over the local socket, and over TCP with a password
file for the superuser and Momentum's user.
"""

import os
import stat
from contextlib import contextmanager
from typing import Callable, Dict, FrozenSet, Iterator, NamedTuple, Tuple

from ..credentials import hidden
from ..credentials.visibility import proc_hides_arguments
from ..errors import PlanError
from ..files import reading
from ..files.safe_paths import is_trusted
from ..host.accounts import user_name
from ..host.program import ENVIRONMENT, Ended, execute
from .closed_directory import OTHERS_WRITE, closed

LARGEST_SQL = 64 << 20  # bytes; no schema is that large
NO_SQL = "%s, which init_schema reads: %s. Install msys-ecelerity-schema"


class Order(NamedTuple):
    """What is to be run. `directory`: Momentum's etc. `logins`: passwords by user of PostgreSQL. `psql`: its client, by name or path.
    `state_dir`: where it is recorded whose directory was closed meanwhile."""

    program: str
    directory: str
    password: str
    admin: str
    logins: Dict[str, str]
    psql: str = "psql"
    port: int = 5432
    allow: FrozenSet[str] = frozenset()
    state_dir: str = ""


def run(order: Order, timeout: float) -> Tuple[Ended, str]:
    """Run it with both passwords hidden as well as can be; what it did, and how they were hidden.

    `timeout` in seconds. Raises PlanError; no error holds a password.
    """
    with closed(order.directory, order.state_dir), _password_file(order.logins) as logins:
        refuse_sql_of_others(order.directory, order.allow)
        return _run(order, dict(_environment(order), **logins), timeout)


def _run(order: Order, environment: Dict[str, str], timeout: float) -> Tuple[Ended, str]:
    program = order.program
    command = [program, "--password", hidden.STARS, "--admin-password", hidden.STARS]
    try:
        secrets = {-3: order.password, -1: order.admin}
        return hidden.run_all(command, secrets, environment, timeout, order.directory), "replaced"
    except hidden.CannotHide as error:
        reason = str(error)
    except OSError as error:
        raise PlanError("%s cannot be run: %s; reinstall msys-ecelerity-schema" % (program, error.strerror or error))
    way = "hidepid" if proc_hides_arguments() else "visible"
    if way == "visible" and "visible_arguments" not in order.allow:
        raise PlanError(
            "%s takes passwords as arguments only, and they cannot be hidden from the node's users here: %s. Mount /proc "
            "with hidepid=2, or accept it with 'allow: [visible_arguments]'" % (program, reason)
        )
    try:
        command = [program, "--password", order.password, "--admin-password", order.admin]
        return execute(command, environment, timeout, directory=order.directory), way
    except OSError as error:
        complaint = "%s: %s" % (program, error.strerror or "no answer in time")
    # Outside of the handler: nothing of an exception that knows the command line may hang on this one.
    raise PlanError(complaint)


def _environment(order: Order) -> Dict[str, str]:
    """What root's shell has after the manual's commands. Only root reads the environment of its processes."""
    root = user_name(os.geteuid())
    found = dict(ENVIRONMENT, HOME=os.path.expanduser("~"), USER=root, LOGNAME=root)
    found.update(SVCPASSWD=order.password, ADMINPASS=order.admin, PGPORT=str(order.port))
    # PGDG's client is not on the path (3.3.1 of the manual extends it).
    if os.path.isabs(order.psql):
        found["PATH"] = "%s:%s" % (os.path.dirname(order.psql), found["PATH"])
    return found


@contextmanager
def _password_file(logins: Dict[str, str]) -> Iterator[Dict[str, str]]:
    """Have a password file of libpq (page *The Password File* of PostgreSQL) for a while; the variable that names it.

    It has no name in any directory: programs of root reach it through this process, and nothing is left of it after a kill.
    Without logins there is none, so that root's own ~/.pgpass is used.
    """
    import tempfile

    if not logins:
        yield {}
        return
    with tempfile.TemporaryFile() as file:
        for user, password in logins.items():
            file.write(("*:*:*:%s:%s\n" % (user, password.replace("\\", "\\\\").replace(":", "\\:"))).encode("utf-8"))
        file.flush()
        yield {"PGPASSFILE": "/proc/%d/fd/%d" % (os.getpid(), file.fileno())}


def refuse_unready(program: str, etc: str, allow: FrozenSet[str], announced: Callable[[str], None]) -> None:
    """Refuse, before anything is written and in check mode too, what `run` would be refused for. announced: told of what an earlier
    task of a check mode run may be about to install. Raises PlanError."""
    if not os.access(program, os.X_OK) or not os.path.isfile(program):
        announced("%s is missing, or cannot be run; install msys-ecelerity-schema" % program)
    directory = os.path.join(etc, "sql")
    if os.path.isdir(directory):
        refuse_sql_of_others(etc, allow)
    else:
        announced(NO_SQL % (directory, "no such directory"))


def refuse_sql_of_others(etc: str, allow: FrozenSet[str]) -> None:
    """Raise PlanError where there is no SQL, or where somebody else than root could have written it."""
    directory = os.path.join(etc, "sql")
    try:
        files = [os.path.join(directory, name) for name in reading.names(directory)]
    except OSError as error:
        raise PlanError(NO_SQL % (directory, error.strerror))
    for path in [directory] + sorted(files):
        info = os.lstat(path)
        foreign = not is_trusted(info) or stat.S_ISLNK(info.st_mode) or info.st_mode & OTHERS_WRITE
        if foreign and "foreign_schema" not in allow:
            raise PlanError(
                "%s is a link, or belongs to %s or others may write it, and init_schema would run what it holds as root and "
                "as PostgreSQL's superuser. Reinstall msys-ecelerity-schema, or accept it with 'allow: [foreign_schema]'"
                % (path, user_name(info.st_uid))
            )
        if path.endswith(".sql") and (not os.path.isfile(path) or os.path.getsize(path) > LARGEST_SQL):
            raise PlanError(
                "%s is no regular file, or larger than a schema, and init_schema would read it to its end; reinstall "
                "msys-ecelerity-schema" % path
            )
