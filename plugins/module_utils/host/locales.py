# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A locale for programs that read names of files: English words as in C, names as UTF-8.

Programs that convert names, Subversion among them, stop at the first one beyond ASCII in the locale C. Which locale a node has differs: C.UTF-8 is
in glibc since 2.35 and was in distributions before, en_US.UTF-8 is there unless somebody removed it.
"""

import locale
from typing import Dict

from .program import ENVIRONMENT

CANDIDATES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8")


def of_names() -> str:
    """Return the first locale that this node has, C where it has none of them. setlocale(3) itself is asked, as programs ask it."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        return next(filter(_is_there, CANDIDATES), "C")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def environment() -> Dict[str, str]:
    """Return the environment of programs with that locale."""
    return dict(ENVIRONMENT, LC_ALL=of_names())


def _is_there(name: str) -> bool:
    try:
        return bool(locale.setlocale(locale.LC_CTYPE, name))
    except locale.Error:
        return False
