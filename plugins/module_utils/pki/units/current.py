# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pair of key and certificate as a node has it. Nothing is judged here: what cannot be read has its reason beside it, and is for others to refuse."""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ...files.current import CurrentFile
from ..errors import CertificateError
from ..x509 import certificates, keys
from ..x509 import pem as pems
from ..x509.certificates import Facts

Look = Callable[[str], Optional[CurrentFile]]


class Places(NamedTuple):
    """Where the files of a pair are; '' for one that it does not have. combined: key, certificate and chain. request: that of the key."""

    key: str
    certificate: str
    chain: str = ""
    combined: str = ""
    request: str = ""


class CurrentPair(NamedTuple):
    """key_text: the PEM block, b'' for none. chain: without the leaf. files: by path. problems: why the key, and why the certificates
    cannot be used; '' where they can, or are not there."""

    key_text: bytes
    key: Optional[Any]
    leaf: Optional[Facts]
    chain: List[Facts]
    files: Dict[str, Optional[CurrentFile]]
    problems: Tuple[str, str] = ("", "")

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


def current(places: Places, look: Look) -> CurrentPair:
    """Return what is there of a pair. Raises UnsafePath, OSError, as `look` does."""
    files = {path: look(path) for path in places if path}
    key_text = _content(files[places.key])
    key, wrong_key = _read(lambda: keys.load(key_text, places.key) if key_text else None)
    links, wrong_certificates = _read(lambda: _certificates(places, files))
    key_text = pems.private_keys(key_text)[0] if key is not None else b""
    links = links or []
    return CurrentPair(key_text, key, links[0] if links else None, links[1:], files, (wrong_key, wrong_certificates))


def _read(read: Callable[[], Any]) -> Tuple[Any, str]:
    """What is read, or why it cannot be."""
    try:
        return read(), ""
    except CertificateError as error:
        return None, str(error)


def _certificates(places: Places, files: Dict[str, Optional[CurrentFile]]) -> List[Facts]:
    """The leaf, then its chain, from the chain's own file or from after the leaf, each certificate once."""
    content = _content(files[places.certificate])
    if not content:
        return []
    links = certificates.read_all(content, places.certificate)
    apart = _content(files[places.chain]) if places.chain else b""
    links = links[:1] + (certificates.read_all(apart, places.chain) if apart else links[1:])
    return certificates.once(links)


def _content(stored: Optional[CurrentFile]) -> bytes:
    """The bytes of a file; an empty file is as good as none."""
    return stored.content if stored is not None and stored.content.strip() else b""
