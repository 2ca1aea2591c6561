# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chain of a certificate: each one signed by the next, from the leaf to an issuer."""

from typing import Any, List, Sequence

from . import certificates
from .certificates import Facts
from .cryptography_library import InvalidSignature, UnsupportedAlgorithm, dsa, ec, padding, rsa


def is_signed_by(certificate: Any, issuer: Any) -> bool:
    """Whether the key of one x509.Certificate made the signature of another, and its name is the one it gives."""
    if certificate.issuer != issuer.subject:
        return False
    try:
        _verify(certificate, issuer.public_key())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def problems(leaf: Facts, chain: Sequence[Facts]) -> List[str]:
    """What is wrong with the order of a chain (without the leaf), one sentence for each break."""
    found: List[str] = []
    links = [certificates.load(link.pem) for link in [leaf] + list(chain)]
    for child, issuer, link in zip(links, links[1:], chain):
        if not is_signed_by(child, issuer):
            found.append(
                "the chain is out of order: %s is not signed by %s, which stands next to it"
                % (_name(child), _name(issuer))
            )
        elif not link.is_ca:
            found.append("%s of the chain is no authority (CA) certificate" % _name(issuer))
    return found


def _verify(certificate: Any, public: Any) -> None:
    """Check a signature; the key's own method differs by its kind. Raises InvalidSignature, TypeError."""
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    if isinstance(public, rsa.RSAPublicKey):
        # RSASSA-PSS names its parameters from 41.0 on; before it counts as not verified.
        scheme = getattr(certificate, "signature_algorithm_parameters", None) or padding.PKCS1v15()
        public.verify(signature, signed, scheme, certificate.signature_hash_algorithm)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signature, signed, ec.ECDSA(certificate.signature_hash_algorithm))
    elif isinstance(public, dsa.DSAPublicKey):
        public.verify(signature, signed, certificate.signature_hash_algorithm)
    else:
        public.verify(signature, signed)


def _name(certificate: Any) -> str:
    return certificate.subject.rfc4514_string() or "a certificate without subject"
