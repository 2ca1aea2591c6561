# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that a node returned, on its way into variables, templates and files of the controller.

What a node says is data. Ansible runs a text as a template wherever it trusts it, and a header such as `#jinja2:` changes what a
template looks like, so no text is looked at: every one is marked, the keys of dictionaries included.
"""

from typing import Any, Mapping

import yaml
from ansible.utils.unsafe_proxy import wrap_var

_STRING = "tag:yaml.org,2002:str"
_ENDLESS = 1 << 30  # columns, so that no value is folded


class _Name(str):
    """The name of a variable, which is the collection's own."""


class _Dumper(yaml.SafeDumper):
    """Writes texts as `!unsafe`, in double quotes, and lists below their key indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists, too, as yamllint has it."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Mark it. ansible-core 2.19 and later gives a marked scalar the type that it would have without quotes, so that `0660`
    would become a number: what YAML takes for no text is quoted alone. Nothing of that kind can be a template."""
    is_text = dumper.resolve(yaml.ScalarNode, text, (True, False)) == _STRING
    return dumper.represent_scalar("!unsafe" if is_text else _STRING, text, style='"')


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Name, lambda dumper, data: dumper.represent_scalar(_STRING, str(data)))


def untrusted(value: Any) -> Any:
    """A copy of what a node returned that Ansible never runs as a template, whatever ansible-core it is."""
    return wrap_var(plain(value))


def as_variable(name: str, value: Any) -> str:
    """YAML, with a final newline, that gives a variable what a node returned. name: one of the collection's own."""
    return yaml.dump({_Name(name): plain(value)}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_ENDLESS)


def plain(value: Any) -> Any:
    """A copy of data without the classes that Ansible gave it."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str.__str__(value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
