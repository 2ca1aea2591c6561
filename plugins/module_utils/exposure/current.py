# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is open on a node. Reads nothing but the files of API proxies and of Webhooks; the configuration is the one that was read already."""

import os
import stat
from types import MappingProxyType
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence

from ..config.current import CurrentConfiguration
from ..errors import MomentumError
from ..files import reading
from . import judge
from .judge import Accepted
from .rules import BESIDE_RABBITMQ, FILES, PROXIES, RABBITMQ
from .subject import Proxy, ServiceFile


def proxies(prefix: str) -> List[Proxy]:
    """Return the configurations of the API proxies that the node has. That of msys-nginx is beside Momentum's own prefix."""
    found = []
    for name, page, is_open in PROXIES:
        path = os.path.join(os.path.dirname(os.path.normpath(prefix)), name)
        try:
            found.append(Proxy(path, reading.text(path, "keywords"), "", page, is_open))
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (MomentumError, OSError) as error:
            reason = "the file of the API proxy cannot be read: %s" % error
            found.append(Proxy(path, None, reason, page, is_open))
    return found


def services(prefix: str, modes: Mapping[str, int]) -> List[ServiceFile]:
    """Return the files of Webhooks and RabbitMQ that the node has. modes: what the run makes of permission bits, by path.

    RabbitMQ without its file has its defaults."""
    found = []
    for kind, name in FILES:
        path = os.path.join(os.path.dirname(os.path.normpath(prefix)), name)
        directory = os.path.dirname(path)
        beside = [
            each for each in BESIDE_RABBITMQ if kind == RABBITMQ and os.path.lexists(os.path.join(directory, each))
        ]
        try:
            found.append(_read(kind, path)._replace(beside=beside))
        except (FileNotFoundError, NotADirectoryError):
            found += (
                [ServiceFile(kind, path, "", beside=beside)] if kind == RABBITMQ and os.path.isdir(directory) else []
            )
        except (MomentumError, OSError) as error:
            found.append(ServiceFile(kind, path, None, reason="it cannot be read: %s" % error))
    return [one._replace(mode=modes.get(one.path, one.mode)) for one in found]


def _read(kind: str, path: str) -> ServiceFile:
    descriptor, info = reading.open_regular(path)
    try:
        content = reading.content(descriptor, info, path, "keywords")
    finally:
        os.close(descriptor)
    return ServiceFile(kind, path, content.decode("utf-8", "surrogateescape"), stat.S_IMODE(info.st_mode))


def current(
    now: CurrentConfiguration,
    version: Optional[str],
    prefix: str,
    taken: Sequence[Accepted] = (),
    secret_options: FrozenSet[str] = frozenset(),
    modes: Mapping[str, int] = MappingProxyType({}),
) -> List[Dict[str, Any]]:
    """Return what is open, and what nobody can tell, as a result shows it. version: None or '' where it is not known. modes: as of `services`."""
    found = judge.findings(now, version or None, proxies(prefix), secret_options, services(prefix, modes))
    return judge.as_data(found, taken, secret_options)
