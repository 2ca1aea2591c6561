# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a value of a TLS option, and what helps."""

from ..errors import MomentumError


class TlsError(MomentumError, ValueError):
    """A value that cannot be used: `subject` is the token or value, `reason` what is wrong, `remedy` what helps."""

    def __init__(self, subject: str, reason: str, remedy: str) -> None:
        super().__init__("%r %s; %s" % (subject, reason, remedy))
        self.subject = subject
        self.reason = reason
        self.remedy = remedy
