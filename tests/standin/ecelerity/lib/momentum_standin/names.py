# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options and scopes there are: two tables, names.tsv and scopes.txt beside this file."""

import os
import re
from typing import Dict, List, NamedTuple, Set

_HERE = os.path.dirname(os.path.abspath(__file__))


class Known(NamedTuple):
    """An option: type ('boolean', 'integer', 'octal', 'enum(a|b)' or ''), default as text ('' when there is none)."""

    type: str
    default: str


def _lines(name: str) -> List[str]:
    with open(os.path.join(_HERE, name)) as file:
        return [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]


def _options() -> Dict[str, Known]:
    rows = (line.split("\t") for line in _lines("names.tsv"))
    return {row[0]: Known(row[1], row[2]) for row in rows}


OPTIONS: Dict[str, Known] = _options()
# 'core': its options must be known; 'module': its options are the module's business, which the stand-in does not have.
SCOPES: Dict[str, str] = dict(line.split("\t") for line in _lines("scopes.tsv"))
_BOOLEANS: Set[str] = {"on", "off", "true", "false", "enabled", "disabled", "yes", "no", "0", "1"}
_PATTERNS = {"integer": re.compile(r"-?[0-9]+\Z"), "octal": re.compile(r"0[0-7]+\Z")}


def fits(kind: str, value: object) -> bool:
    """Whether a value has its option's type. Types that the table does not name fit always."""
    if not kind:
        return True
    if not isinstance(value, str):
        return False
    if kind == "boolean":
        return value.lower() in _BOOLEANS
    if kind.startswith("enum("):
        return value.lower() in kind[5:-1].lower().split("|")
    return bool(_PATTERNS[kind].match(value))
