# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node has of a unit already."""

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from . import certificates, keys
from . import pem as pems
from .certificates import Facts
from .errors import CertificateError
from .unit import Unit


class Stored(NamedTuple):
    """A file as it is: its bytes, numeric owner and group, permission bits."""

    content: bytes
    owner: int
    group: int
    mode: int


Look = Callable[[str], Optional[Stored]]


class Found(NamedTuple):
    """The pair of a unit. key_text: the PEM block, b'' for none. chain: without the leaf. files: by path."""

    key_text: bytes
    key: Optional[Any]
    leaf: Optional[Facts]
    chain: List[Facts]
    files: Dict[str, Optional[Stored]]

    @property
    def is_pair(self) -> bool:
        """Whether there are a key and a certificate that belong together."""
        return (
            self.key is not None and self.leaf is not None and keys.public_digest(self.key) == self.leaf.public_digest
        )

    @property
    def kind(self) -> str:
        """The kind of the present key, ''."""
        return keys.kind_of(self.key) if self.key is not None else ""


def find(unit: Unit, look: Look) -> Found:
    """Read what is there. Raises CertificateError for a key or certificate that cannot be used, unless the task is
    about to replace it anyway (a forced or provided pair)."""
    paths = (unit.key, unit.certificate, unit.chain, unit.combined, unit.request)
    files = {path: look(path) for path in paths if path}
    lenient = unit.rekey or (unit.source == "provided" and bool(unit.provided_key.strip()))
    key_text = _content(files[unit.key])
    key = None
    try:
        if key_text:
            key = keys.load(key_text, unit.key)
        links = _certificates(unit, files)
    except CertificateError as error:
        if not lenient:
            raise CertificateError("%s; mend or remove the file, or force a new pair with rekey" % error)
        key, links = None, []
    key_text = pems.private_keys(key_text)[0] if key is not None else b""
    leaf = links[0] if links else None
    chain = [link for link in links[1:] if leaf is not None and link.fingerprint != leaf.fingerprint]
    return Found(key_text, key, leaf, chain, files)


def _certificates(unit: Unit, files: Dict[str, Optional[Stored]]) -> List[Facts]:
    """The leaf, then its chain, from the chain's own file or from behind the leaf."""
    content = _content(files[unit.certificate])
    if not content:
        return []
    links = certificates.read_all(content, unit.certificate)
    if not links:
        raise CertificateError("%s holds no certificate in PEM format" % unit.certificate)
    apart = _content(files[unit.chain]) if unit.chain else b""
    return links[:1] + (certificates.read_all(apart, unit.chain) or links[1:])


def _content(stored: Optional[Stored]) -> bytes:
    """The bytes of a file; an empty file is as good as none."""
    return stored.content if stored is not None and stored.content.strip() else b""
