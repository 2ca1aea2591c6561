# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File modes as tasks and inventories give them. The only place that reads them; pure.

YAML 1.1 reads an unquoted 0640 as the integer 416, which is mode 0640: integers are taken as they are, as ansible.builtin.file
takes them. A text is octal and begins with 0. Without that rule 0640 could become 0416, which everybody may write to: most
templates of ansible-core 2.16 make the text `416` of the integer.
"""

import re
from typing import Any

from ..errors import PlanError

PERMISSIONS = 0o777
ALL_BITS = 0o7777  # with set-user-id, set-group-id and sticky bit
OTHERS_WRITE = 0o002
REMEDY = 'write it in quotes with a leading zero, such as "0640"'

_OCTAL = re.compile("0[0-7]{1,4}\\Z")
_DIGITS = re.compile("[1-9][0-9]*\\Z")


def number(what: str, value: Any, most: int = PERMISSIONS, others: bool = False) -> int:
    """Return the permission bits of a mode.

    what: names the option in errors. value: an integer, or a text such as "0640". most: the bits that a text may set; the set-id
    and sticky bits are only taken from a text, because an integer above 0777 is a mode without its leading zero more often than
    not. others: whether others may be let write. Raises PlanError.
    """
    mode = _of_integer(what, value) if _is_integer(value) else _of_text(what, value)
    if mode & ~most:
        raise PlanError("%s is %04o; a mode up to %04o is needed here: %s" % (what, mode, most, REMEDY))
    if mode & OTHERS_WRITE and not others:
        raise PlanError(
            "%s is %04o, with which every account may write; take that from others, such as 0640" % (what, mode)
        )
    return mode


def text(what: str, value: Any, most: int = PERMISSIONS, others: bool = False) -> str:
    """Return a mode as octal text with a leading zero, such as "0640" or "02750". Parameters and errors as `number`."""
    return "0%03o" % number(what, value, most, others)


def is_exact(value: Any) -> bool:
    """Whether a mode is a number, in either form, and not symbolic as in chmod(1)."""
    return not isinstance(value, str) or value[:1].isdigit()


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _of_integer(what: str, value: int) -> int:
    if not 0 <= value <= PERMISSIONS:
        shown = "%d, which is mode %04o" % (value, value) if value >= 0 else str(value)
        raise PlanError(
            "%s is the number %s; its leading zero is missing, or it has set-id or sticky bits: %s"
            % (what, shown, REMEDY)
        )
    return value


def _of_text(what: str, value: Any) -> int:
    if not isinstance(value, str):
        raise PlanError("%s is %r, which is no mode: %s" % (what, value, REMEDY))
    if _OCTAL.match(value):
        return int(value, 8)
    if _DIGITS.match(value):
        raise PlanError(
            "%s is the text %r without a leading zero, which may be an unquoted 0640 that a template has turned into 416: %s"
            % (what, value, REMEDY)
        )
    raise PlanError("%s %r is not an octal number: %s" % (what, value, REMEDY))
