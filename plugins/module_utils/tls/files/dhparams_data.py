# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The finite-field Diffie-Hellman groups of RFC 7919, appendix A: safe primes that nobody can have chosen with a back door.

A prime of b bits is 2^b - 2^(b-64) + (floor(2^(b-130) * e) + X) * 2^64 - 1, with e the base of the natural logarithm and X
the smallest number that makes both it and its half prime. So X is all that has to be kept.
"""

from typing import Dict, NamedTuple

SOURCE = "RFC 7919, August 2016"
GENERATOR = 2
_GUARD = 64  # bits that take up what the divisions below cut off


class Group(NamedTuple):
    """A group: the bits of its prime, and X."""

    bits: int
    x: int


GROUPS: Dict[str, Group] = {
    "ffdhe2048": Group(2048, 560316),
    "ffdhe3072": Group(3072, 2625351),
    "ffdhe4096": Group(4096, 5736041),
    "ffdhe6144": Group(6144, 15705020),
    "ffdhe8192": Group(8192, 10965728),
}


def prime(name: str) -> int:
    """The prime of a group by name. KeyError for a name that is none."""
    bits, x = GROUPS[name]
    return (1 << bits) - (1 << (bits - 64)) + ((_scaled_e(bits - 130) + x) << 64) - 1


def _scaled_e(bits: int) -> int:
    """floor(2^bits * e), by the series of the reciprocal factorials."""
    term, total, number = 1 << (bits + _GUARD), 0, 0
    while term:
        total += term
        number += 1
        term //= number
    return total >> _GUARD
