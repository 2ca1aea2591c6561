# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Name constraints (RFC 5280, 4.2.1.10): for which names an authority may sign.

A kind of name is restricted only if a subtree of that kind is listed. DNS names, addresses, e-mail addresses and URIs can be.
The others (otherName with user principal names and SRV names, directoryName, registeredID) can not: programs that do not know a
constraint on them reject everything that the authority signed (GnuTLS and Go for otherName, Go for directoryName), and one on
directoryName would reject the subjects of our own certificates. The authority's extended key usage limits what is left.
"""

import ipaddress
from typing import Any, List, Sequence, Tuple

from ..errors import CertificateError
from . import names
from .cryptography_library import x509
from .requests import extension_of

_EVERY_NETWORK = ("0.0.0.0/0", "::/0")
# A domain that nobody can have (RFC 2606): permitted alone, it excludes all e-mail addresses and URIs. OpenSSL takes an empty
# excluded subtree of these kinds for one that excludes nothing; GnuTLS looks for URIs at excluded subtrees only.
_NOBODY = "invalid"
_PLACEHOLDERS = ("email:" + _NOBODY, "URI:" + _NOBODY)


def canonical(text: str) -> str:
    """A subtree as text: `DNS:example.com` (itself and all below it) or `IP:192.0.2.0/24`. Raises CertificateError."""
    kind, colon, rest = text.strip().partition(":")
    plain = rest.strip() if colon and kind.strip().upper() in ("DNS", "IP") else text.strip()
    if kind.strip().upper() != "DNS":
        if "%" in plain:
            raise CertificateError("permitted: %r has a zone, which has no place in a certificate; leave it out" % text)
        try:
            return "IP:%s" % ipaddress.ip_network(plain)
        except ValueError as error:
            if "/" in plain or kind.strip().upper() == "IP":
                raise CertificateError("permitted: %s" % error)
    if plain.startswith("*"):
        raise CertificateError("permitted: write %s, which covers all names below it" % plain.lstrip("*."))
    return names.canonical("DNS:" + plain.lstrip("."))


def canonicals(texts: Sequence[str]) -> Tuple[str, ...]:
    """Several subtrees in canonical form, sorted, each once."""
    return tuple(sorted({canonical(text) for text in texts}))


def build(permitted: Sequence[str]) -> Any:
    """The extension for subtrees. A kind of name of which nothing is permitted is excluded as a whole, because RFC 5280
    restricts only the kinds that are named. Raises CertificateError where nothing is permitted."""
    requested = canonicals(permitted)
    if not requested:
        raise CertificateError("permitted is empty; name the domains and networks that the authority may sign for")
    networks = [ipaddress.ip_network(text[len("IP:") :]) for text in requested if text.startswith("IP:")]
    domains = [text[len("DNS:") :] for text in requested if text.startswith("DNS:")]
    excluded = [x509.UniformResourceIdentifier("")]  # type: List[Any]
    excluded += [] if domains else [x509.DNSName("")]
    for every in map(ipaddress.ip_network, _EVERY_NETWORK):
        if not any(network.version == every.version for network in networks):
            excluded.append(x509.IPAddress(every))
    return x509.NameConstraints(
        permitted_subtrees=[x509.DNSName(domain) for domain in domains]
        + [x509.IPAddress(network) for network in networks]
        + [x509.RFC822Name(_NOBODY), x509.UniformResourceIdentifier(_NOBODY)],
        excluded_subtrees=excluded,
    )


def are_whole(certificate: Any) -> bool:
    """Tell whether the constraints of an x509.Certificate are those that `build` makes of what they permit."""
    permitted = permitted_by(certificate)
    return bool(permitted) and bool(extension_of(certificate, x509.NameConstraints) == build(permitted))


def permitted_by(certificate: Any) -> Tuple[str, ...]:
    """The permitted subtrees of an x509.Certificate as `canonicals` writes them; () where it has no constraints.

    Those that permit nobody are left out.
    """
    extension = extension_of(certificate, x509.NameConstraints)
    found = map(_text, getattr(extension, "permitted_subtrees", None) or ())
    return tuple(sorted(text for text in found if text not in _PLACEHOLDERS))


def outside(requested: Sequence[str], certificate: Any) -> List[str]:
    """The canonical names for which an authority may not sign."""
    extension = extension_of(certificate, x509.NameConstraints)
    if extension is None:
        return []
    permitted = [_text(tree) for tree in extension.permitted_subtrees or ()]
    excluded = [_text(tree) for tree in extension.excluded_subtrees or ()]
    return [name for name in requested if not _is_permitted(name, permitted, excluded)]


def _is_permitted(name: str, permitted: Sequence[str], excluded: Sequence[str]) -> bool:
    kind = name.partition(":")[0] + ":"
    if any(_is_below(name, tree) for tree in excluded):
        return False
    ours = [tree for tree in permitted if tree.startswith(kind)]
    return not ours or any(_is_below(name, tree) for tree in ours)


def _is_below(name: str, tree: str) -> bool:
    kind, _colon, text = name.partition(":")
    tree_kind, _colon, base = tree.partition(":")
    if kind != tree_kind:
        return False
    if kind == "IP":
        return ipaddress.ip_address(text) in ipaddress.ip_network(base)
    # A leading dot, which RFC 5280 does not have for DNS names, is understood as OpenSSL does.
    return not base or text == base or text.endswith(base if base.startswith(".") else "." + base)


def _text(tree: Any) -> str:
    if isinstance(tree, x509.IPAddress):
        return "IP:%s" % tree.value
    if isinstance(tree, x509.DNSName):
        return "DNS:" + tree.value.lower()
    return names.from_general(tree) if not isinstance(tree, x509.DirectoryName) else "other:DirectoryName"
