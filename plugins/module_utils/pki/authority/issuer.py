# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An authority that signs: its key and certificate, read and judged before anything is signed with them."""

from datetime import datetime
from typing import Any, NamedTuple, Optional

from ..errors import CertificateError
from ..x509 import certificates, judge, keys
from ..x509 import pem as pems
from ..x509.certificates import Facts
from ..x509.cryptography_library import UnsupportedAlgorithm, serialization, x509
from ..x509.requests import extension_of


class Issuer(NamedTuple):
    """key: the private key. certificate: x509.Certificate. chain: PEM of the certificates that a server has to send
    after the leaf: from the authority up to, but without, a self-signed root."""

    key: Any
    certificate: Any
    facts: Facts
    chain: bytes


def load(key: bytes, certificate: bytes, passphrase: Optional[bytes], now: datetime, where: str) -> Issuer:
    """An authority that may sign at `now` (aware). key, certificate: the PEM files; in the latter the authority comes
    first, then what leads to its root. Raises CertificateError with the name of the certificate's file (`where`)."""
    private = load_key(key, passphrase, "the key of %s" % where)
    links = certificates.read_all(certificate, where)
    problems = judge.problems(links[0], private, links[1:], None, now)
    authority = certificates.load(links[0].pem, where)
    if not may_sign(authority):
        problems.append("it is no certificate of an authority (CA) that may sign certificates")
    if problems:
        raise CertificateError("%s: %s" % (where, "; ".join(problems)))
    return Issuer(private, authority, links[0], b"".join(link.pem for link in links if not link.self_signed))


def may_sign(certificate: Any) -> bool:
    """Whether an x509.Certificate is one of an authority, and its key usage permits signing certificates."""
    constraints = extension_of(certificate, x509.BasicConstraints)
    usage = extension_of(certificate, x509.KeyUsage)
    return bool(constraints is not None and constraints.ca and (usage is None or usage.key_cert_sign))


def load_key(pem: bytes, passphrase: Optional[bytes], where: str) -> Any:
    """The first private key in a PEM text, opened with its passphrase. Raises CertificateError without any of the text."""
    found = keys.found_in(pem, where)
    secret = passphrase if is_protected(found[0]) else None
    try:
        return serialization.load_pem_private_key(found[0], password=secret)
    except TypeError:
        raise CertificateError("%s is protected by a passphrase, and none is given" % where)
    except (ValueError, UnsupportedAlgorithm):
        reason = "the passphrase does not open it" if secret else "it is damaged or of an unknown kind"
        raise CertificateError("%s cannot be read: %s" % (where, reason))


def is_protected(pem: bytes) -> bool:
    """Whether the first private key of a PEM text needs a passphrase."""
    found = pems.private_keys(pem)
    return bool(found) and b"ENCRYPTED" in b"".join(found[0].splitlines()[:2])


def to_pem(key: Any, passphrase: Optional[bytes]) -> bytes:
    """The key as PKCS#8 (RFC 5958), encrypted where there is a passphrase."""
    if not passphrase:
        return keys.to_pem(key)
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
    return text


def identifier(certificate: Any) -> Any:
    """The x509.AuthorityKeyIdentifier of what this authority signs: its own subject key identifier, else one computed."""
    subject = extension_of(certificate, x509.SubjectKeyIdentifier)
    if subject is None:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(certificate.public_key())
    return x509.AuthorityKeyIdentifier(
        key_identifier=subject.digest, authority_cert_issuer=None, authority_cert_serial_number=None
    )
