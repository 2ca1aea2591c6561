# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that the configuration names, as rules look at them: parameters, authorities, and keys that sign mail."""

import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set

from ..concerns.dkim_key import current
from ..dkim.configured import SIGNING, Signer, documented, signers
from ..dkim.report import Published
from ..ecconf.effective import Effective
from ..errors import MomentumError
from ..files import reading
from ..pki.x509 import certificates, keys
from ..tls.files import dhparams
from ..tls.files.dhparams import Parameters
from .evidence import SigningKey

Ask = Callable[[str, Any], Published]  # from the name of a record and the private key to what the DNS has of it


def nobody(_name: str, _key: Any) -> Published:
    """Ask nobody."""
    return Published()


def parameters(effective: Effective) -> Dict[str, Optional[Parameters]]:
    """Return the Diffie-Hellman parameters in each file that is named, None for none. A file that cannot be read is left out."""
    found: Dict[str, Optional[Parameters]] = {}
    for path in _paths(effective, "tls_dhparams_file"):
        try:
            found[path] = dhparams.read(reading.read(path, "pem"))
        except (FileNotFoundError, NotADirectoryError):
            found[path] = None
        except (MomentumError, OSError):
            continue
    return found


def authorities(effective: Effective) -> Dict[str, Sequence[str]]:
    """Return the subjects of the authorities of clients in each file that is named. A file that cannot be read is left out."""
    found: Dict[str, Sequence[str]] = {}
    for path in _paths(effective, "tls_client_ca"):
        try:
            found[path] = [one.subject for one in certificates.read_all(reading.read(path, "pem"), path)]
        except (MomentumError, OSError):
            continue
    return found


def _paths(effective: Effective, name: str) -> List[str]:
    values = [str(one.value) for one in effective.settings() if one.name.lower() == name]
    return [path for path in dict.fromkeys(values) if os.path.isabs(path)]


def signing_keys(effective: Effective, prefix: str, ask: Ask = nobody) -> List[SigningKey]:
    """Return the keys that sign mail: those that the configuration names, then others at the documented place. Raises TooLarge for a pattern that leads past
    too much. prefix: of Momentum."""
    seen: Set[str] = set()
    found: List[SigningKey] = []
    # A stanza names keys by a pattern, in which those of its domains are.
    for one in sorted(signers(effective), key=lambda signer: not signer.file):
        if one.key is not None:
            found += [_looked(key, ask) for key in _of_signer(one) if _is_new(key.path, seen)]
    for path in reading.find(documented(prefix, "*", "*")):
        domain, selector = path.split("/")[-2], os.path.splitext(os.path.basename(path))[0]
        if _is_new(path, seen):
            found.append(_looked(SigningKey(path, domain, selector, signs=False), nobody))
    return found


def _is_new(path: str, seen: Set[str]) -> bool:
    """Whether a file has not been there yet, by any of its names."""
    real = os.path.realpath(path)
    is_new = real not in seen
    seen.add(real)
    return is_new


def _of_signer(one: Signer) -> Iterator[SigningKey]:
    file, line = (one.key.file, one.key.line) if one.key is not None else ("", 0)
    signs = one.path[0][0].lower() in SIGNING and bool(one.selector)
    if one.file:
        yield SigningKey(one.file, one.domain, one.selector, signs, file=file, line=line)
    elif os.path.isabs(one.pattern):
        for path in reading.find(one.pattern):
            yield SigningKey(path, one.domain, one.selector, signs, file=file, line=line)


def _looked(one: SigningKey, ask: Ask) -> SigningKey:
    if not os.path.isabs(one.path):
        return one._replace(problem="%s is a relative path; what it is relative to is not documented" % one.path)
    try:
        now = current(one.path)
    except (MomentumError, OSError) as error:
        return one._replace(problem="%s cannot be read: %s" % (one.path, getattr(error, "strerror", None) or error))
    if now.file is None:
        return one._replace(problem="%s does not exist" % one.path, is_absent=True)
    if now.key is None:
        return one._replace(problem=now.problem, readers=now.readers)
    published = ask(one.name, now.key) if one.signs and one.domain and one.selector else Published()
    kind, bits = keys.kind_of(now.key), keys.bits_of(now.key)
    return one._replace(kind=kind, bits=bits, readers=now.readers, published=published)
