# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each profile must serve, written down apart from the collection's own data. Names are OpenSSL's."""

from typing import Dict, FrozenSet, NamedTuple

GCM = frozenset(["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"])
CHACHA = frozenset(["TLS_CHACHA20_POLY1305_SHA256"])
CCM = frozenset(["TLS_AES_128_CCM_SHA256"])
NONE: FrozenSet[str] = frozenset()


class Served(NamedTuple):
    """Suites of TLS 1.2 for a key of RSA and for one on P-256, suites of TLS 1.3. None: whatever the library has."""

    rsa: "FrozenSet[str] | None"
    ec: "FrozenSet[str] | None"
    suites: FrozenSet[str]


def _of(kind: str, *ciphers: str) -> FrozenSet[str]:
    return frozenset("ECDHE-%s-%s" % (kind, cipher) for cipher in ciphers)


AES_GCM = ("AES128-GCM-SHA256", "AES256-GCM-SHA384")
DHE = frozenset(["DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-CHACHA20-POLY1305"])
_MOZILLA = {kind: _of(kind, *AES_GCM, "CHACHA20-POLY1305") for kind in ("RSA", "ECDSA")}
_AES = {"RSA": _of("RSA", *AES_GCM), "ECDSA": _of("ECDSA", *AES_GCM, "AES128-CCM", "AES256-CCM")}
_NCSC = {"RSA": _MOZILLA["RSA"], "ECDSA": _MOZILLA["ECDSA"] | _of("ECDSA", "AES128-CCM", "AES256-CCM")}

# In the order of the scenario's ports. DHE is off in the global scope, so version 5.7 serves no DHE.
PROFILES: Dict[str, Served] = {
    "mozilla-intermediate@6.0": Served(_MOZILLA["RSA"], _MOZILLA["ECDSA"], GCM | CHACHA),
    "mozilla-intermediate@5.7": Served(_MOZILLA["RSA"], _MOZILLA["ECDSA"], GCM | CHACHA),
    "mozilla-modern": Served(NONE, NONE, GCM | CHACHA),
    "ncsc-nl": Served(_NCSC["RSA"], _NCSC["ECDSA"], GCM | CHACHA),
    "bsi-tr-02102-2": Served(_AES["RSA"], _AES["ECDSA"], GCM | CCM),
    "nist-sp-800-52r2": Served(_AES["RSA"], _AES["ECDSA"], GCM | CCM),
    "fips": Served(_AES["RSA"], _AES["ECDSA"], GCM | CCM),
    "bcp195": Served(_of("RSA", *AES_GCM), _of("ECDSA", *AES_GCM), GCM | CHACHA),
    # These two leave the ciphers as they are in the scope around them, or to the library.
    "vendor-post-quantum": Served(_MOZILLA["RSA"], _MOZILLA["ECDSA"], GCM | CHACHA),
    "vendor-minimum": Served(_MOZILLA["RSA"], _MOZILLA["ECDSA"], GCM | CHACHA),
}
