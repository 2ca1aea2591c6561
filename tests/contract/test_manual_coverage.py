# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/manual-coverage.md is what its data gives, and nothing in it is named that is not in the tree."""

import copy
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECTION = {"section": "1", "title": "A section", "numbered": 2, "unnumbered": 1}
STEPS = [
    {
        "step": 1,
        "what": "The first",
        "status": "done",
        "by": ["msys.momentum.config: settings.option", "momentum_bundle"],
    },
    {
        "step": "2a",
        "what": "One thing",
        "status": "operator",
        "reason": "It is the site's",
        "by": ["momentum_settings"],
    },
    {"step": "2b", "what": "Another", "status": "missing", "reason": "Nothing does", "build": "A thing"},
    {"step": "a", "what": "More", "status": "not_applicable", "reason": "Not ours"},
]
PAGE = {
    "page": "4/a-page",
    "title": "A page",
    "updated": "2026-01-01",
    "count": 3,
    "sections": [dict(SECTION, steps=STEPS)],
}
CHAPTERS = [{"title": "A chapter", "about": "About it.", "pages": [PAGE]}]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("manual_coverage", str(ROOT / "tools" / "manual_coverage.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tree(tool):
    return tool.Tree()


def test_the_page_is_what_the_data_gives(tool):
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page_of(tool.load()), "run tools/manual_coverage.py"


def test_nothing_is_named_that_is_not_there_and_nothing_is_left_out(tool, tree):
    assert tool.problems(tool.load(), tree) == []


def test_every_chapter_of_the_issue_of_manuals_is_there(tool):
    pages = {page["page"] for chapter in tool.load() for page in chapter["pages"]}
    assert pages > {"manuals/installation-manual", "manuals/upgrade-manual", "4/4-cluster", "4/before-you-begin"}
    assert pages > {"4/install-security-considerations", "3/3-reference/install-security"}
    assert pages > {"3/3-reference/3-reference-conf-ref-%s" % name for name in ("user", "security", "capabilities")}


def test_the_kernel_parameters_that_a_row_refers_to_are_listed_but_for_the_one_that_linux_has_no_longer():
    """Page 4/byb-sysctl-conf has 22 with tcp_tw_recycle, page 4/byb-redefine-ephemeral-ports one."""
    text = (
        (ROOT / "docs" / "site.md").read_text(encoding="utf-8").partition("```ini\nfs.file-max")[2].partition("```")[0]
    )
    names = ["fs.file-max"] + [line.partition(" = ")[0] for line in text.splitlines()[1:]]
    assert len(set(names)) == len(names) == 22 and names == sorted(names)
    assert "net.ipv4.ip_local_port_range" in names and "net.ipv4.tcp_tw_recycle" not in names


def test_a_page_in_order_has_no_problems_and_says_who_does_what(tool, tree):
    assert tool.problems(CHAPTERS, tree) == []
    text = tool.page_of(CHAPTERS)
    assert "| [A chapter](#a-chapter) | 4 | 1 | 1 | 1 | 1 |" in text
    assert "| 1 a | More | does not apply | Not ours |" in text
    assert "| 1 step 2b | Another | missing | Nothing does. To build: A thing |" in text
    assert (
        "| 1 step 1 | The first | done | [`config`](../plugins/modules/config.py) `settings.option`, `momentum_bundle` |"
        in text
    )


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("msys.momentum.configure", "no such module"),
        ("msys.momentum.config: settings.colour", "no such option"),
        ("momentum_bundel", "no role describes this variable"),
        ("roles/install/tasks/main.yml: Install everything", "nothing there has this name"),
        ("roles/install/tasks/other.yml: Install Momentum", "no such file"),
        ("roles/install/vars/main.yml: momentum_bundle", "nothing there has this name"),
        ("roles/remove/tasks/main.yml: Install Momentum", "no such file"),
        ("playbooks/downgrade.yml: Stop the managers", "no such file"),
        ("plugins/module_utils/files/reading.py: write", "nothing there has this name"),
        ("the operator", "no such file"),
    ],
)
def test_what_is_not_in_the_tree_is_named(tool, tree, reference, complaint):
    assert complaint in tree.complaint(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "roles/install/tasks/bundle_removed.yml: Remove the unpacked bundle",
        "playbooks/upgrade.yml: Stop the managers",
        "playbooks/tasks/end_batch.yml: Record that the node is done",
        "roles/install/vars/main.yml: momentum_wanted_packages",
        "plugins/module_utils/security/stanza.py: SCOPE",
        "msys.momentum.security",
        "momentum_security_user",
    ],
)
def test_what_is_in_the_tree_is_found(tree, reference):
    assert tree.complaint(reference) == ""


def changed(place, **step):
    """The chapters with one step changed, keys of None removed."""
    chapters = copy.deepcopy(CHAPTERS)
    steps = chapters[0]["pages"][0]["sections"][0]["steps"]
    steps[place].update(step)
    steps[place] = {key: value for key, value in steps[place].items() if value is not None}
    return chapters


@pytest.mark.parametrize(
    ("place", "step", "complaint"),
    [
        (0, {"status": "finished"}, "status 'finished' is none of"),
        (0, {"by": None}, "done, but not said by what"),
        (0, {"by": ["momentum_bundel"]}, "no role describes"),
        (0, {"what": None}, "what it demands is missing"),
        (0, {"remark": "x"}, "unknown key remark"),
        (0, {"build": "A thing"}, "would have to be built"),
        (1, {"reason": None}, "not done, without a reason"),
        (1, {"differs": "x"}, "in no other way"),
        (2, {"build": None}, "would have to be built"),
        (1, {"step": "2"}, "the parts of step 2"),
        (2, {"step": 3}, "the numbered steps are"),
        (3, {"step": "b"}, "the steps without a number are"),
        (3, {"step": "last"}, "neither a number, nor a letter"),
    ],
)
def test_what_is_wrong_with_a_step_is_named_with_its_page(tool, tree, place, step, complaint):
    found = tool.problems(changed(place, **step), tree)
    assert found and all(words.startswith("4/a-page 1") for words in found)
    assert any(complaint in words for words in found), found


@pytest.mark.parametrize(("place", "complaint"), [(0, "the numbered steps are"), (3, "the steps without a number are")])
def test_a_step_that_was_counted_and_has_no_row_is_named(tool, tree, place, complaint):
    chapters = copy.deepcopy(CHAPTERS)
    del chapters[0]["pages"][0]["sections"][0]["steps"][place]
    assert [words for words in tool.problems(chapters, tree) if complaint in words]


def test_sections_that_do_not_make_up_the_page_are_named(tool, tree):
    chapters = copy.deepcopy(CHAPTERS)
    chapters[0]["pages"][0]["count"] = 4
    assert tool.problems(chapters, tree) == ["4/a-page: count is 4, but its sections have 3"]


def test_the_summary_of_site_reminds_of_what_the_data_has(tool, tree):
    assert tool.STEPS.read_text(encoding="utf-8") == tool.steps_of_site(tool.load()), "run tools/manual_coverage.py"
    chapters = copy.deepcopy(CHAPTERS)
    chapters[0]["site"] = ["standalone"]
    operator, done = STEPS[1], STEPS[0]
    remind = {"words": "look", "hosts": ["standalone"], "unless": "momentum_bundle"}
    chapters[0]["pages"][0]["sections"][0]["steps"] = [done, dict(operator, remind=remind), *STEPS[2:]]
    assert tool.problems(chapters, tree) == []
    assert "    count: 1\n    remind:\n      - words: look\n        unless: momentum_bundle\n" in tool.steps_of_site(
        chapters
    )
    for step in (
        dict(done, remind=remind),
        dict(operator, remind={"words": "look"}),
        dict(operator, remind=dict(remind, unless="x")),
    ):
        assert list(tool._wrong(step, tree)), step
