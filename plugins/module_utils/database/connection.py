# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data source of Momentum's database, as `ecdb.conf` has it (5.3 installation manual; page *ds_core*). Pure."""

from typing import Any, Optional

from ..ecconf.syntax.atoms import atom_text
from ..text import grammar

HEAD = "# Kept by Ansible: the database of the cluster.\n"


def uri(host: Any, database: Any, user: Any, password: Optional[Any]) -> str:
    """The connection text; `password` None: without one. Raises PlanError for a value that would become another part of it."""
    parts = [
        ("host", grammar.host("the host of the database (momentum_database_host)", host)),
        ("dbname", grammar.database_name("the name of the database (momentum_database_name)", database)),
        ("user", grammar.database_name("the user of the database (momentum_database_user)", user)),
    ]
    if password is not None:
        what = (
            "the password of the database (momentum_database_password, or what momentum_database_password_file holds)"
        )
        parts.append(("password", grammar.password_of_connection(what, password)))
    return "pgsql:" + ";".join("%s=%s" % part for part in parts)


def datasource(host: Any, database: Any, user: Any, password: Optional[Any]) -> str:
    """The file `ecdb.conf`. Raises PlanError, as `uri` does."""
    text = atom_text(uri(host, database, user, password), like='"', in_list=True)
    return HEAD + 'Datasource "ecdb" { uri = ( %s ) }\n' % text
