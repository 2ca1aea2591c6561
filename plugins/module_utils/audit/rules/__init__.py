# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rules, area by area."""

from typing import Sequence

from ..rule import Rule
from . import certificates, keys, sending, smtp, tls

RULES: Sequence[Rule] = (*tls.RULES, *sending.RULES, *certificates.RULES, *keys.RULES, *smtp.RULES)
