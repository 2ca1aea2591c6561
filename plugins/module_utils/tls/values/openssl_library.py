# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node's OpenSSL, asked through its own program: which ciphers, suites and groups it knows.

No answer is taken for granted: `None` says that this OpenSSL cannot be asked. Every question is put once.
"""

import re
from typing import Dict, FrozenSet, List, Optional, Tuple

from ...files import reading
from ...host import program as programs
from ...host.program import Ran, Run
from ..errors import TlsError
from . import openssl_configuration

Version = Tuple[int, ...]

# From these versions on OpenSSL can speak these protocols, in the usual builds: changes of 1.0.1 (TLS 1.1 and 1.2), 1.1.0 (no
# SSLv2, SSLv3 left out) and 1.1.1 (TLS 1.3). Security levels and its configuration may forbid more.
_SSL_3 = "SSLv3"
_OLD = ("SSLv2", _SSL_3, "TLSv1.0")
_PROTOCOLS: Tuple[Tuple[Version, FrozenSet[str]], ...] = (
    ((1, 1, 1), frozenset(["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"])),
    ((1, 1), frozenset(["TLSv1.0", "TLSv1.1", "TLSv1.2"])),
    ((1, 0, 1), frozenset(_OLD + ("TLSv1.1", "TLSv1.2"))),
    ((0,), frozenset(_OLD)),
)

TIMEOUT = 20.0  # seconds; an answer takes milliseconds
_NUMBER = re.compile(r"^(OpenSSL|LibreSSL) ([0-9]+)\.([0-9]+)\.([0-9]+)")
_TLS_1_3 = "TLS_"  # how OpenSSL's names of TLS 1.3 suites begin, and no others
# Nothing can listen on port 0: what is tested is whether the group is accepted before a connection is tried.
_NOWHERE = "127.0.0.1:0"


class Library:
    """One OpenSSL; `run` starts its program. `forbidden`: the protocols that its configuration takes from every program."""

    def __init__(
        self, version: Version, text: str, run: Run = programs.run, forbidden: FrozenSet[str] = frozenset()
    ) -> None:
        self.version = version
        self.text = text
        self.forbidden = forbidden
        self._run = run
        self._answers: Dict[Tuple[str, ...], Ran] = {}

    @property
    def protocols(self) -> FrozenSet[str]:
        """The protocols that this OpenSSL has: those of the usual builds, and SSLv3 where it was built with it."""
        known = protocols_of(self.version)
        return known if _SSL_3 in known or self._ask("ciphers", "-ssl3", "ALL").status else known | {_SSL_3}

    def names(self) -> FrozenSet[str]:
        """Every cipher suite of TLS 1.2 and older that this OpenSSL knows by its own name."""
        return frozenset(self._list("ALL:COMPLEMENTOFALL", supported=False))

    def knows_cipher(self, token: str) -> bool:
        """Whether a token of a cipher list, without sign, matches at least one suite of TLS 1.2 or older.

        The colon keeps OpenSSL from looking for words such as DEFAULT, which it takes from the beginning of a list whatever follows
        them: DEFAULTz would be DEFAULT.
        """
        return token in self.names() or bool(self._list(":" + token, supported=False))

    def ciphers(self, text: str) -> Tuple[str, ...]:
        """The suites of TLS 1.2 and older that this OpenSSL offers for a cipher list, in order; empty if it refuses the list.

        The node's own policy (security level, crypto policy) counts, as it would in the daemon.
        """
        return tuple(self._list(text, supported=self.version >= (1, 1)))

    def listed(self, text: str) -> Tuple[str, ...]:
        """As `ciphers`, with those that the node's own policy forbids."""
        return tuple(self._list(text, supported=False))

    def knows_suite(self, name: str) -> Optional[bool]:
        """Whether a TLS 1.3 suite is known; None before OpenSSL 1.1.1, which has none."""
        if self.version < (1, 1, 1):
            return None
        answer = self._ask("ciphers", "-s", "-tls1_3", "-ciphersuites", name)
        return answer.status == 0 and name in answer.output.strip().split(":")

    def knows_group(self, name: str) -> Optional[bool]:
        """Whether a group can be set; None where this OpenSSL does not tell.

        `s_client` reads its options before it connects, to a port where nothing can listen. OpenSSL before 1.0.2 does not know
        the option `-curves`, which newer ones take as another name of `-groups`.
        """
        answer = self._ask("s_client", "-curves", name, "-connect", _NOWHERE)
        if "SSL_CONF_cmd" in answer.output or "Error with command" in answer.output:
            return False
        return True if "connect:errno" in answer.output else None

    def _list(self, text: str, supported: bool) -> List[str]:
        answer = self._ask(*(["ciphers"] + ["-s"] * supported + [text]))
        words = answer.output.strip().split("\n")[-1].split(":") if answer.status == 0 else []
        return [word for word in words if word and not word.startswith(_TLS_1_3)]

    def _ask(self, *words: str) -> Ran:
        if words not in self._answers:
            if any(word.startswith("-") and word not in _OPTIONS for word in words[1:]):
                return Ran(1, "")  # a token is no option of the program
            self._answers[words] = self._run(("openssl",) + words, TIMEOUT)
        return self._answers[words]


_OPTIONS = frozenset(["-s", "-ssl3", "-tls1_3", "-ciphersuites", "-curves", "-connect"])


def protocols_of(version: Version) -> FrozenSet[str]:
    """The protocols that a version of OpenSSL can speak in its usual builds."""
    return next(names for since, names in _PROTOCOLS if version >= since)


def find(run: Run = programs.run) -> Library:
    """The OpenSSL of the node. Raises TlsError if its program does not run."""
    answer = run(("openssl", "version", "-v", "-d"), TIMEOUT)
    number = _NUMBER.match(answer.output)
    if answer.status != 0 or number is None:
        raise TlsError(
            "openssl version",
            "gives no answer: %s" % (answer.output or "nothing"),
            "install the package openssl, whose program names what the node's library knows",
        )
    version, forbidden = (
        tuple(int(part) for part in number.groups()[1:]),
        openssl_configuration.forbidden(answer.output),
    )
    return Library(version, answer.output.split("\n")[0], run, forbidden)


def crypto_policy(path: str = "/etc/crypto-policies/state/current") -> str:
    """The name of the system-wide policy, update-crypto-policies(8); empty where there is none."""
    try:
        return reading.text(path, "line").strip()
    except OSError:
        return ""
