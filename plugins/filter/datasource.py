# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter that writes the data source of a cluster's database."""

from typing import Any, Callable, Dict

from ansible_collections.msys.momentum.plugins.plugin_utils.answers import answered


def datasource(host: Any, database: Any, user: Any, password: Any = None) -> str:
    """See the documentation in datasource.yml."""
    from ansible_collections.msys.momentum.plugins.module_utils.database import connection

    return answered("datasource", lambda: connection.datasource(host, database, user, password))


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        """The filters of this file by name."""
        return {"datasource": datasource}
