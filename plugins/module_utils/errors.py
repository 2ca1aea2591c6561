# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors that a user can fix: modules show their message, not a traceback. Every exception class of the collection is a MomentumError
(tests/unit/test_errors.py), those of the language too, which is why the base is defined there."""

from .ecconf.syntax.errors import InvalidValue, MomentumError

__all__ = ["CheckFailed", "InvalidValue", "MomentumError", "PlanError"]


class PlanError(MomentumError):
    """A desired value that cannot be met, or a configuration that is no basis for one."""


class CheckFailed(MomentumError):
    """The configuration was refused. `.output`: the words of the program, at most 4000 characters, without whole lines of the
    configuration. They may quote parts of it; whoever shows them removes secrets."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output
