# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a filter answers: with its result, or with one sentence.

Ansible looks for a filter of a collection in all of the collection's files of filters, in each process that has not done so yet, and compiles
what they import each time. So these files import this one alone, this one nothing of the collection, and what a filter is made of is imported
where the filter is called.
"""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

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
    except Exception as error:
        from ..module_utils.errors import MomentumError

        if isinstance(error, MomentumError):
            message = str(error)
        elif isinstance(error, _WRONG_KIND):
            message = "%s (%s)" % (
                otherwise
                or "an argument is not of the kind that the documentation of the filter says; see ansible-doc",
                type(error).__name__,
            )
        else:
            raise
    raise AnsibleFilterError("%s: %s" % (name, message))
