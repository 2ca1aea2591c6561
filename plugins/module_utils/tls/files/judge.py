# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that TLS options name: do they exist, are they what they should be, can the daemon open them.

The TLS library compares key and certificate, in copies that nobody else can write to, and errors carry the library's
reason, never text from a file.
"""

import errno
import os
import signal
import stat
import time
from contextlib import ExitStack
from typing import Any, Callable, ContextManager, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ...files import intended, reading
from ...files.safe_paths import UnsafePath
from ...host.program import collect
from ...pki.served import validity
from ...pki.x509 import pem
from . import order

PATIENCE = 30.0  # seconds for a child that tries to open files
MIN_DH_BITS = 2048  # RFC 7919 has nothing shorter; OpenSSL 3 refuses the 512 bits of the vendor's example
_ABSENT = (errno.ENOENT, errno.ENOTDIR)
_READABLE = "put the file in place first, readable by the daemon's user"


class Identity(NamedTuple):
    """The account that the daemon becomes: numbers as setuid(2), setgid(2) and setgroups(2) want them."""

    name: str
    uid: int
    gid: int
    groups: Tuple[int, ...] = ()


def is_read_by(identity: Identity, owner: int, group: int, mode: int) -> bool:
    """Whether an account may read a file of these, the directories above it aside."""
    if identity.uid == owner:
        return bool(mode & stat.S_IRUSR)
    return identity.uid == 0 or bool(
        mode & (stat.S_IRGRP if group in (identity.gid, *identity.groups) else stat.S_IROTH)
    )


class Flaw(NamedTuple):
    """Why a file cannot be used, what helps, and the files that are merely not there."""

    reason: str
    remedy: str
    missing: Tuple[str, ...] = ()


def flaw(kind: str, path: str, key: str = "") -> Optional[Flaw]:
    """Why a file is not what an option needs, or None.

    `kind` is certificate (with the path of its key, which may be the same file), ca or dhparams.
    """
    with ExitStack() as held:
        copies: Dict[str, str] = {}
        missing: List[str] = []
        for one in dict.fromkeys([path, key or path]):
            try:
                copies[one] = held.enter_context(_copy(one))
            except UnsafePath as error:
                return Flaw(str(error), "name a file in PEM format")
            except OSError as error:
                if error.errno not in _ABSENT:
                    return Flaw("%s: %s" % (one, error.strerror), _READABLE)
                missing.append(one)
        if missing:
            return absent(missing)
        return _CHECKS[kind](path, key, copies)


def absent(paths: Sequence[str]) -> Flaw:
    """What is wrong with files that are not there."""
    return Flaw("%s: %s" % (", ".join(paths), os.strerror(errno.ENOENT)), _READABLE, tuple(paths))


def ended(kind: str, path: str, now: float) -> str:
    """Which certificates of a file have expired, in a sentence; '' for none. now: seconds since the epoch."""
    if kind not in ("certificate", "ca"):
        return ""
    try:
        blocks = pem.certificates(reading.read(path, "pem"))
    except (OSError, UnsafePath):
        return ""
    ends = [validity(pem.der(block))[1] for block in blocks]
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    over = [(number, end) for number, end in enumerate(ends, 1) if end and end < moment]
    if not over:
        return ""
    if kind == "ca":
        last = max(end for _number, end in over)[:10]
        return (
            "%d of %d certificates in %s have expired (the last on %s) and verify no peer; remove or replace them"
            % (
                len(over),
                len(ends),
                path,
                last,
            )
        )
    shown = ", ".join("number %d on %s" % (number, end[:10]) for number, end in over)
    return "certificates in %s have expired (%s); deploy a current one with its chain" % (path, shown)


def disorder(path: str) -> str:
    """What is wrong with the order of a pair's certificates, in a sentence; '' for nothing."""
    try:
        ders = [pem.der(block) for block in pem.certificates(reading.read(path, "pem"))]
    except (OSError, UnsafePath):
        return ""
    found = order.of(ders)
    if found.is_right:
        return ""
    return "the chain in %s is out of order, and peers that keep to RFC 5246 refuse it; of its %d certificates, %s" % (
        path,
        len(ders),
        found.described(),
    )


def unreadable(paths: Sequence[str], identity: Optional[Identity]) -> Dict[str, str]:
    """The paths that the daemon could not open, with the reason of open(2).

    As root this is tried by a child process that becomes the daemon's user, so that every directory above the file, groups and
    access lists count. Without an identity, or when not root, the present user is taken.
    """
    requested = list(dict.fromkeys(paths))
    if not requested:
        return {}
    if identity is None or os.geteuid() != 0:
        return {path: reason for path, reason in zip(requested, map(_open_error, requested)) if reason}
    answers = _in_child(requested, identity).split("\0")
    return {
        path: reason for path, reason in zip(requested, answers + ["could not be tried"] * len(requested)) if reason
    }


def _copy(path: str) -> ContextManager[str]:
    """A copy for the library, which opens whatever is at a path and reads to its end."""
    if not os.path.isabs(path):
        raise UnsafePath(path, "is not an absolute path; write it from / on")
    return reading.held_copy(path, "pem")


def _certificate(path: str, key: str, copies: Mapping[str, str]) -> Optional[Flaw]:
    """Let the TLS library load certificate and key, as the daemon will."""
    import ssl

    asked: List[str] = []

    def passphrase() -> str:
        asked.append(key)
        return ""

    where = key or path
    try:
        _lenient_context(ssl).load_cert_chain(copies[path], copies[key] if key else None, passphrase)
    except ssl.SSLError as error:
        if asked:
            return Flaw("%s is encrypted, and Momentum has no option for a passphrase" % where, "decrypt the key")
        if error.reason == "KEY_VALUES_MISMATCH":
            ders = [pem.der(block) for block in pem.certificates(reading.read(copies[path], "pem"))]
            leaf = order.leaf_of(ders)
            if leaf:
                words = "certificate %s begins with the issuer of its number %d, and the leaf, to which the key belongs, must be the first"
                return Flaw(words % (path, leaf + 1), order.of(ders, leaf).described())
            return Flaw("the key in %s does not belong to the certificate in %s" % (where, path), "deploy the pair")
        reason = (error.reason or "not PEM").lower().replace("_", " ")
        return Flaw("certificate %s and key in %s do not load: %s" % (path, where, reason), "deploy a PEM pair")
    except (OSError, ValueError, TypeError):
        if asked:
            return Flaw("%s is encrypted, and Momentum has no option for a passphrase" % where, "decrypt the key")
        return Flaw("certificate %s and key in %s do not load" % (path, where), "deploy a PEM pair")
    return _half_read(path, copies, pem.obstacle_to_serving)


def _half_read(
    path: str, copies: Mapping[str, str], obstacle_of: Callable[[bytes], str] = pem.obstacle
) -> Optional[Flaw]:
    """A file that loads, but of which the library skips a part, such as a chain after a byte order mark."""
    obstacle = obstacle_of(reading.read(copies[path], "pem"))
    return Flaw("%s: %s" % (path, obstacle), "write the file again in PEM format") if obstacle else None


def _lenient_context(ssl: Any) -> Any:
    """A context that loads what Momentum may load: strength is the business of profiles, not of this check."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if hasattr(ssl, "PROTOCOL_TLS_SERVER") else ssl.PROTOCOL_TLS)
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
    except ssl.SSLError:
        pass  # a library before 1.1.0 has no security levels
    return context


def _ca(path: str, _key: str, copies: Mapping[str, str]) -> Optional[Flaw]:
    """Let the TLS library load the certificates of authorities."""
    import ssl

    try:
        context = _lenient_context(ssl)
        context.load_verify_locations(cafile=copies[path])
        if sum(context.cert_store_stats().values()):
            return _half_read(path, copies)
    except (ssl.SSLError, OSError, ValueError):
        pass
    return Flaw("%s holds no certificate in PEM format" % path, "name a bundle of CA certificates")


def _dhparams(path: str, _key: str, copies: Mapping[str, str]) -> Optional[Flaw]:
    """Look at the size of the prime."""
    bits = dh_bits(reading.read(copies[path], "pem"))
    if bits is None:
        return Flaw("%s holds no Diffie-Hellman parameters in PEM format" % path, "use msys.momentum.dhparams")
    if bits < MIN_DH_BITS:
        advice = "use a group of RFC 7919, msys.momentum.dhparams writes one"
        return Flaw("the prime in %s has %d bits, fewer than %d" % (path, bits, MIN_DH_BITS), advice)
    return _half_read(path, copies)


_CHECKS: Dict[str, Callable[[str, str, Mapping[str, str]], Optional[Flaw]]] = {
    "certificate": _certificate,
    "ca": _ca,
    "dhparams": _dhparams,
}


def dh_bits(pem: bytes) -> Optional[int]:
    """The bits of the prime in `DH PARAMETERS` (PKCS #3: a sequence of two integers), None if there are none."""
    import base64
    import binascii

    _head, begin, rest = pem.partition(b"-----BEGIN DH PARAMETERS-----")
    body, end, _tail = rest.partition(b"-----END DH PARAMETERS-----")
    if not begin or not end:
        return None
    try:
        der = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        return None
    sequence = _element(der, 0x30)
    prime = None if sequence is None else _element(sequence, 0x02)
    return None if prime is None else int.from_bytes(prime, "big").bit_length()


def _element(der: bytes, tag: int) -> Optional[bytes]:
    """The content of the first element, if it has the tag (X.690, 8.1)."""
    if len(der) < 2 or der[0] != tag:
        return None
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    return der[start : start + length] if 0 < length <= len(der) - start else None


def _open_error(path: str) -> str:
    """Why a file cannot be opened for reading; empty if it can."""
    if intended.file(path) is not None or intended.foretold(path) is not None:
        # The kernel shows this process's files without a name to root alone.
        return "" if intended.is_readable(path) else os.strerror(errno.EACCES)
    try:
        os.close(reading.open_regular(path)[0])
    except UnsafePath as error:
        return error.reason
    except OSError as error:
        return error.strerror or "cannot be opened"
    return ""


def _in_child(paths: Sequence[str], identity: Identity) -> str:
    """Ask a child that has become the daemon's user; its answers are separated by NUL."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _become(identity)
            answers = "\0".join(_open_error(path) for path in paths)
        except BaseException:  # nothing may escape: above is the code of the parent
            answers = "\0".join(["cannot become %s" % identity.name] * len(paths))
        os.write(writing, answers.encode("utf-8", "replace"))
        os._exit(0)
    os.close(writing)
    try:
        return collect(reading, PATIENCE).decode("utf-8", "replace")
    except OSError as error:  # the account may stop a process of its own
        return "\0".join(["could not be tried: the child %s" % error.strerror] * len(paths))
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _become(identity: Identity) -> None:
    os.setgroups(list(identity.groups))
    os.setgid(identity.gid)
    os.setuid(identity.uid)
