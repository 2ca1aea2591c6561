# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module of the collection must keep, whichever it is and whenever it was written."""

import json
import os
import stat
import unicodedata

import pytest
from module_nodes import (
    ACCEPTED,
    ALL,
    MODULES,
    PLANTED,
    PREDICTED,
    READING,
    REFUSED,
    REPEATED,
    Node,
    contents_of,
    few_of_each,
    load_cases,
)

from plugins.module_utils.text import visible


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_cases_that_change_nothing_that_change_and_that_are_refused(module):
    cases = load_cases(module)
    assert cases, "write tests/contract/cases/%s.yml" % module
    reads_only = module.endswith(READING)
    assert reads_only or any(case.get("changed") for case in cases)
    assert any(case.get("failed") for case in cases)
    assert any(not case.get("files") and not case.get("archives") for case in cases), (
        "a case on an empty node is missing"
    )


@pytest.mark.parametrize("module, case", ALL)
def test_check_mode_writes_nothing(module, case, story_of):
    story = story_of(module, case)
    assert story.checked == story.before


@pytest.mark.parametrize("module, case", ACCEPTED)
def test_check_mode_says_what_the_run_then_does(module, case, story_of):
    story = story_of(module, case)
    predicted = story.check.result
    assert not predicted.get("failed"), predicted.get("msg")
    if case.get("check_only"):
        return
    done = story.done.result
    assert not done.get("failed"), done.get("msg")
    assert done["changed"] is case.get("changed", False)
    for key in PREDICTED:
        assert predicted.get(key) == done.get(key), key
    for key, value in case.get("returned", {}).items():
        returned = done["parts"][case["part"]] if "part" in case else done
        assert returned[key] == story.node.fill(value), key


@pytest.mark.parametrize("module, case", REPEATED)
def test_a_second_run_changes_nothing(module, case, story_of):
    story = story_of(module, case)
    again = story.again.result
    assert again["changed"] is False, again.get("diff")
    assert again.get("activation", "none") == "none"
    assert story.last == story.after


@pytest.mark.parametrize("module, case", [param for param in REPEATED if "secret" not in param.id])
def test_the_diff_laid_over_the_old_files_gives_the_new_ones(module, case, story_of):
    story = story_of(module, case)
    node, laid = story.node, contents_of(story.before)
    for entry in story.done.result["diff"]:
        name = os.path.relpath(entry["before_header"], str(node.root))
        if "before" in entry and not name.startswith(".."):
            assert shown(laid.get(name, b"")) == entry["before"]
            laid[name] = entry["after"].encode("utf-8", "surrogateescape")
    after = {name: text for name, text in story.after.items() if stat.S_ISREG(story.permissions[name])}
    seen = {name: shown(text) for name, text in laid.items() if name in after}
    assert seen == {name: shown(text) for name, text in after.items()}
    for path, text in case.get("expect", {}).items():
        assert after[path].decode() == node.fill(text)


# What an account of the node can put into names and texts, to be obeyed by the terminal of whoever runs the playbook: escape
# sequences of seven and eight bits, an override of the direction, a line of its own.
HOSTILE = "\x1b[2J\x9b31m\u202e\u2028\x7f\r\nok: [forged]"
HIDDEN_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
OF_LINES = {"before_header", "after_header"}


def dangerous(text, allowed="\n\t"):
    return [sign for sign in text if sign not in allowed and unicodedata.category(sign) in HIDDEN_KINDS]


def shown(content):
    """A file's content as a difference shows it, with what no terminal may see spelled out."""
    text = content.decode("utf-8", "surrogateescape")
    return "".join(visible.block(sign) if dangerous(sign) else sign for sign in text)


def texts_in(value, key=""):
    """Every text of a result with the name of what holds it, keys included."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield "", name
            yield from texts_in(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item, key)
    elif isinstance(value, str):
        yield key, value


@pytest.mark.parametrize("module, case", few_of_each(ALL))
def test_no_name_or_text_of_a_node_commands_a_terminal(module, case, tmp_path):
    # An argument with control characters is refused, so the node's own path, to which the argument is a link, has them.
    (tmp_path / HOSTILE).mkdir(mode=0o755)
    root = tmp_path / "node"
    root.symlink_to(HOSTILE)
    node = Node(root, case)
    for name, content in case.get("files", {}).items():
        if name.endswith(".conf"):
            node.write(name, content + 'X_Hostile = "%s"\n# \udcff\n' % HOSTILE)
    outcome = node.run(module, check=case.get("check_only", False))
    assert "Traceback" not in outcome.output
    for key, text in texts_in(outcome.result):
        assert not dangerous(text, "" if key in OF_LINES else "\n\t"), (key, text)
        if key in ("msg", "warnings"):
            assert "\nok: [forged]" not in text


@pytest.mark.parametrize("module, case", ALL)
def test_no_planted_secret_leaves_the_node(module, case, story_of):
    story = story_of(module, case)
    for outcome in (story.check, story.done, story.again):
        leaked = set(PLANTED.findall(outcome.output)) if outcome else set()
        assert not leaked


@pytest.mark.parametrize("module, case", REFUSED)
def test_a_refusal_names_the_reason_and_loses_nothing(module, case, story_of):
    story = story_of(module, case)
    for refused in ([] if case.get("run_only") else [story.check.result]) + [story.done.result]:
        assert refused.get("failed") is True
        for words in case["failed"] if isinstance(case["failed"], list) else [case["failed"]]:
            assert story.node.fill(words) in refused["msg"]
        assert "Traceback" not in json.dumps(refused) and "[Errno" not in refused["msg"]
    assert story.after == contents_of(story.before)
