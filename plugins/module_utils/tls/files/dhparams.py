# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diffie-Hellman parameters: read, judged, written, and made with the node's own OpenSSL.

The format is PKCS #3 in PEM, `DH PARAMETERS`, a sequence of prime and generator: every OpenSSL from 0.9.8 to 3.5 reads it,
GnuTLS too. The X9.42 form, which also holds the order, is not known to the old ones and is never written.
"""

import os
import re
from typing import List, NamedTuple, Optional, Tuple

from ...errors import PlanError
from ...files import reading
from ...host.program import Run, run
from .dhparams_data import GENERATOR, GROUPS, prime

MIN_BITS = 2048
MAX_BITS = 8192  # OpenSSL works with 10000 at most, and this takes an hour to make already
TIMEOUT = 6 * 3600.0  # seconds; the search for a safe prime is a matter of luck
ROUNDS = 16  # of Miller-Rabin; a composite number passes with a chance below 4^-16
_BLOCK = re.compile(rb"-----BEGIN DH PARAMETERS-----([A-Za-z0-9+/=\s]*)-----END DH PARAMETERS-----")
_FOREIGN = re.compile(rb"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE)-----")
_SEQUENCE, _INTEGER = 0x30, 0x02  # tags, X.690


class Parameters(NamedTuple):
    """A prime and a generator."""

    prime: int
    generator: int

    @property
    def bits(self) -> int:
        """The size of the prime in bits."""
        return self.prime.bit_length()

    @property
    def group(self) -> str:
        """The name of the group of RFC 7919 that this is, or ''."""
        names = [name for name, known in GROUPS.items() if known.bits == self.bits and self == of_group(name)]
        return names[0] if names else ""


class DesiredParameters(NamedTuple):
    """What a file shall hold: a named group, or (bits above 0) parameters of its own of at least that size."""

    group: str = "ffdhe2048"
    bits: int = 0

    def describe(self) -> str:
        """In words, for results."""
        return self.group or "a generated safe prime of %d bits" % self.bits


def describe(parameters: Optional[Parameters]) -> Optional[str]:
    """In words, for results; None for no parameters."""
    return None if parameters is None else parameters.group or "a prime of %d bits" % parameters.bits


def of_group(name: str) -> Parameters:
    """The parameters of a group of RFC 7919."""
    return Parameters(prime(name), GENERATOR)


def desired(group: Optional[str], bits: Optional[int]) -> DesiredParameters:
    """Read the options of a task. Raises PlanError for a size that is too small to be safe, or too large to be of use."""
    if bits is None:
        return DesiredParameters(group or DesiredParameters().group)
    if bits < MIN_BITS:
        raise PlanError(
            "generate: %d bits are refused, %d are the least. Primes of 512 bits, as the vendor's example makes them, are"
            " broken in minutes, 1024 are within reach of some, and OpenSSL 3 refuses both" % (bits, MIN_BITS)
        )
    if bits > MAX_BITS:
        raise PlanError("generate: %d bits are more than the %d that are of use" % (bits, MAX_BITS))
    return DesiredParameters("", bits)


def read(content: bytes) -> Optional[Parameters]:
    """The first parameters in a file, whatever text is around them; None where there are none that can be read."""
    import base64
    import binascii

    block = _BLOCK.search(content)
    try:
        return _decoded(base64.b64decode(b"".join(block.group(1).split()), validate=True)) if block else None
    except (binascii.Error, ValueError):
        return None


def write(parameters: Parameters) -> bytes:
    """The file for some parameters."""
    import base64

    body = _integer(parameters.prime) + _integer(parameters.generator)
    text = base64.b64encode(_element(_SEQUENCE, body)).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN DH PARAMETERS-----", *lines, "-----END DH PARAMETERS-----", ""]).encode("ascii")


def holds(found: Optional[Parameters], requested: DesiredParameters) -> bool:
    """Whether parameters mean what is requested already; None do not.

    A named group: the same prime and generator. Parameters of its own: a safe prime of at least as many bits, so that
    nothing is made anew that is good enough.
    """
    if found is None:
        return False
    if requested.bits:
        return found.bits >= requested.bits and 1 < found.generator < found.prime - 1 and is_safe_prime(found)
    return found == of_group(requested.group)


def refuse_foreign(path: str, content: bytes) -> None:
    """Raise PlanError if a file holds a key or a certificate, which would be lost."""
    if _FOREIGN.search(content):
        raise PlanError("%s holds a key or a certificate; name a file of its own for the parameters" % path)


def generate(bits: int, run: Run = run) -> Parameters:
    """Let OpenSSL search for a safe prime. Takes seconds for 2048 bits, minutes for 4096. Raises PlanError."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="momentum-dhparams-") as directory:
        path = os.path.join(directory, "dhparams.pem")
        # Into a file: what goes to the terminal is a dot for every number tried.
        ran = run(["openssl", "dhparam", "-out", path, str(bits)], TIMEOUT)
        try:
            made = read(reading.read(path, "pem"))
        except FileNotFoundError:
            made = None
    if ran.status != 0 or made is None or made.bits < bits:
        words = ran.output.strip().rpartition("\n")[2] or "no words"
        raise PlanError("openssl dhparam made no parameters of %d bits: %s" % (bits, words))
    return made


def is_safe_prime(parameters: Parameters) -> bool:
    """Whether the prime p is one, and (p - 1) / 2 too.

    With q = (p - 1) / 2 prime, p is prime if 2^(p-1) = 1 modulo p and 3 does not divide p (Pocklington), so q alone takes
    many rounds.
    """
    p = parameters.prime
    if parameters.group:
        return True
    q = p >> 1
    return p % 4 == 3 and p % 3 != 0 and pow(2, p - 1, p) == 1 and _is_probably_prime(q)


def _is_probably_prime(number: int) -> bool:
    """Miller-Rabin with random bases, for an odd number above 3."""
    import random

    source = random.SystemRandom()
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd >> 1, twos + 1
    return all(_passes(number, source.randrange(2, number - 1), odd, twos) for _round in range(ROUNDS))


def _passes(number: int, base: int, odd: int, twos: int) -> bool:
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _square in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False


def _decoded(der: bytes) -> Optional[Parameters]:
    """A sequence of two integers; a third one (the length of private values) may follow. None for anything else."""
    body, rest = _take(_SEQUENCE, der)
    if body is None or rest:
        return None
    numbers: List[int] = []
    while body:
        value, body = _take(_INTEGER, body)
        if value is None:
            return None
        numbers.append(int.from_bytes(value, "big", signed=True))
    return Parameters(numbers[0], numbers[1]) if 2 <= len(numbers) <= 3 and min(numbers) > 0 else None


def _take(tag: int, data: bytes) -> Tuple[Optional[bytes], bytes]:
    """The content of the first element if it has this tag, and what follows it. (None, b'') for anything else."""
    if len(data) < 2 or data[0] != tag:
        return None, b""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    end = start + length
    return (data[start:end], data[end:]) if start < end <= len(data) else (None, b"")


def _integer(number: int) -> bytes:
    # One bit more for the sign: a first byte of 0x80 or above would make the number negative.
    return _element(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _element(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body
