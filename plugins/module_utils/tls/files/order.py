# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order the certificates of a file are. The leaf comes first, because it must belong to the key: OpenSSL loads no other file. What
follows it is sent as it is, each of which must certify the one before it (RFC 5246, 7.4.2); a peer with TLS 1.3 or with OpenSSL
takes any order (RFC 8446, 4.4.2), others end the handshake.

Issuers are compared by name. Whether the signatures are theirs is the business of msys.momentum.certificate.
"""

from typing import List, NamedTuple, Sequence

from ...pki.served import Parties, parties


class Order(NamedTuple):
    """The right order of the certificates of a file, by their numbers from 1 on, and those that belong to no chain from the leaf."""

    chain: List[int]
    others: List[int]

    @property
    def is_right(self) -> bool:
        """Whether the certificates are in this order."""
        return self.chain == sorted(self.chain) and not self.others

    def described(self) -> str:
        """Return what to do."""
        words = []
        if self.chain != sorted(self.chain):
            words.append("put them in the order %s" % ", ".join(map(str, self.chain)))
        if self.others:
            numbers = ", ".join(map(str, self.others))
            words.append("take out number %s, which is the issuer of none, or add what is between" % numbers)
        return " and ".join(words)


def of(ders: Sequence[bytes], leaf: int = 0) -> Order:
    """Return the order of certificates (DER). leaf: the place of the leaf, from 0 on. One that cannot be read is where it should be."""
    found = [parties(der) for der in ders]
    if not found or not all(one.subject for one in found):
        return Order(list(range(1, len(found) + 1)), [])
    chain, left = [leaf], [number for number in range(len(found)) if number != leaf]
    while not _is_root(found[chain[-1]]):
        following = [number for number in left if found[number].subject == found[chain[-1]].issuer]
        if not following:
            break
        chain.append(following[0])
        left.remove(following[0])
    return Order([number + 1 for number in chain], [number + 1 for number in left])


def leaf_of(ders: Sequence[bytes]) -> int:
    """Return the place of the only certificate that issued none of the others, from 0 on; 0 where there is no such one."""
    found = [parties(der) for der in ders]
    issuers = [{one.issuer for one in found if one is not other} for other in found]
    leaves = [number for number, one in enumerate(found) if one.subject and one.subject not in issuers[number]]
    return leaves[0] if len(leaves) == 1 else 0


def _is_root(one: Parties) -> bool:
    return one.subject == one.issuer
