# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node has of a unit already."""

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ...files.current import CurrentFile
from ..errors import CertificateError
from ..x509 import certificates, keys
from ..x509 import pem as pems
from ..x509.certificates import Facts
from .unit import Unit

Look = Callable[[str], Optional[CurrentFile]]


class Found(NamedTuple):
    """The pair of a unit. key_text: the PEM block, b'' for none. chain: without the leaf. files: by path."""

    key_text: bytes
    key: Optional[Any]
    leaf: Optional[Facts]
    chain: List[Facts]
    files: Dict[str, Optional[CurrentFile]]

    @property
    def is_pair(self) -> bool:
        """Whether there are a key and a certificate that belong together."""
        return (
            self.key is not None and self.leaf is not None and keys.public_digest(self.key) == self.leaf.public_digest
        )

    @property
    def kind(self) -> str:
        """The kind of the present key, of the certificate's where the key is missing; ''."""
        if self.key is not None:
            return keys.kind_of(self.key)
        return self.leaf.kind if self.leaf is not None else ""


def find(unit: Unit, look: Look) -> Found:
    """Read what is there. Raises CertificateError for a key or certificate that cannot be used, unless the task is
    about to replace it anyway (a forced or provided pair)."""
    paths = (unit.key, unit.certificate, unit.chain, unit.combined, unit.request)
    files = {path: look(path) for path in paths if path}
    provided = unit.source == "provided"
    key_text = _content(files[unit.key])
    key = _unless(unit.rekey or (provided and bool(unit.provided_key.strip())), lambda: _key(unit, key_text))
    links = _unless(unit.rekey or provided, lambda: _certificates(unit, files)) or []
    key_text = pems.private_keys(key_text)[0] if key is not None else b""
    return Found(key_text, key, links[0] if links else None, links[1:], files)


def _unless(lenient: bool, read: Callable[[], Any]) -> Any:
    """What is read; None where it cannot be read and is replaced anyway. Raises CertificateError where it is not."""
    try:
        return read()
    except CertificateError as error:
        if lenient:
            return None
        raise CertificateError("%s; fix or remove the file, or force a new pair with rekey" % error)


def _key(unit: Unit, content: bytes) -> Any:
    return keys.load(content, unit.key) if content else None


def _certificates(unit: Unit, files: Dict[str, Optional[CurrentFile]]) -> List[Facts]:
    """The leaf, then its chain, from the chain's own file or from after the leaf, each certificate once."""
    content = _content(files[unit.certificate])
    if not content:
        return []
    links = certificates.read_all(content, unit.certificate)
    apart = _content(files[unit.chain]) if unit.chain else b""
    links = links[:1] + (certificates.read_all(apart, unit.chain) if apart else links[1:])
    return certificates.once(links)


def _content(stored: Optional[CurrentFile]) -> bytes:
    """The bytes of a file; an empty file is as good as none."""
    return stored.content if stored is not None and stored.content.strip() else b""
