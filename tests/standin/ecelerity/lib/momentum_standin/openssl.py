# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Python's ssl module cannot set of an SSL_CTX: TLS 1.3 suites, groups, built-in DH parameters, renegotiation.

CPython's SSLContext holds its SSL_CTX pointer right after the object header; libssl is the one that _ssl is linked with."""

import _ssl
import ctypes
import ssl

_SET_GROUPS_LIST, _SET_DH_AUTO = 92, 118  # SSL_CTRL_*, openssl/ssl.h
_ALLOW_CLIENT_RENEGOTIATION, _NO_RENEGOTIATION = 1 << 8, 1 << 30  # SSL_OP_*
_libssl = ctypes.CDLL(_ssl.__file__)
_libssl.SSL_CTX_ctrl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_char_p]
_libssl.SSL_CTX_ctrl.restype = ctypes.c_long
_libssl.SSL_CTX_set_ciphersuites.argtypes = [ctypes.c_void_p, ctypes.c_char_p]


def _pointer(context: ssl.SSLContext) -> ctypes.c_void_p:
    return ctypes.c_void_p(ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value)


def set_suites(context: ssl.SSLContext, names: str) -> None:
    """SSL_CTX_set_ciphersuites(3). Raises ValueError: one unknown name voids the value."""
    if _libssl.SSL_CTX_set_ciphersuites(_pointer(context), names.encode()) != 1:
        _libssl.ERR_clear_error()
        raise ValueError("invalid TLSv1.3 cipher suite list '%s'" % names)


def set_groups(context: ssl.SSLContext, names: str) -> None:
    """SSL_CTX_set1_groups_list(3). Raises ValueError in the words of the page "TLS_EC_Curve_Names"."""
    if _libssl.SSL_CTX_ctrl(_pointer(context), _SET_GROUPS_LIST, 0, names.encode()) != 1:
        _libssl.ERR_clear_error()
        raise ValueError("invalid curve or group list '%s'" % names)


def set_dh_auto(context: ssl.SSLContext) -> None:
    """SSL_CTX_set_dh_auto(3): the library's own parameters."""
    _libssl.SSL_CTX_ctrl(_pointer(context), _SET_DH_AUTO, 1, None)


def set_renegotiation(context: ssl.SSLContext, allowed: bool) -> None:
    """Whether a client may renegotiate; OpenSSL 3 refuses by itself."""
    options = int(context.options) & ~(_ALLOW_CLIENT_RENEGOTIATION | _NO_RENEGOTIATION)
    context.options = ssl.Options(options | (_ALLOW_CLIENT_RENEGOTIATION if allowed else _NO_RENEGOTIATION))
