# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML by construction: text is escaped on its way in, so no page can forget it."""

from html import escape
from typing import Iterable, Union

from ...module_utils import visible

Attribute = Union[str, int, float, None]


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def text(value: str) -> Html:
    """Escape a text; what cannot be seen in it is spelled out."""
    return Html(escape(visible.line(value), quote=True))


def tag(element: str, *children: Union[str, Iterable[str]], **attributes: Attribute) -> Html:
    """An element; a trailing underscore of an attribute is dropped, others are hyphens, None leaves the attribute out.

    Children are strings, escaped unless they are Html, or iterables of them.
    """
    words = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return Html("<%s%s>%s</%s>" % (element, words, join(children), element))


def void(element: str, **attributes: Attribute) -> Html:
    """An element without content, of HTML; in SVG the slash closes it."""
    return Html(
        "<%s%s/>" % (element, "".join(_attribute(key, value) for key, value in attributes.items() if value is not None))
    )


def join(children: Iterable[Union[str, Iterable[str]]], between: str = "") -> Html:
    """Several children in a row."""
    return Html(between.join(_child(child) for child in children))


def _child(child: Union[str, Iterable[str]]) -> str:
    if isinstance(child, Html):
        return child
    return text(child) if isinstance(child, str) else join(child)


def _attribute(key: str, value: Attribute) -> str:
    return ' %s="%s"' % (key.rstrip("_").replace("_", "-"), text(str(value)))


def coordinate(value: float) -> str:
    """A coordinate without needless zeros."""
    return ("%.3f" % value).rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """A coordinate relative to the picture's width."""
    return coordinate(value) + "%"
