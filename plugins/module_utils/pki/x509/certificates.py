# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a certificate says, as plain facts."""

import binascii
from datetime import datetime, timezone
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import CertificateError
from . import keys, lifetime, requests
from . import pem as pems
from .cryptography_library import UnsupportedAlgorithm, hashes, x509
from .signatures import is_signed_by


class Facts(NamedTuple):
    """One certificate. subject, issuer: as RFC 4514 writes them. serial: hexadecimal. names: canonical. not_before,
    not_after: aware, UTC. kind: as keys.kind_of. signature_hash: such as `sha256`; '' for Ed25519. usages: words of
    requests.USAGES, () for any. fingerprint: SHA-256 of the DER, hexadecimal. self_signed: its own key made the
    signature. subject_key, authority_key: key identifiers, hexadecimal or ''. public_digest: as keys.public_digest.
    pem: the block itself."""

    subject: str
    issuer: str
    common_name: str
    serial: str
    names: Tuple[str, ...]
    not_before: datetime
    not_after: datetime
    kind: str
    bits: int
    signature_hash: str
    usages: Tuple[str, ...]
    is_ca: bool
    fingerprint: str
    self_signed: bool
    subject_key: str
    authority_key: str
    public_digest: str
    pem: bytes

    @property
    def days(self) -> int:
        """The whole lifetime in days."""
        return int(round((self.not_after - self.not_before).total_seconds() / lifetime.DAY))

    def days_left(self, now: datetime) -> int:
        """Whole days until the end, negative after it."""
        return lifetime.left(self.not_before, self.not_after, now).days

    def share_left(self, now: datetime) -> float:
        """The share of the lifetime that is left, between 0 and 1."""
        return lifetime.left(self.not_before, self.not_after, now).share

    def renewal_reason(self, now: datetime, share: float = lifetime.DUE_SHARE) -> Optional[str]:
        """Why it has to be renewed at `now` (aware), None while more than `share` of its lifetime is left."""
        if now > self.not_after:
            return "expired on %s" % self.not_after.strftime("%Y-%m-%d")
        if self.share_left(now) <= share:
            return "%d of %d days are left" % (self.days_left(now), self.days)
        return None

    def serves(self, usage: str) -> bool:
        """Whether it may be used as `server` or `client`; one that names no usage may be used as both."""
        return not self.usages or usage in self.usages


def load(block: bytes, where: str = "the certificate") -> Any:
    """The first certificate of a PEM text as x509.Certificate. Raises CertificateError."""
    return _load(_decoded(block, where, False)[0], where)


def read(data: bytes, where: str = "the certificate") -> Facts:
    """The facts of the first certificate of a PEM text. Raises CertificateError."""
    return _facts(_decoded(data, where, False)[0], where)


def read_all(data: bytes, where: str = "the certificate", alone: bool = False) -> List[Facts]:
    """The facts of every certificate of a PEM text, in order, at least one.

    alone: whether anything but certificates is refused, such as a key or a revocation list; otherwise it is left out, as by OpenSSL.
    Raises CertificateError for what cannot be decoded, so that no part of a chain is ever dropped in silence.
    """
    return [_facts(text, where) for text in _decoded(data, where, alone)]


def once(links: Sequence[Facts]) -> List[Facts]:
    """Certificates in their order, without those that were there before, as where a chain is given twice."""
    seen: Dict[str, Facts] = {}
    for link in links:
        seen.setdefault(link.fingerprint, link)
    return list(seen.values())


def _decoded(data: bytes, where: str, alone: bool) -> List[bytes]:
    """The certificates of a PEM text as blocks. Raises CertificateError."""
    parsed = pems.parse(data)
    problems = list(parsed.problems) + [_unexpected(block) for block in parsed.blocks if _is_unexpected(block, alone)]
    if problems:
        raise CertificateError("%s: %s" % (where, "; ".join(problems)))
    found = [pems.plain_certificate(block) for block in parsed.blocks if pems.is_certificate(block)]
    if not found:
        hint = pems.foreign(data)
        raise CertificateError("%s holds no certificate in PEM format%s" % (where, hint and " (%s)" % hint))
    return found


def _is_unexpected(block: pems.Block, alone: bool) -> bool:
    return block.label in pems.CONTAINERS or (alone and not pems.is_certificate(block))


def _unexpected(block: pems.Block) -> str:
    if block.label in pems.CONTAINERS:
        return "line %d: a block %s is not read here; convert it with openssl pkcs7 -print_certs" % (
            block.line,
            block.label,
        )
    if pems.is_key(block):
        return (
            "line %d: there is a private key among the certificates; remove it, and consider whether it is still a secret"
            % (block.line)
        )
    return "line %d: a block %s is not a certificate; remove it" % (block.line, block.label)


def _load(text: bytes, where: str) -> Any:
    try:
        return x509.load_pem_x509_certificate(text)
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError("%s holds a damaged certificate" % where)


def _facts(text: bytes, where: str) -> Facts:
    certificate = _load(text, where)
    try:
        return facts_of(certificate, text)
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise CertificateError("%s holds a certificate that cannot be understood: %s" % (where, error))


def facts_of(certificate: Any, block: bytes = b"") -> Facts:
    """The facts of an x509.Certificate. Raises ValueError where an extension is malformed."""
    return Facts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        common_name=requests.common_name_of(certificate.subject),
        serial="%x" % certificate.serial_number,
        names=requests.names_of(certificate),
        not_before=_moment(certificate, "not_valid_before"),
        not_after=_moment(certificate, "not_valid_after"),
        kind=keys.kind_of(certificate),
        bits=keys.bits_of(certificate),
        signature_hash=_signature_hash(certificate),
        usages=requests.usages_of(certificate),
        is_ca=bool(getattr(requests.extension_of(certificate, x509.BasicConstraints), "ca", False)),
        fingerprint=_hex(certificate.fingerprint(hashes.SHA256())),
        self_signed=_is_self_signed(certificate),
        subject_key=_identifier(certificate, x509.SubjectKeyIdentifier, "digest"),
        authority_key=_identifier(certificate, x509.AuthorityKeyIdentifier, "key_identifier"),
        public_digest=keys.public_digest(certificate),
        pem=block or requests.to_pem(certificate),
    )


def _moment(certificate: Any, name: str) -> datetime:
    aware = getattr(certificate, name + "_utc", None)  # from 42.0 on
    found: datetime = getattr(certificate, name).replace(tzinfo=timezone.utc) if aware is None else aware
    return found


def _signature_hash(certificate: Any) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return "unknown"
    return str(algorithm.name) if algorithm is not None else ""


def _is_self_signed(certificate: Any) -> bool:
    return bool(certificate.issuer == certificate.subject) and is_signed_by(certificate, certificate)


def _identifier(certificate: Any, kind: Any, field: str) -> str:
    value = getattr(requests.extension_of(certificate, kind), field, None)
    return _hex(value) if value else ""


def _hex(data: bytes) -> str:
    return binascii.hexlify(data).decode("ascii")
