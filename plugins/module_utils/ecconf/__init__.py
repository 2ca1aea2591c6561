# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Momentum's configuration language without loss: read, look, change, write.

``parse(text, filename=None)`` gives a ``Document``; ``str(document)`` is the text again, byte for byte, and
``document.to_data()`` plain nested data. ``ParseError`` says file, line, column, what stands there and what was
expected. Changes are made by the functions of ``ecconf.edit``, values are written by ``ecconf.values``; both are
imported only by those who need them.
"""

from .document import Document, Include, Option, Scope
from .errors import EditError, ParseError
from .parser import parse
from .paths import format_path, parse_path

__all__ = ("Document", "EditError", "Include", "Option", "ParseError", "Scope", "format_path", "parse", "parse_path")
