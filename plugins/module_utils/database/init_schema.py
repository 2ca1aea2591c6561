# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendor's `init_schema`, which takes two passwords as arguments (5.3 installation manual)."""

from typing import FrozenSet, Tuple

from ..credentials import hidden
from ..credentials.visibility import proc_hides_arguments
from ..errors import PlanError
from ..program import ENVIRONMENT, Ended, execute


def run(program: str, password: str, admin: str, allow: FrozenSet[str], timeout: float) -> Tuple[Ended, str]:
    """Run it with both passwords hidden as well as can be; what it did, and how they were hidden.

    `timeout` in seconds. Raises PlanError; no error holds a password.
    """
    command = [program, "--password", hidden.STARS, "--admin-password", hidden.STARS]
    try:
        return hidden.run_all(command, {-3: password, -1: admin}, ENVIRONMENT, timeout), "replaced"
    except hidden.CannotHide as error:
        reason = str(error)
    except OSError as error:
        raise PlanError("%s: %s" % (program, error.strerror or error))
    way = "hidepid" if proc_hides_arguments() else "visible"
    if way == "visible" and "visible_arguments" not in allow:
        raise PlanError(
            "%s takes passwords as arguments only, and they cannot be hidden from the node's users here: %s. Mount /proc "
            "with hidepid=2, or accept it with 'allow: [visible_arguments]'" % (program, reason)
        )
    try:
        return execute([program, "--password", password, "--admin-password", admin], ENVIRONMENT, timeout), way
    except OSError as error:
        complaint = "%s: %s" % (program, error.strerror or "no answer in time")
    # Outside of the handler: nothing of an exception that knows the command line may hang on this one.
    raise PlanError(complaint)
