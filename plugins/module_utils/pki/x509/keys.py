# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private keys: make, write and read them, and tell whether a key and a certificate belong together."""

from hashlib import sha256
from typing import Any, Dict, List

from ..errors import CertificateError
from . import pem as pems
from .cryptography_library import UnsupportedAlgorithm, ec, ed448, ed25519, rsa, serialization

DEFAULT_KIND = "ec-p256"
KINDS = (DEFAULT_KIND, "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096", "ed25519")

_CURVE_KINDS = {"secp256r1": "ec-p256", "secp384r1": "ec-p384", "secp521r1": "ec-p521"}
_PUBLIC_EXPONENT = 65537

_LARGEST_RSA = 16384  # OPENSSL_RSA_MAX_MODULUS_BITS
_LEAST = {"rsa": "rsa-2048", "ec": DEFAULT_KIND}
_SIGNED = KINDS + ("ec-p521",)

MINIMUM_BITS = {"rsa": 2048, "ec": 256, "ed25519": 256, "ed448": 448}


def generate(kind: str = DEFAULT_KIND) -> Any:
    """A new private key of one of KINDS, or of another kind that `successor` gives. Raises CertificateError for other words."""
    if not _can_be_made(kind):
        raise CertificateError("%r is no kind of key; known are %s" % (kind, ", ".join(KINDS)))
    try:
        return _generate(kind)
    except UnsupportedAlgorithm as error:
        raise CertificateError(
            "the cryptographic library of this machine makes no key %s (%s); set key_type" % (kind, error)
        )


def _generate(kind: str) -> Any:
    if kind.startswith("ec-"):
        return ec.generate_private_key(_curves()[kind]())
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ed448":
        return ed448.Ed448PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=int(kind[len("rsa-") :]))


def successor(kind: str) -> str:
    """The kind of the key that follows one of a kind where no task asks for another: the same kind and size. For a key that is
    too weak it is the least of its family that is accepted; '' for a kind of which no key is made here, such as DSA."""
    if _can_be_made(kind):
        return kind
    family, _dash, _size = kind.partition("-")
    return _LEAST.get(family, "") if family == "ec" and kind in _curves() or _is_small_rsa(kind) else ""


def is_signed(kind: str) -> bool:
    """Whether an authority of ours signs for keys of a kind that is not weak, and requests for others are let through."""
    return kind in _SIGNED or kind.startswith("rsa-")


def _can_be_made(kind: str) -> bool:
    if kind in KINDS or kind == "ed448":
        return True
    if kind.startswith("rsa-") and kind[len("rsa-") :].isdigit():
        return MINIMUM_BITS["rsa"] <= int(kind[len("rsa-") :]) <= _LARGEST_RSA
    return kind.startswith("ec-") and kind in _curves() and _curves()[kind].key_size >= MINIMUM_BITS["ec"]


def _is_small_rsa(kind: str) -> bool:
    return kind.startswith("rsa-") and kind[len("rsa-") :].isdigit() and int(kind[len("rsa-") :]) < MINIMUM_BITS["rsa"]


def _curves() -> Dict[str, Any]:
    """The elliptic curves of the library by the kind of their keys."""
    found = [value for value in vars(ec).values() if isinstance(value, type) and issubclass(value, ec.EllipticCurve)]
    # The class that the others are derived from has a property in the place of a name.
    named = [(getattr(curve, "name", None), curve) for curve in found]
    return {_curve_kind(name): curve for name, curve in named if isinstance(name, str)}


def _curve_kind(name: str) -> str:
    return _CURVE_KINDS.get(name, "ec-" + name)


def to_pem(key: Any) -> bytes:
    """The key as unencrypted PKCS#8 (RFC 5958). It is a secret: only for files that are closed to others."""
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text


def load(pem: bytes, where: str = "the key") -> Any:
    """The first private key in a PEM text.

    Raises CertificateError, with the file (`where`) and without any of the text, for a key with a passphrase (Momentum
    has no means of entering one) and for what is no key.
    """
    found = found_in(pem, where)
    if b"ENCRYPTED" in b"".join(found[0].splitlines()[:2]):
        raise CertificateError(_protected(where))
    try:
        return _load(found[0])
    except TypeError:
        raise CertificateError(_protected(where))
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateError("%s holds a private key that is damaged or of an unknown kind" % where)


def found_in(pem: bytes, where: str) -> List[bytes]:
    """The private keys of a PEM text, at least one. Raises CertificateError where there is none, or a part cannot be decoded."""
    parsed = pems.parse(pem)
    found = [block.text for block in parsed.blocks if pems.is_key(block)]
    problems = "; ".join(parsed.problems)
    if not found:
        reason = problems or pems.foreign(pem)
        raise CertificateError("%s holds no private key in PEM format%s" % (where, reason and " (%s)" % reason))
    if problems:
        raise CertificateError("%s: %s" % (where, problems))
    return found


def _load(block: bytes) -> Any:
    try:
        # Whether it fits its certificate is compared later; proving an RSA key's primes anew on each run is slow.
        return serialization.load_pem_private_key(block, password=None, unsafe_skip_rsa_key_validation=True)
    except TypeError as error:
        if "unsafe_skip_rsa_key_validation" not in str(error):
            raise
        return serialization.load_pem_private_key(block, password=None)  # before 39.0


def _protected(where: str) -> str:
    return (
        "%s is protected by a passphrase, which Momentum cannot enter; provide the key without one "
        "(openssl pkey -in OLD -out NEW, under umask 077)" % where
    )


def public_of(subject: Any) -> Any:
    """The public key of a private key, certificate or request; a public key itself."""
    return subject.public_key() if hasattr(subject, "public_key") else subject


def public_digest(subject: Any) -> str:
    """SHA-256 (hexadecimal) of the SubjectPublicKeyInfo: equal for a key and its certificate or request."""
    der = public_of(subject).public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest()


def kind_of(subject: Any) -> str:
    """The kind of a key (or of the key of a certificate or request): one of KINDS, or a word alike such as `rsa-1024`."""
    public = public_of(subject)
    if isinstance(public, ec.EllipticCurvePublicKey):
        return _curve_kind(public.curve.name)
    name = type(public).__name__.lstrip("_").lower()
    family = next((word for word in ("ed25519", "ed448", "rsa", "dsa") if word in name), name)
    return "%s-%d" % (family, bits_of(public)) if family in ("rsa", "dsa") else family


def bits_of(subject: Any) -> int:
    """The size of a key in bits."""
    public = public_of(subject)
    size = getattr(public, "key_size", None)
    if size is None:
        return 448 if "448" in type(public).__name__ else 256
    return int(size)


def is_weak(kind: str, bits: int) -> bool:
    """Whether a key is below what is accepted: RSA 2048, elliptic curves 256 bits; DSA never is enough."""
    return bits < MINIMUM_BITS.get(kind.split("-")[0], 1 << 16)


def signature_hash(key: Any) -> Any:
    """What to sign with: SHA-256, SHA-384 for P-384, SHA-512 for P-521, and nothing for Ed25519 and Ed448, which have their own."""
    from .cryptography_library import hashes

    kind = kind_of(key)
    if kind in ("ed25519", "ed448"):
        return None
    return {"ec-p384": hashes.SHA384(), "ec-p521": hashes.SHA512()}.get(kind, hashes.SHA256())
