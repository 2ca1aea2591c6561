# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place that imports the Python library `cryptography`, and says what to install where it is missing.

Everything here works with 3.2 (RHEL 8) and later. Whoever uses a name of a library that is not there gets a
CertificateError, so that files can be imported, and errors explained, without it.
"""

import sys

from ..errors import CertificateError

__all__ = [
    "InvalidSignature",
    "UnsupportedAlgorithm",
    "dsa",
    "ec",
    "ed25519",
    "ed448",
    "hashes",
    "padding",
    "rsa",
    "serialization",
    "x509",
]

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
except ImportError as missing:
    _REASON = str(missing)

    class _Missing:
        """Stands for a part of the library: any use of it is the explanation."""

        def __getattr__(self, name: str) -> None:
            raise CertificateError(
                "%s: the Python library cryptography (3.2 or later) is missing (%s). Install the package python3-cryptography, or, "
                "for another Python than the system's own, the package or wheel of that one"
                % (sys.executable or "Python", _REASON)
            )

    x509 = hashes = serialization = dsa = ec = ed448 = ed25519 = padding = rsa = _Missing()  # type: ignore[assignment]

    class InvalidSignature(Exception):  # type: ignore[no-redef]
        """Never raised."""

    class UnsupportedAlgorithm(Exception):  # type: ignore[no-redef]
        """Never raised."""
