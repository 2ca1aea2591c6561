# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Momentum's configuration language without loss: read, look, change, write.

``parse(text, filename=None)`` gives a ``Document`` of ``Option``, ``Scope`` and ``Include`` nodes; ``str(document)``
is the text again and ``bytes(document)`` the bytes, to the last one, ``document.to_data()`` plain nested data,
``document.walk()`` every item with its container, ``warnings(document)`` what was read although undocumented.
``ParseError`` says file, line, column, what is there and what was expected; nothing else is raised.

``parse_path(['Listen ":25"'])`` reads scope names, ``format_path`` writes them. Changes are made by the functions of
``ecconf.edit`` (find, set, unset, comment out, rename and move options; ensure, rename and remove scopes and includes),
which raise ``EditError`` for what cannot be written; ``ecconf.values`` turns values into text and back. Both are
imported only by those who need them. docs/language.md tells the rules, and what was decided where the manuals are silent.
"""

from .paths import format_path, parse_path
from .syntax.document import Document, Include, Option, Scope
from .syntax.errors import EditError, ParseError
from .syntax.parser import parse
from .tolerated import warnings

__all__ = (
    "Document",
    "EditError",
    "Include",
    "Option",
    "ParseError",
    "Scope",
    "format_path",
    "parse",
    "parse_path",
    "warnings",
)
