#!/usr/bin/python
# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: database_schema
short_description: Keep the database of a Momentum cluster, its user and that user's password
version_added: 0.2.0
description:
  - Has the vendor's C(init_schema) make the database and its user where they are missing, and keeps the user's password and
    the database's host in the files that C(init_schema) is documented to be given, C(.svcpasswd) and C(.dbhost).
  - An existing database is never touched, but for the password of its user where that is another one.
  - The manual has passwords on the command line. They are replaced by stars before anybody can list them, see
    RV(hidden_by). A changed password reaches PostgreSQL as a SCRAM verifier, never as a text that its log could hold.
author:
  - msys.momentum contributors (@msys)
extends_documentation_fragment:
  - msys.momentum.node
  - msys.momentum.attributes
options:
  password:
    description:
      - The password of O(user). Without it the stored one is kept, and where there is none, one of 32 letters and digits is
        made on the node.
      - At least 24 characters. Blanks, quotes, backslashes and semicolons are refused, because it becomes part of a connection text.
    type: str
  admin_password:
    description:
      - The password of Momentum's first administrator, C(ADMINPASS) of the manual, of at least four characters. Needed where the database is made, and used
        at no other time.
      - The manual's own C(admin) and its like are refused.
    type: str
  host:
    description: The name of the database's host, as all nodes know it. The node's full name if not given, as C(hostname -f).
    type: str
  database:
    description: The name of the database. That C(init_schema) calls it so is inferred; name another one if yours does.
    type: str
    default: ecelerity
  user:
    description: The user of the database that Momentum logs in as.
    type: str
    default: ecuser
  program:
    description: The program, C(bin/init_schema) below O(prefix) if not given, from the package C(msys-ecelerity-schema).
    type: path
  password_file:
    description: Where the password is kept, with mode V(0600) for root.
    type: path
    default: /opt/msys/etc/.svcpasswd
  host_file:
    description: Where the name of the host is kept.
    type: path
    default: /opt/msys/etc/.dbhost
  psql:
    description: PostgreSQL's client.
    type: str
    default: psql
  superuser:
    description: The account that PostgreSQL takes for its superuser by C(peer) authentication.
    type: str
    default: postgres
  port:
    description: The port, and with it the name of the local socket, of PostgreSQL.
    type: int
    default: 5432
  ca_file:
    description:
      - A file with the certificates by which the server's own, for O(host), is trusted when the user logs in over the network. The
        server's own file if that is self-signed.
      - The password is given to no server that cannot prove that. If not given, nobody logs in over the network; what the server stores
        of the password is looked at over its local socket.
    type: path
    version_added: 0.3.0
  allow:
    description:
      - Safety checks to override, by name.
      - V(visible_arguments) hands passwords to C(init_schema) even where any user of the node can list them meanwhile.
      - V(short_password) takes an O(password) of fewer than 24 characters.
      - V(foreign_schema) runs C(init_schema) although somebody else than root could have written its SQL.
    type: list
    elements: str
    default: []
    choices: [visible_arguments, short_password, foreign_schema]
notes:
  - C(init_schema) runs by root in C(etc) below O(prefix), where it reads C(sql/*.sql), with C(SVCPASSWD) and C(ADMINPASS) in its
    environment, as the manual has it. Until it ends, nobody but root can change the entries of that directory.
  - As whom it runs psql is not documented. Over TCP it finds the password of O(user) and one of O(superuser) in a password file
    of libpq. The latter is made for this run, expires after ten minutes, and is removed afterwards. If
    O(superuser) has a password already, that is kept and there is no such file; put it into C(~/.pgpass) of root.
  - Whether Momentum's own client of PostgreSQL verifies the server's certificate is not documented.
  - What C(init_schema) hands on to programs that it starts itself is not in this module's hands.
  - The exit status of C(init_schema) is not documented. Whether it did its work is seen by logging in and counting tables.
  - A run of C(init_schema) that ended half-way leaves a database without tables. The module says so and leaves C(dropdb), which
    the manual has for that, to you.
seealso:
  - module: msys.momentum.credential
  - module: msys.momentum.config
"""

EXAMPLES = r"""
- name: Have the database, with a password made on the node
  msys.momentum.database_schema:
    admin_password: "{{ vault_momentum_admin }}"

- name: Change the password of the database's user
  msys.momentum.database_schema:
    password: "{{ vault_momentum_database }}"
"""

RETURN = r"""
steps:
  description:
    - What was done, or would be. Of V(store_password), V(store_host), V(initialise) and V(change_password).
  returned: success
  type: list
  elements: str
  sample: [store_password, store_host, initialise]
hidden_by:
  description:
    - How passwords were kept out of the list of processes. V(replaced), stars were in their place; V(hidepid), /proc shows
      foreign processes to nobody; V(visible), not at all, as allowed; V(none), there was none to hand over.
  returned: success
  type: str
  sample: replaced
host:
  description: The name of the database's host.
  returned: success
  type: str
  sample: manager.example.com
"""

import os
import socket
from typing import Any, Dict, List, Optional

from ansible_collections.msys.momentum.plugins.module_utils import archive

archive.compile_once()

from ansible_collections.msys.momentum.plugins.module_utils.config import reader
from ansible_collections.msys.momentum.plugins.module_utils.database import schema_plan
from ansible_collections.msys.momentum.plugins.module_utils.database.postgresql import Server
from ansible_collections.msys.momentum.plugins.module_utils.database.schema_plan import DesiredLogin, Seen, Steps
from ansible_collections.msys.momentum.plugins.module_utils.errors import PlanError
from ansible_collections.msys.momentum.plugins.module_utils.files import obstacles
from ansible_collections.msys.momentum.plugins.module_utils.files.safe_files import read_file
from ansible_collections.msys.momentum.plugins.module_utils.module import MomentumModule, guarded
from ansible_collections.msys.momentum.plugins.module_utils.text import grammar

ARGUMENTS: Dict[str, Dict[str, Any]] = {
    "password": {"type": "str", "no_log": True},
    "admin_password": {"type": "str", "no_log": True},
    "host": {"type": "str"},
    "database": {"type": "str", "default": "ecelerity"},
    "user": {"type": "str", "default": "ecuser"},
    "program": {"type": "path"},
    # Paths of files, which are no secrets.
    "password_file": {"type": "path", "default": "/opt/msys/etc/.svcpasswd", "no_log": False},
    "host_file": {"type": "path", "default": "/opt/msys/etc/.dbhost"},
    "psql": {"type": "str", "default": "psql"},
    "superuser": {"type": "str", "default": "postgres"},
    "port": {"type": "int", "default": 5432},
    "ca_file": {"type": "path"},
    "allow": {
        "type": "list",
        "elements": "str",
        "default": [],
        "choices": ["visible_arguments", "short_password", "foreign_schema"],
    },
}
TIMEOUT = 600.0  # seconds for init_schema


def stored(path: str) -> Optional[str]:
    """The one line of a file, None where there is none or nothing in it. Raises UnsafePath, OSError."""
    try:
        return read_file(path, "line")[0].decode("utf-8", "replace").strip() or None
    except FileNotFoundError:
        return None


def store(path: str, text: str, mode: int) -> None:
    """Write a small file that is root's, and its directory where that is missing. Raises UnsafePath, OSError."""
    from ansible_collections.msys.momentum.plugins.module_utils.files.safe_files import ensure_directory, write_file

    if not os.path.isdir(os.path.dirname(path)):
        ensure_directory(os.path.dirname(path), os.geteuid(), os.getegid(), 0o755)
    write_file(path, text.encode("utf-8"), os.geteuid(), os.getegid(), mode)


def desired_of(params: Dict[str, Any]) -> DesiredLogin:
    """What the task asks for. Raises PlanError."""
    desired = DesiredLogin(
        params["database"],
        params["user"],
        params["host"] or socket.getfqdn(),
        params["password"],
        params["admin_password"],
        frozenset(params["allow"]),
    )
    schema_plan.refuse_unusable(desired)
    grammar.database_name("superuser", params["superuser"])
    return desired


def look(module: MomentumModule, server: Server, desired: DesiredLogin, password: str) -> Seen:
    """See the files and the server. In check mode a missing server is one that an earlier task would have made."""
    files = {"stored": stored(module.params["password_file"]), "host": stored(module.params["host_file"])}
    try:
        if not server.exists(desired.database):
            return Seen(**files)
        tables = server.tables(desired.database)
    except PlanError as error:
        module.refuse_unless_announced(str(error))
        return Seen(**files)
    login = server.login(desired.host, desired.database, desired.user, password)
    return Seen(True, tables, login, **files)


def files_of(params: Dict[str, Any], steps: Steps) -> List[str]:
    """The files that the steps write."""
    pairs = ((steps.store_password, params["password_file"]), (steps.store_host, params["host_file"]))
    return [path for due, path in pairs if due]


def program_of(module: MomentumModule) -> str:
    """The path of init_schema."""
    return str(module.params["program"] or os.path.join(module.node.prefix, "bin", "init_schema"))


def refuse_unready(module: MomentumModule, desired: DesiredLogin, steps: Steps) -> None:
    """Refuse what cannot be initialised before anything is written. Raises PlanError."""
    from ansible_collections.msys.momentum.plugins.module_utils.database import init_schema

    if steps.initialise:
        etc = os.path.join(module.node.prefix, "etc")
        init_schema.refuse_unready(program_of(module), etc, desired.allow, module.refuse_unless_announced)


def recover(module: MomentumModule) -> None:
    """Open the directory again that an interrupted run has left closed; check mode reports it. Raises MomentumError, OSError."""
    from ansible_collections.msys.momentum.plugins.module_utils.database import closed_directory

    former = closed_directory.left(module.node.state_dir)
    if former is None:
        return
    words = "%s was closed for init_schema by an earlier run that was interrupted; "
    if module.check_mode:
        module.warn(words % former.path + "a run gives it back to its owner")
        return
    closed_directory.reopen(former, module.node.state_dir)
    module.warn(words % former.path + "it was given back to its owner")


def initialise(module: MomentumModule, server: Server, desired: DesiredLogin, password: str) -> str:
    """Run init_schema and see that it worked; how the passwords were hidden. Raises PlanError."""
    from ansible_collections.msys.momentum.plugins.module_utils.database import init_schema

    program = program_of(module)
    with server.superuser_password(TIMEOUT) as superuser:
        module.learn(superuser)
        logins = {server.superuser: superuser, desired.user: password} if superuser else {}
        directory = os.path.join(module.node.prefix, "etc")
        order = init_schema.Order(program, directory, password, str(desired.admin_password), logins)
        order = order._replace(psql=server.psql, port=server.port, allow=desired.allow, state_dir=module.node.state_dir)
        ran, way = init_schema.run(order, TIMEOUT)
    if not (
        server.exists(desired.database)
        and server.tables(desired.database)
        and server.login(desired.host, desired.database, desired.user, password)
    ):
        words = module.hide(" ".join((ran.stdout + " " + ran.stderr).split()))[-600:] or "it said nothing"
        raise PlanError(
            "after %s %s cannot log in to the database %s on %s, or it has no tables: %s"
            % (program, desired.user, desired.database, desired.host, words)
        )
    return way


def carry_out(module: MomentumModule, server: Server, desired: DesiredLogin, password: str, steps: Steps) -> str:
    """Do what is pending: the files first, because init_schema reads them. How the passwords were hidden."""
    if steps.change_password:
        server.change_password(desired.user, password)
        if not server.login(desired.host, desired.database, desired.user, password):
            raise PlanError(
                "%s cannot log in to %s on %s, although its password was set just now; does pg_hba.conf let it, does the "
                "server listen there, and is its certificate of 'ca_file' and for that name?"
                % (desired.user, desired.database, desired.host)
            )
    if steps.store_password:
        store(module.params["password_file"], password, 0o600)  # as the manual's, without the end of a line
    if steps.store_host:
        store(module.params["host_file"], desired.host + "\n", 0o644)
    return initialise(module, server, desired, password) if steps.initialise else "none"


def ca_file(module: MomentumModule) -> str:
    """The certificates to trust; none in check mode where an earlier task would have made them. Raises PlanError."""
    path = str(module.params["ca_file"] or "")
    if not path or os.path.isfile(path):
        return path
    if os.path.lexists(path):
        raise PlanError(
            "ca_file %s is no regular file; name the file of the certificates by which the server is trusted" % path
        )
    module.refuse_unless_announced(
        "ca_file %s does not exist; put the certificates in place by which the server is trusted" % path
    )
    return ""


def run(module: MomentumModule) -> Dict[str, Any]:
    """Look, compare, and do what is pending."""
    recover(module)
    params = module.params
    desired = desired_of(params)
    import random

    drawn = [random.SystemRandom().choice(schema_plan.LETTERS) for _round in range(32)]
    password = schema_plan.choose_password(desired, stored(params["password_file"]), drawn)
    module.learn(password)
    grammar.password_of_connection("the password in %s" % params["password_file"], password)
    server = Server(params["psql"], params["superuser"], params["port"], ca_file(module))
    steps = schema_plan.decide(desired, password, look(module, server, desired, password))
    words = steps.words()
    obstacles.refuse(files_of(params, steps))
    refuse_unready(module, desired, steps)
    # Their own directory is made where it is missing, see `store`.
    for directory in {os.path.dirname(path) for path in files_of(params, steps)}:
        reader.refuse_without_directory(directory, module.refuse_unless_announced)
    way = carry_out(module, server, desired, password, steps) if words and not module.check_mode else "none"
    return {"changed": bool(words), "steps": words, "hidden_by": way, "host": desired.host, "diff": []}


def main() -> None:
    """Run as an Ansible module."""
    guarded(run, MomentumModule(ARGUMENTS))


if __name__ == "__main__":
    main()
