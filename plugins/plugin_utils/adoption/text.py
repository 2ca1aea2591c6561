# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of variables of an adopted node: commented, and the same text for the same node.

What comes from a node can be anything: every text is written as `!unsafe`, so that Ansible does not run it, only variables that an
adoption writes are written, and in comments nothing can end the line.
"""

import textwrap
from typing import Any, Dict, Iterable, List, Mapping, Sequence

import yaml

from ..node_text import as_variable, plain
from .accepted import refuse_others
from .sections import HEADER, SECTIONS, Section

WIDTH = 120  # columns of a comment; longer ones are continued
_WHOLE_WORDS: Dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def text(host: str, variables: Any, remarks: Mapping[str, Sequence[str]]) -> str:
    """The whole file: header, then each section with its comment, its remarks (by section) and its variables.

    Raises AdoptionError for variables that an adoption does not write.
    """
    described = plain(variables)
    refuse_others(host, described)
    parts = ["---\n" + _comment(HEADER.format(host=host))]
    for section in SECTIONS:
        held = {name: described[name] for name in section.variables if name in described}
        if held:
            parts.append(_section(section, held, remarks.get(section.name, ())))
    return "\n".join(parts)


def sorted_settings(settings: Iterable[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Settings by scope and option, the global scope first."""
    return sorted(settings, key=lambda entry: ([part.lower() for part in entry["scope"]], entry["option"].lower()))


def different(one: str, other: str) -> List[str]:
    """The names of the variables in which two files differ, sorted; their values are not reported."""
    left, right = _values(one), _values(other)
    return sorted(name for name in set(left) | set(right) if left.get(name) != right.get(name))


def _section(section: Section, held: Mapping[str, Any], remarks: Sequence[str]) -> str:
    lines = [_comment(section.comment)] + [_remark(words) for words in remarks]
    for name, value in held.items():
        value = sorted_settings(value) if name == "momentum_settings" else value
        lines.append(as_variable(name, value))
    return "".join(lines)


def _comment(words: str) -> str:
    """A paragraph."""
    return textwrap.fill(_printable(words), WIDTH, initial_indent="# ", subsequent_indent="# ", **_WHOLE_WORDS) + "\n"


def _remark(words: str) -> str:
    """An item below it; what cannot be printed is written as a number, so that nothing ends the line."""
    return (
        textwrap.fill(_printable(words), WIDTH, initial_indent="# - ", subsequent_indent="#   ", **_WHOLE_WORDS) + "\n"
    )


def _printable(words: str) -> str:
    return "".join(one if one.isprintable() else "\\u%04x" % ord(one) for one in str(words))


def _values(content: str) -> Dict[str, Any]:
    """The variables of a file as comparable data, whatever tags it has; empty if it is no mapping of YAML."""
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return {}
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): yaml.serialize(value) for key, value in node.value}
