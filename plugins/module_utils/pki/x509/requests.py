# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signing requests (PKCS#10, RFC 2986), and what is asked with one."""

import unicodedata
from typing import Any, List, NamedTuple, Sequence, Tuple

from ..errors import CertificateError
from . import keys, names
from . import pem as pems
from .cryptography_library import UnsupportedAlgorithm, serialization, x509

USAGES = ("server", "client")
LONGEST_COMMON_NAME = 64  # ub-common-name, RFC 5280, appendix A.1


class DesiredCertificate(NamedTuple):
    """What a certificate shall say: common name ('' for none), canonical names, and usages of USAGES."""

    common_name: str
    names: Tuple[str, ...]
    usages: Tuple[str, ...] = ("server",)


def unfit_common_name(text: str) -> str:
    """Why a text cannot be a common name, as the end of a sentence; '' where it can.

    X.520 allows 64 characters, but cryptography counts the bytes of UTF-8 in most versions, and so it is 64 bytes here. Control
    characters are allowed by X.520 and taken for something else by many programs.
    """
    length = len(text.encode("utf-8", "surrogatepass"))
    if length > LONGEST_COMMON_NAME:
        return "has %d bytes in UTF-8, more than %d" % (length, LONGEST_COMMON_NAME)
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text):
        return "has a control character or another one that is not shown"
    return "" if text.strip() else "is empty"


def subject(desired: DesiredCertificate) -> Any:
    """The x509.Name; empty where the common name is longer than one may be (the names are what counts)."""
    if not desired.common_name or unfit_common_name(desired.common_name):
        return x509.Name([])
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, desired.common_name)])


def extensions(desired: DesiredCertificate, key: Any, key_usage: bool = True) -> List[Tuple[Any, bool]]:
    """The extensions of a certificate for a service, each with whether it is critical."""
    found = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (purposes(desired.usages), False),
    ]  # type: List[Tuple[Any, bool]]
    if key_usage:
        found.append((_key_usage(keys.kind_of(key).startswith("rsa")), True))
    if desired.names:
        # RFC 5280, 4.2.1.6: critical where the subject says nothing.
        critical = not list(subject(desired))
        found.append((x509.SubjectAlternativeName(names.to_general(desired.names)), critical))
    return found


def purposes(usages: Sequence[str]) -> Any:
    """The x509.ExtendedKeyUsage for words of USAGES."""
    return x509.ExtendedKeyUsage([_purposes()[usage] for usage in usages])


def build(key: Any, desired: DesiredCertificate) -> Any:
    """A request (x509.CertificateSigningRequest) for a private key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject(desired))
    for extension, critical in extensions(desired, key):
        builder = builder.add_extension(extension, critical)
    return builder.sign(key, keys.signature_hash(key))


def to_pem(request: Any) -> bytes:
    """A request (or a certificate) as PEM."""
    text: bytes = request.public_bytes(serialization.Encoding.PEM)
    return text


def load(pem: bytes, where: str = "the request") -> Any:
    """The one request of a text, whose own signature holds. Raises CertificateError.

    A text with more than one PEM block is refused: programs differ in which of them they read.
    """
    if pem.count(b"-----BEGIN") > 1:
        raise CertificateError("%s holds more than one PEM block" % where)
    try:
        request = x509.load_pem_x509_csr(b"".join(block.text for block in pems.blocks(pem)))
        sound = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateError("%s is no signing request in PEM format" % where)
    if not sound:
        raise CertificateError("%s is not signed by the key it names" % where)
    return request


def parse(pem: bytes, where: str = "the request") -> DesiredCertificate:
    """What a request asks for. Raises CertificateError."""
    request = load(pem, where)
    return DesiredCertificate(common_name_of(request.subject), names_of(request), usages_of(request))


def common_name_of(name: Any) -> str:
    """The (first) common name of an x509.Name, ''."""
    found = name.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def names_of(holder: Any) -> Tuple[str, ...]:
    """The canonical names of a request or certificate; of its common name where it has none, as before RFC 6125."""
    extension = extension_of(holder, x509.SubjectAlternativeName)
    if extension is not None:
        return tuple(names.from_general(name) for name in extension)
    common_name = common_name_of(holder.subject)
    return (names.canonical(common_name),) if names.is_host(common_name) else ()


def usages_of(holder: Any) -> Tuple[str, ...]:
    """The extended key usages of a request or certificate: words of USAGES, else dotted numbers. None given: ()."""
    extension = extension_of(holder, x509.ExtendedKeyUsage)
    words = {purpose.dotted_string: usage for usage, purpose in _purposes().items()}
    return tuple(words.get(purpose.dotted_string, purpose.dotted_string) for purpose in extension or ())


def extension_of(holder: Any, kind: Any) -> Any:
    """The value of one extension of a request or certificate, None where it has none."""
    try:
        return holder.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _purposes() -> Any:
    purposes = x509.oid.ExtendedKeyUsageOID
    return {"server": purposes.SERVER_AUTH, "client": purposes.CLIENT_AUTH}


def _key_usage(is_rsa: bool) -> Any:
    """Signatures; and with RSA the exchange of keys, for TLS 1.2 without forward secrecy (RFC 5246, 7.4.2)."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=is_rsa,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
