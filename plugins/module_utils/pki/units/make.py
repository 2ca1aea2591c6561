# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make what a plan found missing: keys, self-signed certificates and requests. Keys exist in memory only here."""

from datetime import datetime
from typing import NamedTuple, Optional

from ..x509 import certificates, keys, requests, selfsigned
from .plan import Pair, UnitPlan
from .reasons import REQUESTED


class Made(NamedTuple):
    """All that is to be written for one unit: a pair; or a key that has to wait, with its request."""

    pair: Optional[Pair]
    key_text: bytes
    request: bytes


def make(planned: UnitPlan, now: datetime) -> Made:
    """Complete a plan. Takes the time of making a key where a new one is needed."""
    if planned.pair is not None:
        return Made(planned.pair, b"", b"")
    if planned.request:
        return Made(None, planned.key_text, planned.request)
    key = keys.load(planned.key_text) if planned.key_text else keys.generate(planned.kind)
    key_text = planned.key_text or keys.to_pem(key)
    if planned.state == REQUESTED:
        return Made(None, key_text, requests.to_pem(requests.build(key, planned.desired)))
    certificate = selfsigned.build(key, planned.desired, planned.unit.days, now)
    return Made(Pair(key_text, certificates.facts_of(certificate), []), b"", b"")
