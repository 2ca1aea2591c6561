# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS as a configuration has it on a node. A plan asks it of the configuration as it would be, too."""

from typing import Dict, List, NamedTuple

from ..catalog import catalog
from ..ecconf.effective import Effective
from ..ecconf.loader import Configuration
from ..ecconf.paths import Path
from . import inbound
from .inbound import Entrance
from .values import in_force
from .values.meaning import Context, engine_in_force
from .values.openssl_library import Library


class CurrentTls(NamedTuple):
    """configuration: the files. effective: what is in force of them, without options that Momentum ignores where they are. context: the
    version of Momentum, the node's OpenSSL and the engine, which decide what values mean."""

    configuration: Configuration
    effective: Effective
    context: Context

    def entrances(self, around: Path = ()) -> List[Entrance]:
        """Return where clients meet a listener of a scope, and whether they can begin TLS there."""
        return inbound.entrances(self.effective, around)

    def in_force(self, path: Path) -> Dict[str, List[str]]:
        """Return the names of protocols, ciphers, suites and groups that a scope negotiates. Raises TlsError for values that cannot be
        read."""
        return in_force.of(path, self.effective, self.context)

    def changed(self, configuration: Configuration) -> "CurrentTls":
        """Return TLS as another configuration of the same node has it."""
        return self._replace(configuration=configuration, effective=effective_of(configuration))


def current(configuration: Configuration, version: str, library: Library) -> CurrentTls:
    """Return TLS as a configuration has it. version: of Momentum."""
    effective = effective_of(configuration)
    return CurrentTls(configuration, effective, Context(version, library, engine_in_force(effective)))


def effective_of(configuration: Configuration) -> Effective:
    """Return what is in force, without options that Momentum ignores where they are."""
    return Effective(configuration, catalog.recognised)
