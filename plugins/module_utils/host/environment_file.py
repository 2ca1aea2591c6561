# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The `environment` file, which ec_ctl sources before it starts the daemon: it can name another configuration than the documented one.

Facts: pages *Configuring the Environment File* (4.x) and *ecelerity.conf file* (3.x): `CONFFILE`, and `EC_CONF_SEARCH_PATH` of 3.x.
"""

import os
from typing import Callable, List, Sequence, Tuple

from ..errors import PlanError
from ..files.current import current_file
from ..text import shell

# The option that a task may have left out, the variable that then must not say something else, and how to compare both.
_NAMED: Sequence[Tuple[str, str, Callable[[str], List[str]]]] = (
    ("main", "CONFFILE", lambda text: [text]),
    ("search_path", "EC_CONF_SEARCH_PATH", lambda text: text.split(":")),
)


def refuse_another_configuration(prefix: str, nodename: str, assumed: Sequence[Tuple[str, Sequence[str]]]) -> None:
    """Raise PlanError where the daemon is told to read another configuration than a task takes for granted.

    assumed: the options that the task leaves out, and the paths that are their documented defaults. Raises UnsafePath, OSError.
    """
    path = os.path.join(prefix, "etc", "environment")
    found = current_file(path)
    for option, paths in assumed if found is not None else ():
        name, parts = next((name, parts) for one, name, parts in _NAMED if one == option)
        said = shell.assigned(found.text if found is not None else "", name)
        if said and _real(parts(said), nodename) != _real(paths, nodename):
            raise PlanError(
                "%s: %s=%s, so the daemon reads another configuration than %s; set %s to what is right (roles: momentum_%s)"
                % (path, name, said, ":".join(paths), option, option)
            )


def _real(paths: Sequence[str], nodename: str) -> List[str]:
    return [os.path.realpath(path.replace("{NODENAME}", nodename)) for path in paths]
