# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and groups of the node, by name or number. A name that consists of digits takes precedence over the number."""

from typing import Optional

from ..files import file_names
from ..text import grammar

MOST = (1 << 32) - 2  # chown(2) takes the number above for "leave it"


def user_id(name: str) -> Optional[int]:
    """The number of a user given by name, or the number given; None if the node does not know the name, and for what is none."""
    import pwd

    try:
        return pwd.getpwnam(file_names.native(name)).pw_uid
    except (KeyError, ValueError):  # ValueError for what no name can hold, such as NUL
        return grammar.number(name, MOST)


def group_id(name: str) -> Optional[int]:
    """The number of a group given by name, or the number given; None if the node does not know the name."""
    import grp

    try:
        return grp.getgrnam(file_names.native(name)).gr_gid
    except (KeyError, ValueError):  # ValueError for what no name can hold, such as NUL
        return grammar.number(name, MOST)


def known_user_id(name: str) -> Optional[int]:
    """The number of a user that exists, given by name or number; None for one that does not."""
    import pwd

    number = user_id(name)
    try:
        return None if number is None else pwd.getpwuid(number).pw_uid
    except (KeyError, OverflowError):
        return None


def known_group_id(name: str) -> Optional[int]:
    """The number of a group that exists, given by name or number; None for one that does not."""
    import grp

    number = group_id(name)
    try:
        return None if number is None else grp.getgrgid(number).gr_gid
    except (KeyError, OverflowError):
        return None


def user_name(number: int) -> str:
    """The name of a user, or the number as text if the node does not know it."""
    import pwd

    try:
        return file_names.of_native(pwd.getpwuid(number).pw_name)
    except (KeyError, OverflowError):
        return str(number)


def group_name(number: int) -> str:
    """The name of a group, or the number as text if the node does not know it."""
    import grp

    try:
        return file_names.of_native(grp.getgrgid(number).gr_name)
    except (KeyError, OverflowError):
        return str(number)
