# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS contexts of listeners, from the options in force. They are cached until `tls flush cache`: whether `config reload`
reads a certificate again whose path did not change is not documented, so the stand-in takes the less kind answer."""

import ssl
import threading
from typing import Dict, NamedTuple, Set

from .tree import Scope

_lock = threading.Lock()
_cache: "Dict[Parameters, ssl.SSLContext]" = {}
_TOKENS = {"tlsv1.0": "TLSv1", "tlsv1.1": "TLSv1_1", "tlsv1.2": "TLSv1_2", "tlsv1.3": "TLSv1_3"}


class Parameters(NamedTuple):
    """certificate, key: paths. protocols: as configured. ciphers: an OpenSSL list, or ''."""

    certificate: str
    key: str
    protocols: str
    ciphers: str

    @property
    def complete(self) -> bool:
        """Whether TLS can be offered: certificate (which may hold the key) and key."""
        return bool(self.certificate and self.certificate.lower() != "none")


def parameters(scope: Scope) -> Parameters:
    """What is in force for a listener."""
    certificate = scope.text("TLS_Certificate")
    key = scope.text("TLS_Key") or certificate
    return Parameters(certificate, key, scope.text("TLS_Protocols", "+ALL"), scope.text("TLS_Ciphers"))


def context(wanted: Parameters) -> ssl.SSLContext:
    """A context, new or cached. Raises OSError (ssl.SSLError is one) and ValueError for unknown protocols."""
    with _lock:
        if wanted not in _cache:
            _cache[wanted] = _new(wanted)
        return _cache[wanted]


def flush() -> None:
    """`tls flush cache`."""
    with _lock:
        _cache.clear()


def chosen(text: str) -> Set[str]:
    """The lower-case protocols that a tls_protocols value leaves. SSLv2 and SSLv3 are accepted without effect, as since
    5.3.0. Raises ValueError for an unknown token."""
    left: Set[str] = set()
    for token in text.split(":"):
        sign, name = token[:1], token[1:].lower()
        if sign not in ("+", "-") or name not in ("all", "sslv2", "sslv3", *_TOKENS):
            raise ValueError("tls_protocols: unknown token '%s'" % token)
        names = set(_TOKENS) if name == "all" else {name} & set(_TOKENS)
        left = left | names if sign == "+" else left - names
    return left


def _new(wanted: Parameters) -> ssl.SSLContext:
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    left = chosen(wanted.protocols)
    for name, constant in _TOKENS.items():
        if name not in left:
            result.options |= getattr(ssl, "OP_NO_" + constant, 0)
    if wanted.ciphers:
        result.set_ciphers(wanted.ciphers)
    result.load_cert_chain(wanted.certificate, wanted.key)
    return result
