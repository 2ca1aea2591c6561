# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rules, area by area."""

from typing import Sequence

from ..rule import Rule
from . import console, files, host, license, operation, privileges, process, sandbox, secrets, services
from .mail import keys, sending, smtp
from .tls import certificates, inbound

RULES: Sequence[Rule] = (
    *inbound.RULES,
    *sending.RULES,
    *certificates.RULES,
    *keys.RULES,
    *privileges.RULES,
    *process.RULES,
    *files.RULES,
    *secrets.RULES,
    *console.RULES,
    *smtp.RULES,
    *services.RULES,
    *license.RULES,
    *host.RULES,
    *operation.RULES,
    *sandbox.RULES,
)
