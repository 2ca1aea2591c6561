# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names a certificate speaks for, as texts: `DNS:mx1.example.com`, `IP:192.0.2.1`.

Texts are compared after `canonical`, so that `MX1.example.com` and `DNS:mx1.example.com.` are one name.
"""

import ipaddress
import re
from typing import Any, Container, Dict, List, Sequence, Tuple

from ..errors import CertificateError
from .cryptography_library import x509

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_PREFIXES = {"dns": "DNS", "ip": "IP", "ip address": "IP", "email": "email", "uri": "URI"}
_LONGEST = 253
# RFC 5322 without quoted texts and comments; the domain is judged as a host. RFC 3986: a scheme and something visible.
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+\Z")


def canonical(name: str) -> str:
    """A name with its kind in front, in lower case. A name without a kind is an address if it reads as one, else DNS.

    Raises CertificateError for what is neither.
    """
    kind, colon, rest = name.strip().partition(":")
    prefix = _PREFIXES.get(kind.strip().lower()) if colon else None
    text = rest.strip() if prefix else name.strip()
    if prefix in ("email", "URI"):
        return "%s:%s" % (prefix, _other(prefix, text))
    address = _address(text) if prefix != "DNS" else ""
    if address:
        return "IP:" + address
    if prefix == "IP":
        raise CertificateError("%r is no IP address" % name)
    host = _host(text)
    if prefix is None and "." in host and host.rpartition(".")[2].isdigit():
        raise CertificateError("%r is no IP address, and a host name does not end in a number (RFC 3696, 2)" % name)
    return "DNS:" + host


def canonicals(names: Sequence[str]) -> Tuple[str, ...]:
    """Several names in canonical form, each once, in their order."""
    return tuple(dict.fromkeys(canonical(name) for name in names))


def is_host(text: str) -> bool:
    """Whether a text, such as a common name, reads as a host name or an address."""
    try:
        return canonical(text).startswith(("DNS:", "IP:")) and ":" not in text.partition(":")[0]
    except CertificateError:
        return False


def covers(certificate_names: Container[str], requested: str) -> bool:
    """Whether canonical names of a certificate speak for a requested one; `*` stands for one whole label (RFC 9525, 6.3)."""
    name = canonical(requested)
    if name in certificate_names:
        return True
    _label, dot, parent = name[len("DNS:") :].partition(".")
    return name.startswith("DNS:") and bool(dot) and "DNS:*." + parent in certificate_names


def missing(certificate_names: Sequence[str], requested: Sequence[str]) -> List[str]:
    """The requested names that a certificate does not speak for."""
    known = frozenset(certificate_names)
    return [name for name in canonicals(requested) if not covers(known, name)]


def to_general(names: Sequence[str]) -> List[Any]:
    """The names as the x509.GeneralName objects of a subject alternative name."""
    return [_general(*canonical(name).split(":", 1)) for name in names]


def from_general(name: Any) -> str:
    """One x509.GeneralName as text; kinds that cannot be written here as `other:...`."""
    if isinstance(name, x509.DNSName):
        return "DNS:" + name.value.lower()
    if isinstance(name, x509.IPAddress):
        return "IP:" + str(name.value)
    if isinstance(name, x509.RFC822Name):
        return "email:" + name.value
    if isinstance(name, x509.UniformResourceIdentifier):
        return "URI:" + name.value
    return "other:" + type(name).__name__


def _general(kind: str, text: str) -> Any:
    if kind == "IP":
        return x509.IPAddress(ipaddress.ip_address(text))
    makers: Dict[str, Any] = {"DNS": x509.DNSName, "email": x509.RFC822Name, "URI": x509.UniformResourceIdentifier}
    return makers[kind](text)


def _other(prefix: str, text: str) -> str:
    """An e-mail address or URI as a certificate can have it, in ASCII. Raises CertificateError."""
    local, at, domain = text.rpartition("@")
    if prefix == "URI" and not _URI.match(text):
        raise CertificateError("%r is no URI; write it in ASCII, such as https://mx1.example.com/" % text)
    if prefix == "email":
        if not at or not _MAILBOX.match(local):
            raise CertificateError("%r is no e-mail address; write it in ASCII, such as postmaster@example.com" % text)
        _host(domain)
    return text


def _address(text: str) -> str:
    plain, percent, _zone = text.strip("[]").partition("%")
    if percent and _address(plain):
        raise CertificateError(
            "%r has a zone, which means something on one host only and has no place in a certificate; write %s"
            % (text, plain)
        )
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return ""


def _host(text: str) -> str:
    name = text.lower()
    name = name[:-1] if name.endswith(".") else name
    labels = name.split(".")
    if labels[0] == "*" and len(labels) > 2:
        labels = labels[1:]
    # `lower` makes ASCII of some other letters, such as the sign for kelvin.
    if len(name) > _LONGEST or not all(map(_LABEL.match, labels)) or any(ord(sign) > 127 for sign in text):
        raise CertificateError(
            "%r is neither a host name nor an IP address: labels of 1 to 63 letters, digits and hyphens, %d characters in all; write "
            "names with other letters in their xn-- form" % (text, _LONGEST)
        )
    return name
