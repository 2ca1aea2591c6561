# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The root certificate of an authority of our own: for few names, and with nobody below it but servers and clients."""

import re
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Optional, Tuple

from ..errors import CertificateError
from ..x509 import constraints, keys, requests
from ..x509.certificates import Facts
from ..x509.cryptography_library import x509
from .signing import BACKDATED, serial

_GENERATION = re.compile(r" G([0-9]{1,6})\Z")


class DesiredAuthority(NamedTuple):
    """What an authority shall be. name: common name of its roots, without their generation. kind: one of keys.KINDS.
    permitted: canonical subtrees. days: lifetime of a root. renew_at: share of it that is left when the next one is made.
    announce_days: how long the next root is in the bundle before it signs. leaf_days: how long an old one stays in it."""

    name: str
    kind: str
    permitted: Tuple[str, ...]
    days: int
    renew_at: float
    announce_days: int
    leaf_days: int


def build(key: Any, desired: DesiredAuthority, generation: int, now: datetime) -> Any:
    """The self-signed root (x509.Certificate) of a key. now: aware, UTC.

    Path length 0: it signs no other authorities. Name constraints are critical, as RFC 5280 (4.2.1.10) demands. Its extended
    key usages hold for what it signs, as OpenSSL, GnuTLS, NSS and Go have it: servers and clients of TLS, no mail, code or log-on.
    """
    start = now.replace(microsecond=0)
    refuse_name(desired.name, generation)
    name = requests.subject(requests.DesiredCertificate(common_name(desired.name, generation), ()))
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial())
        .not_valid_before(start - BACKDATED)
        .not_valid_after(start + timedelta(days=desired.days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .add_extension(_key_usage(), True)
        .add_extension(requests.purposes(requests.USAGES), False)
        .add_extension(constraints.build(desired.permitted), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, keys.signature_hash(key))
    )


def common_name(name: str, generation: int) -> str:
    """Roots of one authority have different names, so that software that looks for an issuer by name finds the right one."""
    return "%s G%d" % (name, generation)


def refuse_name(name: str, generation: int) -> None:
    """Raise CertificateError for a name of an authority that cannot be, with a generation, the common name of a root."""
    whole = common_name(name, generation)
    reason = requests.unfit_common_name(name) or requests.unfit_common_name(whole)
    if reason:
        raise CertificateError(
            "name: the common name %r %s; set a name of at most %d bytes, without such characters"
            % (whole, reason, requests.LONGEST_COMMON_NAME - len(common_name("", generation)))
        )


def generation_of(facts: Facts, name: str) -> Optional[int]:
    """Which generation of an authority a root is, 0 for one with the plain name; None for one of another authority."""
    if facts.common_name == name:
        return 0
    found = _GENERATION.search(facts.common_name)
    if found is None or facts.common_name[: found.start()] != name:
        return None
    return int(found.group(1))


def _key_usage() -> Any:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
