# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Working copies of `eccfg`, Momentum's version control of configurations (3.x, and the default until 4.2; deprecated in 4.3.1).

`ec_ctl` checks the configuration out before it starts the daemon, and a cron entry keeps it in step with the repository, so that what nobody has
committed does not stay (pages 4/executable/ec-ctl and eccfg). Subversion marks a working copy by a directory `.svn`: at its top, or before 1.7 in
each directory.
"""

import os
from typing import List, Sequence

from ..errors import PlanError
from . import reading

MARK = ".svn"
NAMED = 3
BOOT = os.path.join("etc", "cluster.boot")  # below the prefix
_KEEPS = ("false", "ifunchanged")


def above(path: str, prefix: str) -> str:
    """Return the working copy, in `etc` of a prefix, that a path lies in, links resolved; '' for none."""
    etc = os.path.realpath(os.path.join(prefix, "etc"))
    directory = os.path.realpath(os.path.dirname(path))
    while directory == etc or directory.startswith(etc + "/"):
        if os.path.isdir(os.path.join(directory, MARK)):
            return directory
        directory = os.path.dirname(directory)
    return ""


def of(prefix: str) -> str:
    """Return the working copy that eccfg has of a configuration, C(etc/conf); '' where it has none."""
    return above(os.path.join(prefix, "etc", "conf", "any"), prefix)


def among(paths: Sequence[str], prefix: str) -> List[str]:
    """Return those of the paths that lie in a working copy."""
    return [path for path in paths if above(path, prefix)]


def refuse(paths: Sequence[str], prefix: str) -> None:
    """Raise PlanError for files that lie in a working copy."""
    found = among(paths, prefix)
    if not found:
        return
    more = " and %d more" % (len(found) - NAMED) if len(found) > NAMED else ""
    raise PlanError(
        "%s%s: %s is a working copy of eccfg, and the next start by ec_ctl, or the next `eccfg pull`, may replace what is not committed. "
        "Nothing is written. Set working_copy: commit (roles: momentum_working_copy), or edit, and commit afterwards (eccfg commit); or disable "
        "eccfg and ecconfigd on every node, and remove the %s directories"
        % (", ".join(found[:NAMED]), more, above(found[0], prefix), MARK)
    )


def advice(paths: Sequence[str], prefix: str) -> str:
    """Return a warning for files that are changed in a working copy; '' for none."""
    found = among(paths, prefix)
    if not found:
        return ""
    return (
        "%d files of the working copy %s are changed; commit them (eccfg commit), because the next start by ec_ctl, or the next `eccfg pull`, may "
        "replace what is not committed" % (len(found), above(found[0], prefix))
    )


def autoupdate(prefix: str) -> str:
    """Return what C(autoupdate) in C(etc/cluster.boot) is set to (page 3/3-reference/cluster-boot), in lower case; '' where it is not set.

    V(true) checks out at each start and from cron; V(ifunchanged) does where nothing was changed; V(false) never does. Raises UnsafePath, OSError.
    """
    try:
        text = reading.text(os.path.join(prefix, BOOT), "keywords")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    found = ""
    for line in text.split("\n"):
        name, sign, value = line.partition("=")
        if sign and name.strip() == "autoupdate":
            found = value.partition("#")[0].strip().lower()
    return found


def is_replaced_at_start(prefix: str) -> bool:
    """Whether a start of the daemon may replace what is not committed: all but what is documented to keep it."""
    return bool(of(prefix)) and autoupdate(prefix) not in _KEEPS
