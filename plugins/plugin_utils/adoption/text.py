# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of variables of an adopted node: commented, and the same text for the same node.

What comes from a node can be anything: text that looks like a template is marked `!unsafe`, so that Ansible does not run it, and
in comments it cannot end the line.
"""

import textwrap
from typing import Any, Dict, Iterable, List, Mapping, Sequence

import yaml

from .sections import HEADER, SECTIONS, Section

WIDTH = 120  # columns of a comment; longer ones are continued
_WHOLE_WORDS: Dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
_STRING = "tag:yaml.org,2002:str"
TEMPLATES = ("{{", "{%", "{#")
ENDLESS = 1 << 30  # columns, so that no value is folded


class _Text(str):
    """A text that Ansible would take for a template."""


class _Quoted(str):
    """A text with characters that end a line, or vanish, unless they are written as numbers in double quotes."""


class _Dumper(yaml.SafeDumper):
    """Writes lists below their key indented, and marks templates."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists, too, as yamllint has it."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


_Dumper.add_representer(_Quoted, lambda dumper, data: dumper.represent_scalar(_STRING, str(data), style='"'))
_Dumper.add_representer(_Text, lambda dumper, data: dumper.represent_scalar("!unsafe", str(data), style='"'))


def text(host: str, variables: Mapping[str, Any], remarks: Mapping[str, Sequence[str]]) -> str:
    """The whole file: header, then each section with its comment, its remarks (by section) and its variables.

    A variable that no section knows comes last.
    """
    known = {name for section in SECTIONS for name in section.variables}
    rest = Section("other", "Others.", tuple(sorted(set(variables) - known)))
    parts = ["---\n" + _comment(HEADER.format(host=host))]
    for section in SECTIONS + ((rest,) if rest.variables else ()):
        held = {name: variables[name] for name in section.variables if name in variables}
        if held:
            parts.append(_section(section, held, remarks.get(section.name, ())))
    return "\n".join(parts)


def sorted_settings(settings: Iterable[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Settings by scope and option, the global scope first."""
    return sorted(settings, key=lambda entry: ([part.lower() for part in entry["scope"]], entry["option"].lower()))


def different(one: str, other: str) -> List[str]:
    """The names of the variables in which two files differ, sorted; of their values nothing is told."""
    left, right = _values(one), _values(other)
    return sorted(name for name in set(left) | set(right) if left.get(name) != right.get(name))


def _section(section: Section, held: Mapping[str, Any], remarks: Sequence[str]) -> str:
    lines = [_comment(section.comment)] + [_remark(words) for words in remarks]
    for name, value in held.items():
        value = sorted_settings(value) if name == "momentum_settings" else value
        lines.append(
            yaml.dump({name: _marked(value)}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=ENDLESS)
        )
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


def _marked(value: Any) -> Any:
    """A copy of plain data, without the classes that Ansible gave it, in which texts that look like templates are marked."""
    if isinstance(value, Mapping):
        return {_printed(str.__str__(key)): _marked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(item) for item in value]
    if isinstance(value, str):
        plain = str.__str__(value)
        return _Text(plain) if any(sign in plain for sign in TEMPLATES) else _printed(plain)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _printed(value: str) -> str:
    return value if value.isprintable() else _Quoted(value)


def _values(content: str) -> Dict[str, Any]:
    """The variables of a file as comparable data, whatever tags it has; empty if it is no mapping of YAML."""
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return {}
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): yaml.serialize(value) for key, value in node.value}
