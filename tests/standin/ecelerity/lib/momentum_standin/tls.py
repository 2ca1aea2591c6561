# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS contexts of listeners, from the options in force. They are cached until `tls flush cache`: whether `config reload`
reads a certificate again whose path did not change is not documented, so the stand-in takes the less kind answer."""

import ssl
import threading
from typing import Dict, NamedTuple, Set

from . import openssl
from .tree import Reader

_lock = threading.Lock()
_cache: "Dict[Parameters, ssl.SSLContext]" = {}
_TOKENS = {"tlsv1.0": "TLSv1", "tlsv1.1": "TLSv1_1", "tlsv1.2": "TLSv1_2", "tlsv1.3": "TLSv1_3"}


class Parameters(NamedTuple):
    """certificate, key, client_ca, dhparams: paths. protocols, ciphers, suites, groups, verify_mode: as configured, '' where
    nothing is."""

    certificate: str
    key: str
    protocols: str
    ciphers: str
    suites: str
    groups: str
    client_ca: str
    verify_mode: str
    renegotiation: bool
    dhe: bool
    dhparams: str

    @property
    def complete(self) -> bool:
        """Whether TLS can be offered: certificate (which may hold the key) and key."""
        return bool(self.certificate and self.certificate.lower() != "none")


def parameters(scope: Reader) -> Parameters:
    """What is in force for a listener, or for one client of it."""
    certificate = scope.text("TLS_Certificate")
    return Parameters(
        certificate,
        scope.text("TLS_Key") or certificate,
        scope.text("TLS_Protocols", "+ALL"),
        scope.text("TLS_Ciphers"),
        scope.text("TLSv13_Ciphersuites"),
        scope.text("TLS_EC_Curve_Names"),
        scope.text("TLS_Client_CA"),
        scope.text("TLS_Verify_Mode").lower(),
        scope.boolean("TLS_Allow_Renegotiation", True),
        scope.boolean("TLS_Enable_DHE_Ciphers", True),
        scope.text("TLS_DHParams_File"),
    )


def client(scope: Reader, authorities: str) -> ssl.SSLContext:
    """A context for sent mail. authorities: the file that servers are verified with; '' for no check. Raises OSError, ValueError."""
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    result.check_hostname = False
    result.verify_mode = ssl.CERT_NONE
    _set_protocols(result, scope.text("TLS_Protocols", "+ALL"))
    result.set_ciphers(scope.text("TLS_Ciphers") or "DEFAULT")
    if scope.text("TLSv13_Ciphersuites"):
        openssl.set_suites(result, scope.text("TLSv13_Ciphersuites"))
    if scope.text("TLS_EC_Curve_Names"):
        openssl.set_groups(result, scope.text("TLS_EC_Curve_Names"))
    if authorities:
        result.verify_mode = ssl.CERT_REQUIRED
        result.load_verify_locations(authorities)
    return result


def judge(name: str, value: str) -> None:
    """Try one option on its own, as far as OpenSSL can tell at configuration time. Raises ValueError, ssl.SSLError."""
    trial = _TRIALS.get(name.lower())
    if trial and value:
        trial(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), value)


def context(requested: Parameters) -> ssl.SSLContext:
    """A context, new or cached. Raises OSError (ssl.SSLError is one) and ValueError for unknown protocols."""
    with _lock:
        if requested not in _cache:
            _cache[requested] = _new(requested)
        return _cache[requested]


def flush() -> None:
    """`tls flush cache`."""
    with _lock:
        _cache.clear()


def chosen(text: str) -> Set[str]:
    """The lower-case protocols that a tls_protocols value leaves. SSLv2 and SSLv3 are accepted without effect, as since
    5.3.0, and TLSv1.0 and TLSv1.1 with one, as the page of the option has it. Raises ValueError for an unknown token."""
    left: Set[str] = set()
    for token in text.split(":"):
        sign, name = token[:1], token[1:].lower()
        if sign not in ("+", "-") or name not in ("all", "sslv2", "sslv3", *_TOKENS):
            raise ValueError("tls_protocols: unknown token '%s'" % token)
        names = set(_TOKENS) if name == "all" else {name} & set(_TOKENS)
        left = left | names if sign == "+" else left - names
    return left


def _set_protocols(result: ssl.SSLContext, text: str) -> None:
    left = chosen(text)
    # Python begins with TLS 1.2 from 3.10 on; here only the value and OpenSSL's security level count, and no policy of the system.
    if hasattr(ssl, "TLSVersion"):
        result.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    for name, constant in _TOKENS.items():
        if name not in left:
            result.options |= getattr(ssl, "OP_NO_" + constant, 0)


_TRIALS = {
    "tls_protocols": _set_protocols,
    "tls_ciphers": ssl.SSLContext.set_ciphers,
    "tlsv13_ciphersuites": openssl.set_suites,
    "tls_ec_curve_names": openssl.set_groups,
}


def _new(requested: Parameters) -> ssl.SSLContext:
    result = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _set_protocols(result, requested.protocols)
    # Said even where nothing is configured: Python may be built with a default of its own.
    result.set_ciphers((requested.ciphers or "DEFAULT") + ("" if requested.dhe else ":!kDHE"))
    if requested.suites:
        openssl.set_suites(result, requested.suites)
    if requested.groups:
        openssl.set_groups(result, requested.groups)
    if requested.dhparams and requested.dhe:
        result.load_dh_params(requested.dhparams)
    elif requested.dhe:
        openssl.set_dh_auto(result)
    openssl.set_renegotiation(result, requested.renegotiation)
    if requested.client_ca and requested.verify_mode != "none":
        result.load_verify_locations(requested.client_ca)
        result.verify_mode = ssl.CERT_REQUIRED if requested.verify_mode == "require" else ssl.CERT_OPTIONAL
    result.load_cert_chain(requested.certificate, requested.key)
    return result
