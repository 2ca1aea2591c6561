# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make what a plan found missing: keys, self-signed certificates and requests. Keys exist in memory only here."""

from datetime import datetime
from typing import NamedTuple, Optional

from ..x509 import certificates, keys, requests, selfsigned
from .plan import Outcome, Pair
from .reasons import REQUESTED


class Made(NamedTuple):
    """All that is to be written for one unit: a pair; or a key that has to wait, with its request."""

    pair: Optional[Pair]
    key_text: bytes
    request: bytes


def make(outcome: Outcome, now: datetime) -> Made:
    """Complete a plan. Takes the time of making a key where a new one is needed."""
    if outcome.pair is not None:
        return Made(outcome.pair, b"", b"")
    if outcome.request:
        return Made(None, outcome.key_text, outcome.request)
    key = keys.load(outcome.key_text) if outcome.key_text else keys.generate(outcome.kind)
    key_text = outcome.key_text or keys.to_pem(key)
    if outcome.state == REQUESTED:
        return Made(None, key_text, requests.to_pem(requests.build(key, outcome.wish)))
    certificate = selfsigned.build(key, outcome.wish, outcome.unit.days, now)
    return Made(Pair(key_text, certificates.facts_of(certificate), []), b"", b"")
