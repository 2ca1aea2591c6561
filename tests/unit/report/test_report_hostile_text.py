# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a node answers, and in whichever text: through both filters it becomes text of the page and nothing else."""

import sys
from pathlib import Path

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the report is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from hypothesis import example, given, settings
from hypothesis import strategies as st
from report_pages import HOSTILE, Page
from report_samples import NOW, SILENT, entry, host

from plugins.module_utils.text import visible
from plugins.plugin_utils.report.certificate_list import LISTS, TEXTS
from plugins.plugin_utils.report.render import LONGEST

# Filters import by the name of their collection.
sys.path.append(str(Path(__file__).resolve().parents[3] / ".ansible" / "collections"))
from ansible_collections.msys.momentum.plugins.filter.certificate_page import certificate_page
from ansible_collections.msys.momentum.plugins.filter.certificate_report import certificate_report

HIDDEN = ("key_path",)  # of a certificate, that the page does not show
PIECES = ["<", ">", '"', "'", "&", "</", "-->", "]]>", "{{", "}}", "{%", "\\", "/", "=", "script", "style", "on", "#"]
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.lists(st.sampled_from(PIECES) | st.characters(), max_size=12).map("".join),
)
PLACES = [*TEXTS, *LISTS, "host", "reason", "partial", "title"]
ALL = st.fixed_dictionaries({place: TEXT for place in PLACES})


def marked(texts):
    """Each text with the name of its place, so that it can be found."""
    return {place: "%szq%s" % (text, place) for place, text in texts.items()}


def answers(texts):
    """A host that uses a text wherever a node can put one: in a certificate, in one that cannot be read, and in errors."""
    fields = dict({key: texts[key] for key in TEXTS}, **{key: [texts[key], texts[key]] for key in LISTS})
    certificates = [entry(**fields), entry(**dict(fields, not_before=texts["path"], not_after=texts["reason"]))]
    problems = [{"kind": texts["path"], "message": texts["partial"]}]
    silent = {"found": dict(SILENT, msg=texts["reason"])}
    return {texts["host"]: {"found": dict(host(*certificates), problems=problems)}, "silent": silent}


def shown(texts):
    found = answers(texts)
    return certificate_page(certificate_report(found, list(found), "found", NOW.isoformat()), texts["title"])


HARMLESS = Page(shown(marked(dict.fromkeys(PLACES, "a/b"))))


@settings(max_examples=settings.default.max_examples // 4)
@given(ALL)
@example(dict.fromkeys(PLACES, HOSTILE[0]))
@example(dict.fromkeys(PLACES, ""))
def test_a_text_of_a_node_is_text_of_the_page_and_nothing_else(texts):
    texts = marked(texts)
    markup = shown(texts)
    parsed = Page(markup)
    assert parsed.vocabulary() <= HARMLESS.vocabulary()
    assert not [value for value in parsed.values() if "zq" in value], "in an attribute"
    assert visible.line(markup[:-1]) == markup[:-1], "something on the page cannot be seen"
    for place in set(PLACES) - set(HIDDEN):
        text = texts[place]
        whole = visible.line(text) in parsed.text
        assert whole or len(text) > LONGEST and text[: LONGEST - 100] in parsed.text, place


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_changes_what_a_page_is_made_of(text):
    parsed = Page(shown(marked(dict.fromkeys(PLACES, text.replace("/", "|")))))
    expected = Page(shown(marked(dict.fromkeys(PLACES, "x"))))
    assert parsed.found == expected.found
