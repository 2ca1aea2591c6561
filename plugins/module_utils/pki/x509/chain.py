# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chain of a certificate: each one signed by the next, from the leaf to an issuer."""

from typing import Any, List, Sequence

from . import certificates
from .certificates import Facts
from .signatures import is_signed_by

_UNSIGNED, _NO_AUTHORITY = "the chain is out of order: ", " of the chain is no authority (CA) certificate"


def problems(leaf: Facts, chain: Sequence[Facts]) -> List[str]:
    """What is wrong with the order of a chain (without the leaf), one sentence for each break."""
    found: List[str] = []
    links = [certificates.load(link.pem) for link in [leaf] + list(chain)]
    for child, issuer, link in zip(links, links[1:], chain):
        if not is_signed_by(child, issuer):
            found.append(_UNSIGNED + "%s is not signed by %s, which stands next to it" % (_name(child), _name(issuer)))
        elif not link.is_ca:
            found.append(_name(issuer) + _NO_AUTHORITY)
    return found


def is_problem(words: str) -> bool:
    """Tell whether a sentence is one of `problems`."""
    return words.startswith(_UNSIGNED) or words.endswith(_NO_AUTHORITY)


def _name(certificate: Any) -> str:
    return certificate.subject.rfc4514_string() or "a certificate without subject"
