# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a filter answers: with its result, or with one sentence."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ..module_utils.errors import MomentumError

# What Python raises where a value is not of the kind that a function takes.
_WRONG_KIND = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def answered(name: str, make: Callable[[], Any], otherwise: str = "") -> Any:
    """The result of `make`. Raises AnsibleFilterError, with the name of the filter, for a MomentumError and for values of a wrong
    kind; `otherwise` says what that means, by default that the arguments are not as documented.

    The error is raised outside of the handlers: no traceback may show the arguments, which may be secrets, and Python's own words
    about a value may quote it.
    """
    try:
        return make()
    except MomentumError as error:
        message = str(error)
    except _WRONG_KIND as error:
        message = "%s (%s)" % (
            otherwise or "an argument is not of the kind that the documentation of the filter says; see ansible-doc",
            type(error).__name__,
        )
    raise AnsibleFilterError("%s: %s" % (name, message))
