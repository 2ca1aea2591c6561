# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every report has from the base layout: escaping, plain data only, and a page for whoever fills its blocks."""

import re
import sys
from datetime import datetime

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the report is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from jinja2 import ChoiceLoader, DictLoader, UndefinedError
from report_pages import Page

from plugins.plugin_utils.report import render as renderer
from plugins.plugin_utils.report.render import LONGEST, render

DATA = {
    "title": "Another report",
    "headline": "all is well",
    "generated": "2026-11-21T08:40:00Z",
    "time": "21 Nov 2026, 08:40 UTC",
    "contents": [{"id": "findings", "text": "Findings"}],
    "tiles": [{"count": 0, "text": "failed", "tone": "bad urgent", "sign": "✕"}],
}
ANOTHER = """\
{% extends "base.html.j2" %}
{% import "parts.html.j2" as parts %}
{% block lead %}{{ found }} nodes were audited.{% endblock %}
{% block main %}
  <section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>{{ parts.filters("Warnings", "Failures") }}
  </section>
{% endblock %}
"""


@pytest.fixture
def another(monkeypatch):
    own = DictLoader({"another.html.j2": ANOTHER, "text.html.j2": "<p title='{{ text }}'>{{ text }}</p>"})
    monkeypatch.setattr(renderer.ENVIRONMENT, "loader", ChoiceLoader([own, renderer.ENVIRONMENT.loader]))


@pytest.mark.usefixtures("another")
def test_another_report_brings_its_own_parts_only():
    parsed = Page(render("another.html.j2", dict(DATA, found=3)))
    assert parsed.count("style") == parsed.count("header") == parsed.count("footer") == 1
    assert "3 nodes were audited." in parsed.text
    assert "All is well" in parsed.text and "Another report: all is well" in parsed.text
    assert parsed.count("li", "bad urgent zero") == 1
    assert [a.get("id") for name, a in parsed.found if name == "input"] == ["show-all", "show-attention", "show-urgent"]


@pytest.mark.usefixtures("another")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b & 'c' \"d\"", "a &lt; b &amp; &#39;c&#39; &#34;d&#34;"),
        ("\u2028\x1b[31m\n\u202e", "\\u2028\\x1b[31m\\x0a\\u202e"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("x" * (LONGEST + 5), "x" * LONGEST + "… (5 more characters)"),
    ],
)
def test_a_text_is_only_text(text, shown):
    assert render("text.html.j2", {"text": text}) == "<p title='%s'>%s</p>\n" % (shown, shown)


@pytest.mark.usefixtures("another")
def test_a_text_that_calls_itself_markup_is_escaped():
    class Markup(str):
        def __html__(self):
            return "<b>"

        __str__ = __html__

    assert render("text.html.j2", {"text": Markup("<i>")}) == "<p title='&lt;i&gt;'>&lt;i&gt;</p>\n"


@pytest.mark.usefixtures("another")
def test_a_value_that_is_missing_is_an_error_and_not_an_empty_place():
    with pytest.raises(UndefinedError):
        render("another.html.j2", DATA)


@pytest.mark.usefixtures("another")
@pytest.mark.parametrize("value", [datetime(2026, 1, 1), {1}, print, b"x"])
def test_nothing_but_plain_data_gets_into_a_template(value):
    with pytest.raises(TypeError, match="plain data"):
        render("another.html.j2", {"rows": [{"value": value}]})


def test_no_template_turns_escaping_off():
    for name in renderer.ENVIRONMENT.list_templates():
        source, _path, _fresh = renderer.ENVIRONMENT.loader.get_source(renderer.ENVIRONMENT, name)
        assert not re.search(r"\|\s*(safe|forceescape)\b|autoescape|Markup", source), name
