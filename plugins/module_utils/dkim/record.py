# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DNS record of a key: what is to be published, and what of it is. Pure.

RFC 6376, 3.6.1: tags separated by semicolons, the public key in `p`, empty for one that is revoked. RFC 8463: an Ed25519 key is its 32 octets.
"""

import base64
import re
from collections import OrderedDict
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from ..pki.x509 import keys
from ..pki.x509.cryptography_library import serialization

STRING = 255  # octets of one string of a TXT record, RFC 1035, 3.3.14
MATCH, DIFFERS, ABSENT, UNKNOWN, NOT_ASKED = "match", "differs", "absent", "unknown", "not_asked"
_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*=(.*)\Z", re.S)


class Record(NamedTuple):
    """A TXT record: its name, and its value as one text of ASCII."""

    name: str
    value: str

    @property
    def strings(self) -> List[str]:
        """The value in the strings of a TXT record."""
        return [self.value[start : start + STRING] for start in range(0, len(self.value), STRING)]

    @property
    def line(self) -> str:
        """The line of a zone file."""
        return "%s. IN TXT %s" % (self.name, " ".join('"%s"' % one for one in self.strings))


def of_key(name: str, key: Any) -> Record:
    """Return the record of a private key."""
    public = keys.public_of(key)
    if keys.kind_of(key) == "ed25519":
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return Record(name, "v=DKIM1; k=ed25519; p=" + _base64(raw))
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    # Page *using-dkim* recommends sha256, RFC 8301 allows nothing else.
    return Record(name, "v=DKIM1; k=rsa; h=sha256; p=" + _base64(der))


def revoked(name: str) -> Record:
    """Return the record that says that the key of a selector is revoked."""
    return Record(name, "v=DKIM1; p=")


def compare(record: Record, texts: Sequence[bytes]) -> Tuple[str, str]:
    """Return whether what is published is the record, and in words why not; '' where it is. texts: the TXT records at its name."""
    if not texts:
        return ABSENT, "no record is published"
    # Others, such as the one of a wildcard, are no keys.
    found = [one for one in map(tags, texts) if "p" in one]
    if not found and any(_is_repeated(text) for text in texts):
        return DIFFERS, "a tag is there twice, so that verifiers take nothing of the record"
    if len(found) != 1:
        return DIFFERS, "%d of the %d records there are keys, and there must be one" % (len(found), len(texts))
    theirs, ours = found[0], tags(record.value.encode("ascii"))
    if not theirs["p"]:
        return DIFFERS, "the published key is revoked (p= is empty)"
    if theirs["p"] != ours["p"] or theirs.get("k", "rsa") != ours["k"]:
        return DIFFERS, "another key is published"
    if theirs.get("v", "DKIM1") != "DKIM1":
        return DIFFERS, "its tag v is not DKIM1"
    if "v" in theirs and next(iter(theirs)) != "v":
        return DIFFERS, "its tag v is not the first one"
    if "h" in theirs and "sha256" not in theirs["h"].split(":"):
        return DIFFERS, "its tag h does not have sha256"
    if "s" in theirs and not {"*", "email"} & set(theirs["s"].split(":")):
        return DIFFERS, "its tag s has neither * nor email"
    return MATCH, ""


def is_testing(texts: Sequence[bytes]) -> bool:
    """Whether a published record has the flag of a test, t=y, with which verifiers treat the mail as unsigned."""
    return any("y" in tags(text).get("t", "").split(":") for text in texts)


def tags(text: bytes) -> Dict[str, str]:
    """Return the tags of a record in their order, without the white space in their values; nothing for a text that is no list of tags, and for one
    with a tag twice (RFC 6376, 3.2)."""
    pairs = _pairs(text)
    found = OrderedDict(pairs)
    return found if len(found) == len(pairs) else {}


def _is_repeated(text: bytes) -> bool:
    return "p" in dict(_pairs(text)) and not tags(text)


def _pairs(text: bytes) -> List[Tuple[str, str]]:
    found: List[Tuple[str, str]] = []
    for part in text.decode("ascii", "replace").split(";"):
        tag = _TAG.match(part)
        if tag is None and part.strip():
            return []
        if tag is not None:
            found.append((tag.group(1), "".join(tag.group(2).split())))
    return found


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
