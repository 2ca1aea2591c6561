# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths that a configuration names, and that root then writes, or gives to an account.

Who can write the configuration could have any file of the node written or opened in this way, so the file that names a path must be root's alone.
"""

from ..errors import PlanError
from .safe_paths import is_written_by_root_alone


def refuse_of_others(option: str, path: str, file: str, line: int, remedy: str) -> None:
    """Raise PlanError where others than root could have written the file that names a path.

    remedy: how a task names the path itself, in an imperative sentence.
    """
    if not is_written_by_root_alone(file):
        raise PlanError(
            "%s:%d: %s names %s, and others than root can write that file, so they could name any file of the node; %s, or have the "
            "configuration belong to root first (msys.momentum.permissions)" % (file, line, option, path, remedy)
        )
