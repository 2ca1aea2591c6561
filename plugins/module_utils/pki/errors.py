# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error of everything about certificates."""

from contextlib import contextmanager
from typing import Iterator

from ..errors import MomentumError


class CertificateError(MomentumError):
    """One sentence that names the file or unit, what is wrong with it, and the remedy."""


@contextmanager
def naming(unit: str) -> Iterator[None]:
    """Put the name of a unit before the words of every CertificateError raised inside."""
    try:
        yield
    except CertificateError as error:
        raise CertificateError("certificate %s: %s" % (unit, error))
