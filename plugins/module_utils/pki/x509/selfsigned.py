# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Self-signed certificates for services."""

from datetime import datetime, timedelta
from typing import Any

from . import keys
from .cryptography_library import x509
from .lifetime import BACKDATED
from .requests import DesiredCertificate, extensions, subject


def build(key: Any, desired: DesiredCertificate, days: int, now: datetime) -> Any:
    """A certificate (x509.Certificate) that a key signs for itself, valid until `days` after `now` (aware, UTC).

    It names no key usage: OpenSSL 1.1.1 takes a self-signed certificate for a trust anchor only where key usage permits
    signing certificates or is not restricted, and RFC 5280 (4.2.1.9) permits the former only for authorities. So clients
    can be given this very certificate as what they trust.
    """
    start = now.replace(microsecond=0) + timedelta(seconds=1)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(desired))
        .issuer_name(subject(desired))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - BACKDATED)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(identifier, False)
    )
    for extension, critical in extensions(desired, key, key_usage=False):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, keys.signature_hash(key))
