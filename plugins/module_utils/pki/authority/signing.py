# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sign requests. A request proves that a key is somebody's; what the certificate says is what the task asked for.

Nothing but the public key is taken from a request. It is compared with what was asked first, so that a node that asks for
something else is noticed.
"""

from datetime import datetime, timedelta
from secrets import randbits
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import CertificateError
from ..x509 import certificates, constraints, judge, keys, names, requests
from ..x509.cryptography_library import UnsupportedAlgorithm, rsa, x509
from ..x509.requests import DesiredCertificate
from . import issuer as issuers
from .issuer import Issuer

# For clients whose clock is behind.
BACKDATED = timedelta(minutes=5)
# The rule for public authorities until 2026, kept as the bound after which an old root is trusted no longer.
LONGEST_DAYS = 398
_SERIAL_BITS = 128
_LOWEST_EXPONENT = 65537
_SIGNING = ("key_cert_sign", "crl_sign")
_EXTENSIONS = "1.2.840.113549.1.9.14"  # extensionRequest, RFC 2985, 5.4.2
# Microsoft's form of the same, which OpenSSL reads as well; a password for revocation.
_FURTHER = ("1.3.6.1.4.1.311.2.1.14", "1.2.840.113549.1.9.7")


class Asked(NamedTuple):
    """What a task asked for. names: canonical, DNS and IP; None leaves the choice of such names to the node, which no
    authority of our own does. common_name: '' for none or any that the names cover. usages: words of requests.USAGES.
    key_type: one of keys.KINDS, '' for any. days: lifetime."""

    names: Optional[Tuple[str, ...]]
    common_name: str
    usages: Tuple[str, ...]
    key_type: str
    days: int


def refuse_unsignable(asked: Asked, issuer: Issuer) -> None:
    """Raise CertificateError, with all reasons, if the authority would not sign what is asked, whoever requests it."""
    problems: List[str] = []
    if not asked.names:
        problems.append("names are missing; an authority signs only names that the task says")
    foreign = _foreign(asked.names or ())
    if foreign:
        problems.append("%s is neither a host name nor an address" % ", ".join(foreign))
    hosts = [name for name in asked.names or () if name not in foreign]
    if names.is_host(asked.common_name):
        hosts.append(names.canonical(asked.common_name))
    beyond = constraints.outside(sorted(set(hosts)), issuer.certificate)
    if beyond:
        permitted = ", ".join(constraints.permitted_by(issuer.certificate)) or "nothing of their kind"
        problems.append(
            "the authority may not sign for %s (its name constraints permit %s)" % (", ".join(beyond), permitted)
        )
    if not 1 <= asked.days <= LONGEST_DAYS:
        problems.append("%d days are requested; an authority signs for 1 to %d days" % (asked.days, LONGEST_DAYS))
    _refuse(problems)


def _foreign(found: Sequence[str]) -> List[str]:
    """The names of kinds that nothing here speaks for: e-mail addresses, URIs and whatever else X.509 has."""
    return [name for name in found if not name.startswith(("DNS:", "IP:"))]


def refuse_other(pem: bytes, asked: Asked) -> Any:
    """The request (x509.CertificateSigningRequest), if it asks for exactly what the task does, with a key that is strong
    enough. Raises CertificateError with everything that differs."""
    try:
        request = requests.load(pem)
        problems = (
            _key_problems(request, asked)
            + _subject_problems(request, asked)
            + _extension_problems(request, asked)
            + _attribute_problems(request)
        )
    except CertificateError:
        raise
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise CertificateError("the request cannot be understood: %s" % error)
    _refuse(problems)
    return request


def sign(pem: bytes, asked: Asked, issuer: Issuer, now: datetime) -> bytes:
    """The certificate for a request, PEM, with the authority's chain after it. now: aware, UTC.

    It ends with the authority at the latest. Raises CertificateError (see refuse_unsignable, refuse_other).
    """
    refuse_unsignable(asked, issuer)
    request = refuse_other(pem, asked)
    desired = DesiredCertificate(requests.common_name_of(request.subject), asked.names or (), asked.usages)
    certificate = _build(request.public_key(), desired, asked.days, issuer, now)
    return requests.to_pem(certificate) + issuer.chain


def _build(public: Any, desired: DesiredCertificate, days: int, issuer: Issuer, now: datetime) -> Any:
    start = now.replace(microsecond=0)
    builder = (
        x509.CertificateBuilder()
        .subject_name(requests.subject(desired))
        .issuer_name(issuer.certificate.subject)
        .public_key(public)
        .serial_number(serial())
        .not_valid_before(max(start - BACKDATED, issuer.facts.not_before))
        .not_valid_after(min(start + timedelta(days=days), issuer.facts.not_after))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(issuers.identifier(issuer.certificate), False)
    )
    for extension, critical in requests.extensions(desired, public):
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer.key, keys.signature_hash(issuer.key))


def serial() -> int:
    """A random serial number of 128 bits (RFC 5280, 4.1.2.2: positive, at most 20 bytes)."""
    return randbits(_SERIAL_BITS) or 1


def _key_problems(request: Any, asked: Asked) -> List[str]:
    public, kind = request.public_key(), keys.kind_of(request)
    if keys.is_weak(kind, keys.bits_of(public)):
        return ["its key is weak (%s); RSA needs 2048 bits, elliptic curves 256" % kind]
    if not keys.is_signed(kind):
        return ["its key is of a kind that is not signed here (%s)" % kind]
    problems: List[str] = []
    if isinstance(public, rsa.RSAPublicKey) and public.public_numbers().e < _LOWEST_EXPONENT:
        problems.append("its key has a weak public exponent")
    if getattr(request.signature_hash_algorithm, "name", "") in judge.WEAK_SIGNATURES:
        problems.append("it has a weak signature (%s)" % request.signature_hash_algorithm.name)
    if asked.key_type and kind != asked.key_type:
        problems.append("its key is %s, the task asks for %s" % (kind, asked.key_type))
    return problems


def _subject_problems(request: Any, asked: Asked) -> List[str]:
    common_name = requests.common_name_of(request.subject)
    if request.subject != requests.subject(DesiredCertificate(common_name, ())):
        return ["its subject (%s) says more than a common name" % request.subject.rfc4514_string()]
    if asked.common_name:
        fits = common_name == asked.common_name
    else:
        requested = requests.names_of(request) if asked.names is None else asked.names
        fits = not common_name or (names.is_host(common_name) and names.covers(requested, common_name))
    return [] if fits else ["it asks for the common name %r, which the task does not" % common_name]


def _extension_problems(request: Any, asked: Asked) -> List[str]:
    judges: Dict[Any, Callable[[Any], List[str]]] = {
        x509.BasicConstraints: _judge_constraints,
        x509.KeyUsage: _judge_key_usage,
        x509.ExtendedKeyUsage: _accept,
        x509.SubjectAlternativeName: _accept,
    }
    problems: List[str] = []
    for extension in request.extensions:
        judge_one = judges.get(type(extension.value), _judge_unknown)
        problems += judge_one(extension)
    found = requests.names_of(request)
    if asked.names is None:
        problems += [
            "it asks for the name %s, which only a task that lists it in names may" % one for one in _foreign(found)
        ]
    else:
        problems += _difference("the name", found, asked.names)
    return problems + _difference("the usage", requests.usages_of(request), asked.usages)


def _attribute_problems(request: Any) -> List[str]:
    """Attributes beside the one of extensions: some authorities take further names from there, such as Microsoft's."""
    found = [attribute.oid.dotted_string for attribute in getattr(request, "attributes", ())]
    if not hasattr(request, "attributes"):
        # Versions of cryptography before 36.0 answer for one kind at a time.
        found = [number for number in _FURTHER if _has_attribute(request, number)]
    surplus = sorted(set(found) - {_EXTENSIONS})
    problems = ["it has the attribute %s, which is not signed here" % one for one in surplus]
    return problems + ["it asks for extensions more than once"] * (found.count(_EXTENSIONS) > 1)


def _has_attribute(request: Any, number: str) -> bool:
    try:
        request.get_attribute_for_oid(x509.ObjectIdentifier(number))
    except x509.AttributeNotFound:
        return False
    return True


def _difference(what: str, found: Sequence[str], asked: Sequence[str]) -> List[str]:
    surplus = [one for one in found if one not in asked]
    lacking = [one for one in asked if one not in found]
    return ["it asks for %s %s, which the task does not" % (what, one) for one in surplus] + [
        "it does not ask for %s %s" % (what, one) for one in lacking
    ]


def _accept(_extension: Any) -> List[str]:
    """Compared as a whole elsewhere."""
    return []


def _judge_constraints(extension: Any) -> List[str]:
    return ["it asks to be an authority (CA)"] if extension.value.ca else []


def _judge_key_usage(extension: Any) -> List[str]:
    granted = [word for word in _SIGNING if getattr(extension.value, word)]
    return ["it asks for the key usage of an authority (%s)" % ", ".join(granted)] if granted else []


def _judge_unknown(extension: Any) -> List[str]:
    return ["it asks for the extension %s, which is not signed here" % extension.oid.dotted_string]


def _refuse(problems: List[str]) -> None:
    if problems:
        raise CertificateError("nothing was signed: %s" % "; ".join(problems))


def is_shortened(pem: bytes, days: int) -> bool:
    """Whether a certificate (the first of a PEM text) ends sooner than asked, because its authority does."""
    return certificates.read(pem).days < days
