# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Has the running process loaded the configuration on disk?

Where the process is the one of the last record, contents are compared, which is exact. Else only files count that were
changed after the process started.
"""

import os
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from ..ecconf.effective import Effective
from ..ecconf.loader import Configuration
from ..errors import MomentumError
from ..files import reading
from ..state.pending import Activated
from .process import Process

# The kernel tells its boot time, and so the start of a process, in whole seconds.
SLACK = 2.0


class Drift(NamedTuple):
    """What it takes to catch up, and the files that differ."""

    level: str
    files: Sequence[str]


NO_DRIFT = Drift("none", ())


def digests(configuration: Configuration, effective: Effective) -> Dict[str, str]:
    """The SHA-256 of every file of a configuration, and of every certificate that it names; empty for one that cannot be read."""
    from hashlib import sha256

    texts = {file.path: bytes(file.document) for file in configuration.files}
    texts.update((path, content(path)) for path in certificates_of(effective) if path not in texts)
    return {path: sha256(text).hexdigest() if text else "" for path, text in texts.items()}


def certificates_of(effective: Effective) -> List[str]:
    """The files that TLS_Certificate names in any scope."""
    named = [str(one.value) for one in effective.settings() if one.name.lower() == "tls_certificate"]
    return sorted({path for path in named if os.path.isabs(path)})


def content(path: str) -> bytes:
    """The content of a certificate's file; empty where it cannot be read."""
    try:
        return reading.read(path, "pem")
    except (MomentumError, OSError):
        return b""


def snapshot(configuration: Configuration, effective: Effective, process: Process) -> Activated:
    """What a process that has just loaded a configuration is to be remembered by."""
    from ..console_access.endpoints import configured

    key = [process.pid, process.start_ticks]
    consoles = configured(effective)
    return Activated(
        key, digests(configuration, effective), static_digest(effective), listener_digest(effective), consoles
    )


def changed_files(
    now: Dict[str, str], recorded: Optional[Activated], process: Process, changed_at: Callable[[str], float]
) -> List[str]:
    """The files that the process has not loaded; `changed_at` is the time of a file's last change (ctime). A file without a digest cannot be
    read, and so not be loaded."""
    known = recorded.files if recorded is not None else {}
    differing = [path for path in now if now[path] and known.get(path) != now[path]]
    if recorded is not None and list(recorded.process) == [process.pid, process.start_ticks]:
        return sorted(differing + [path for path in known if path not in now])
    return sorted(path for path in differing if changed_at(path) > process.start_time - SLACK)


def judge(
    files: Sequence[str], of_node: Sequence[str], recorded: Optional[Activated], static: Callable[[], str]
) -> Drift:
    """Tell whether changed files need a reload or a restart.

    A file in a {NODENAME} directory needs a restart (page *conf-overview*), and so do the options and scopes that the
    catalog marks; without a record only a reload can be justified.
    """
    if not files:
        return NO_DRIFT
    needs_restart = any(path in of_node for path in files) or (recorded is not None and static() != recorded.static)
    return Drift("restart" if needs_restart else "reload", files)


def static_digest(effective: Effective) -> str:
    """A digest of everything in force that only a restart applies."""
    from ..catalog import catalog

    options = [
        (setting.path, setting.name.lower(), setting.value)
        for setting in effective.settings()
        if catalog.activation(setting.name, setting.path) == "restart"
    ]
    scopes = [path for path in effective.scopes() if catalog.scope_activation(path) == "restart"]
    return _digest(sorted(map(repr, options)) + sorted(map(repr, scopes)))


def listener_digest(effective: Effective) -> str:
    """A digest of all addresses that are listened on.

    A change between a certain address and the wildcard needs two reloads (page *listeners*).
    """
    return _digest(sorted(repr(path) for path in effective.scopes("listen")))


def _digest(words: Sequence[str]) -> str:
    from hashlib import sha256

    return sha256("\n".join(words).encode("utf-8", "surrogateescape")).hexdigest()
