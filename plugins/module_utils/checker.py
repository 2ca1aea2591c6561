# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Momentum's own checkers."""


class CheckFailed(Exception):
    """The configuration was refused. `.output`: the words of the program."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output
