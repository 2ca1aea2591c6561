# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value that the steps before made sure of, for the type checker and for the day somebody reorders them."""

from typing import Optional, TypeVar

Value = TypeVar("Value")


def certain(value: Optional[Value]) -> Value:
    """The value. Raises RuntimeError where there is none, which is a fault of the program."""
    if value is None:
        raise RuntimeError("a value is missing that an earlier step had to make sure of")
    return value
