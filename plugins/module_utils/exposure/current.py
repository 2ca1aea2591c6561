# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is open on a node. Reads nothing but the files of API proxies; the configuration is the one that was read already."""

import os
from typing import Any, Dict, FrozenSet, List, Optional, Sequence

from ..config.current import CurrentConfiguration
from ..errors import MomentumError
from ..files import reading
from . import judge
from .judge import Accepted
from .rules import PROXIES
from .subject import Proxy


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


def current(
    now: CurrentConfiguration,
    version: Optional[str],
    prefix: str,
    taken: Sequence[Accepted] = (),
    secret_options: FrozenSet[str] = frozenset(),
) -> List[Dict[str, Any]]:
    """Return what is open, and what nobody can tell, as a result shows it. version: None or '' where it is not known."""
    found = judge.findings(now, version or None, proxies(prefix), secret_options)
    return judge.as_data(found, taken, secret_options)
