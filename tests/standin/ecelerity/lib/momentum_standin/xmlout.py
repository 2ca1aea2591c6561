# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration as XML. The vendor's schema is not documented; this one is the stand-in's own."""

import re
from typing import Iterator
from xml.sax.saxutils import escape, quoteattr

from .tree import Scope, Setting

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(tree: Scope) -> str:
    """The whole text."""
    body = "\n".join(_scope(tree, "  "))
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<!-- written by a stand-in for Momentum; the schema is its own -->\n'
    )
    return _FORBIDDEN.sub("?", "%s<configuration>\n%s\n</configuration>\n" % (head, body))


def _scope(scope: Scope, indent: str) -> Iterator[str]:
    for setting in scope.options.values():
        yield indent + _option(setting)
    for inner in scope.scopes.values():
        instance = "" if inner.instance is None else " instance=%s" % quoteattr(inner.instance)
        yield "%s<scope name=%s%s>" % (indent, quoteattr(inner.name), instance)
        yield from _scope(inner, indent + "  ")
        yield indent + "</scope>"


def _option(setting: Setting) -> str:
    value = setting.value
    if isinstance(value, list):
        text = "".join("<item>%s</item>" % escape(one) for one in value)
    elif isinstance(value, dict):
        text = "".join("<item key=%s>%s</item>" % (quoteattr(key), escape(str(one))) for key, one in value.items())
    else:
        text = escape(value)
    return '<option name=%s file=%s line="%d">%s</option>' % (
        quoteattr(setting.name),
        quoteattr(setting.file),
        setting.line,
        text,
    )
