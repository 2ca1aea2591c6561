# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of a node as they are."""

import os
import stat
from datetime import datetime
from typing import Any, Dict, List, Sequence

from ..files import reading
from . import inspection
from .inventory import CertificateFile
from .x509 import cryptography_library


def read(path: str) -> inspection.File:
    """Read a regular file of sensible size with its mode. Raises UnsafePath, OSError."""
    descriptor, info = reading.open_regular(path)
    try:
        return inspection.File(reading.content(descriptor, info, path, "pem"), stat.S_IMODE(info.st_mode))
    finally:
        os.close(descriptor)


def current(places: Sequence[CertificateFile], now: datetime) -> List[Dict[str, Any]]:
    """Describe every certificate. now: aware. Raises CertificateError if there is something to read and nothing to read it with."""
    if any(reading.is_file(place.path) for place in places):
        cryptography_library.x509.Certificate  # noqa: B018 - its absence is explained by whoever asks for it
    return [entry for place in places for entry in inspection.inspect(place, read, now)]
