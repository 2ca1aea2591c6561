# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether one certificate has signed another: the mathematics, and the name that it gives."""

from typing import Any

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
