# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLSA records and the certificates that they are about (RFC 6698, RFC 7672)."""

import hashlib
from typing import List, Sequence, Tuple

Record = Tuple[int, int, int, bytes]  # usage, selector, matching type, data
_DIGESTS = {1: hashlib.sha256, 2: hashlib.sha512}
_OF_AUTHORITY, _OF_SERVER = 2, 3


class Mismatch(Exception):
    """No record has the certificate."""


def usable(records: Sequence[Record]) -> List[Record]:
    """Those that SMTP may use: of servers and authorities that the domain itself names, in known forms."""
    return [
        one
        for one in records
        if one[0] in (_OF_AUTHORITY, _OF_SERVER) and one[1] in (0, 1) and one[2] in (0, *_DIGESTS) and one[3]
    ]


def verify(records: Sequence[Record], certificate: bytes) -> None:
    """Compare a server's certificate, in DER form, with records. Neither its name nor its dates count (RFC 7672, 3.1.1). Raises Mismatch."""
    for usage, selector, matching, data in records:
        if usage != _OF_SERVER:
            continue  # the chain is not to be had from Python: a record of an authority never matches here
        subject = certificate if selector == 0 else public_key(certificate)
        if data == (subject if matching == 0 else _DIGESTS[matching](subject).digest()):
            return
    raise Mismatch("the certificate is in no TLSA record")


def public_key(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate."""
    at, _end = _inside(certificate, 0)
    at, _end = _inside(certificate, at)
    fields = 6 if certificate[at] == 0xA0 else 5  # version, if any; serial number, algorithm, issuer, dates, subject
    for _field in range(fields):
        at = _inside(certificate, at)[1]
    return certificate[at : _inside(certificate, at)[1]]


def _inside(data: bytes, at: int) -> Tuple[int, int]:
    """Where the content of an element begins, and where it ends."""
    length, at = data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length, at = int.from_bytes(data[at : at + size], "big"), at + size
    return at, at + length
