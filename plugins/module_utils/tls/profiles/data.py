# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS profiles as data. Each follows one authority, never a mixture; adding one is adding an entry.

Names are OpenSSL's. Where an authority allows what it does not recommend (static RSA, DHE, CBC), it is left out. Groups stand
in the authority's order, hybrids with ML-KEM only where it has them.
"""

from typing import Any, Dict, Tuple

_AES_GCM = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
_MOZILLA = _AES_GCM + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
_MOZILLA_DHE = ":DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305"
_AES_ONLY = (
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-CCM:ECDHE-ECDSA-AES128-CCM:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"
)
_NCSC = (
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-AES256-CCM:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-CCM"
)
_GCM_AND_CHACHA = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
_GCM_AND_CCM = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256"
_FIRM = {"renegotiation": False, "dhe": False}

# The newest version of a profile stands first.
PROFILES: Tuple[Dict[str, Any], ...] = (
    dict(
        _FIRM,
        name="mozilla-intermediate",
        version="6.0",
        source="TLSRef guidelines 6.0, continuing Mozilla's Server Side TLS",
        date="2026-04-06",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_MOZILLA,
        suites=_GCM_AND_CHACHA,
        groups="X25519MLKEM768:X25519:prime256v1:secp384r1",
    ),
    dict(
        _FIRM,
        name="mozilla-intermediate",
        version="5.7",
        source="Mozilla Server Side TLS 5.7",
        date="2023",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_MOZILLA + _MOZILLA_DHE,
        suites=_GCM_AND_CHACHA,
        groups="X25519:prime256v1:secp384r1",
        dhe=True,
        notes="Its three DHE suites conflict with RFC 10015; version 6.0 dropped them.",
    ),
    dict(
        _FIRM,
        name="mozilla-modern",
        version="6.0",
        source="TLSRef guidelines 6.0, continuing Mozilla's Server Side TLS",
        date="2026-04-06",
        protocols="TLSv1.3",
        suites=_GCM_AND_CHACHA,
        groups="X25519MLKEM768:X25519:prime256v1:secp384r1",
        smtp_floor=False,
        notes="TLS 1.3 alone drives peers on port 25 to plaintext.",
    ),
    dict(
        _FIRM,
        name="ncsc-nl",
        version="2025-05",
        source="NCSC-NL, IT Security Guidelines for Transport Layer Security, 2025-05: good and sufficient",
        date="2025-05",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_NCSC,
        suites="TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
        groups="secp521r1:secp384r1:prime256v1:brainpoolP512r1:brainpoolP384r1:brainpoolP256r1:X25519:X448",
        min_rsa=3072,
        notes="TLS 1.2 counts as sufficient, not as good. RSA keys below 3072 bits are being phased out.",
    ),
    dict(
        _FIRM,
        name="bsi-tr-02102-2",
        version="2026-01",
        source="BSI TR-02102-2, version 2026-01",
        date="2026-01",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_AES_ONLY,
        suites=_GCM_AND_CCM,
        groups="prime256v1:secp384r1:secp521r1:brainpoolP256r1:brainpoolP384r1:brainpoolP512r1",
        min_rsa=3072,
        notes="TLS 1.2 and purely classical key agreement are recommended until the end of 2031 only.",
    ),
    dict(
        _FIRM,
        name="nist-sp-800-52r2",
        version="r2",
        source="NIST SP 800-52 Rev. 2",
        date="2019-08-29",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_AES_ONLY,
        suites="TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256",
        groups="prime256v1:secp384r1:secp521r1",
        notes="No CHACHA20, and no X25519 for government use.",
    ),
    dict(
        _FIRM,
        name="fips",
        version="140-3",
        source="what FIPS 140-3 modules of OpenSSL offer, after Fedora's crypto-policy FIPS",
        date="2026-02",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_AES_ONLY,
        suites=_GCM_AND_CCM,
        groups="SecP256r1MLKEM768:SecP384r1MLKEM1024:prime256v1:secp384r1:secp521r1",
        notes="Both halves of the hybrids are approved algorithms.",
    ),
    dict(
        _FIRM,
        name="bcp195",
        version="2026",
        source="BCP 195: RFC 8996, RFC 9325 and RFC 9852, with RFC 10015",
        date="2026-07",
        protocols="TLSv1.2:TLSv1.3",
        ciphers=_AES_GCM,
        suites=_GCM_AND_CHACHA,
        groups="X25519:prime256v1:secp384r1",
        notes="TLS 1.2 is a must, TLS 1.3 a should; static RSA and finite-field DHE are forbidden in TLS 1.2.",
    ),
    dict(
        _FIRM,
        name="vendor-post-quantum",
        version="5.3",
        source="Momentum, page tls_ec_curve_names",
        date="2026-07",
        protocols="TLSv1.2:TLSv1.3",
        groups="SecP384r1MLKEM1024:SecP256r1MLKEM768:secp384r1:prime256v1",
        notes="Sets protocols and groups alone; ciphers stay the library's.",
    ),
    dict(
        name="vendor-minimum",
        version="4",
        source="Momentum, page install-security-considerations: the answer to POODLE",
        date="2014-10-14",
        protocols="SSLv2:TLSv1.0:TLSv1.1:TLSv1.2:TLSv1.3",
        single_group="",
        notes="No more than +ALL:-SSLv3; it leaves TLS 1.0 and 1.1 where the library still has them.",
    ),
)
