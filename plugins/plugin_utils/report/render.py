# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render any report as one HTML file that needs nothing but a browser: no script, no network.

Each kind of report has a template in `templates/` that extends `base.html.j2`, which lists the data it needs, and a function that
turns the report into plain data for it. Nothing here or in the base layout knows what a report is about.

Texts of a report come from machines that the controller does not trust. They are data of a template and never a template: Jinja2
escapes every one (`autoescape`), and what is invisible or too long in it is replaced before a template sees it. Ansible's own
templating has no part in it.
"""

import re
from pathlib import Path
from typing import Any, Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...module_utils.text import visible

LONGEST = 2000  # characters of one text; the rest is left out
_LAYOUT = re.compile(r"\n\s*")


class _Templates(FileSystemLoader):
    """Templates without their line breaks and indentation, which are for the reader of the template, not of the page."""

    def get_source(self, environment: Environment, template: str) -> Any:
        """Return source, file name and freshness as Jinja2 expects them."""
        source, filename, is_fresh = super().get_source(environment, template)
        return _LAYOUT.sub("", source), filename, is_fresh


ENVIRONMENT = Environment(
    loader=_Templates(str(Path(__file__).parent / "templates")), autoescape=True, undefined=StrictUndefined
)


def render(template: str, data: Mapping[str, Any]) -> str:
    """Return the page, with a final newline. data: dictionaries, lists, texts, numbers, booleans and None; TypeError for others.

    The same data gives the same page. A value that a template needs and does not get is an error of Jinja2 (UndefinedError).
    """
    return ENVIRONMENT.get_template(template).render(_presentable(data)) + "\n"


def _presentable(value: Any) -> Any:
    """Return a copy as plain data, without the classes that Ansible gives to values, each text in it fit to be shown."""
    if isinstance(value, str):
        return _text(str.__str__(value))
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: _presentable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_presentable(item) for item in value]
    raise TypeError("a report holds plain data only, not %s" % type(value).__name__)


def _text(text: str) -> str:
    if len(text) > LONGEST:
        text = "%s… (%d more characters)" % (text[:LONGEST], len(text) - LONGEST)
    return visible.line(text)
