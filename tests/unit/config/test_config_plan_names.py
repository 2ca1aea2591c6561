# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Includes are compared by what they stand for, and names that nobody can mean are refused."""

import pytest
from test_config_plan import Files, want

from plugins.module_utils.config.plan import NOTHING, DesiredSetting, PlanError

SPELLINGS = [
    "b.conf",
    "./b.conf",
    "../default/b.conf",
    "/conf/default/b.conf",
    "/conf//default/./b.conf",
    "file:///conf/default/b.conf",
]


@pytest.mark.parametrize("asked", SPELLINGS)
@pytest.mark.parametrize("there", SPELLINGS)
def test_every_spelling_of_an_include_is_the_same(there, asked):
    files = Files(ecelerity='include "%s"\n' % there, b="A = 1\n")
    assert files.plan(want(include=asked)) == NOTHING
    assert files.after(want(include=asked, state="absent"))["ecelerity.conf"] == ""
    assert files.after(want(include=asked, readonly=True))["ecelerity.conf"] == 'readonly_include "%s"\n' % there


def test_two_spellings_of_one_new_include_are_one_line():
    files = Files(ecelerity="A = 1\n", b="B = 1\n")
    assert files.after(want(include="b.conf"), want(include="./b.conf"))["ecelerity.conf"].count("b.conf") == 1


def test_a_line_is_compared_in_its_own_place():
    files = Files(ecelerity='include "d/sub.conf"\n', other="A = 1\n")
    files.add("/conf/default/d/sub.conf", 'include "other.conf"\n').add("/conf/default/d/other.conf", "B = 1\n")
    assert files.plan(want(include="other.conf")) == NOTHING
    after = files.after(want(include="/conf/default/other.conf"))
    assert after["ecelerity.conf"] == 'include "d/sub.conf"\ninclude "/conf/default/other.conf"\n'


def test_the_search_path_decides_what_a_name_stands_for():
    files = Files(ecelerity='include "node-local.conf"\n').add("/conf/node1/node-local.conf", "A = 1\n")
    assert files.plan(want(include="/conf/node1/node-local.conf")) == NOTHING


def test_a_missing_file_is_compared_by_its_place():
    files = Files(ecelerity='include "gone.conf"\n')
    assert files.plan(want(include="./gone.conf")) == NOTHING
    assert files.plan(want(include="gone2.conf")) != NOTHING


def test_a_file_that_its_directory_brings_is_not_included_twice():
    files = Files(ecelerity='include "d"\n').add("/conf/default/d/b.conf", "B = 1\n")
    assert files.plan(want(include="d/b.conf")) == NOTHING
    with pytest.raises(PlanError) as caught:
        files.plan(want(include="d/b.conf", readonly=True))
    assert "ecelerity.conf:1" in str(caught.value)


def test_a_directory_is_more_than_its_files():
    files = Files(ecelerity='include "d/b.conf"\n').add("/conf/default/d/b.conf", "B = 1\n")
    assert files.plan(want(include="d")) != NOTHING


def test_a_uri_stands_for_itself():
    files = Files(ecelerity='include "eccmgr:///x"\n')
    assert files.plan(want(include="eccmgr:///x")) == NOTHING
    assert files.plan(want(include="eccmgr:///y")) != NOTHING


def test_the_file_to_change_may_be_spelled_in_any_way():
    files = Files(ecelerity='A = 1\ninclude "b.conf"\n', b="A = 2\n")
    assert files.after(want("A", 3, file="./../default/b.conf"))["b.conf"] == "A = 3\n"


@pytest.mark.parametrize("target", ["", "a\0b", "a\nb", "a\rb", "\x1b[2J"])
def test_an_include_that_nobody_can_mean_is_refused(target):
    files = Files(ecelerity="A = 1\n")
    with pytest.raises(PlanError):
        files.plan(DesiredSetting((), include=target))
    assert files.plan(DesiredSetting((), include=target, state="absent")) == NOTHING


def test_such_an_include_that_somebody_has_written_can_be_taken_out():
    files = Files(ecelerity='include ""\nA = 1\n')
    assert files.after(DesiredSetting((), include="", state="absent"))["ecelerity.conf"] == "A = 1\n"


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a\nb", "a\0", "include", "Readonly_Include", "a=b", "a{", "#a", '"a"', "é", "/x", "a,b"]
)
def test_an_option_that_is_none_is_refused(name):
    for state in ("present", "absent", "commented"):
        with pytest.raises(PlanError):
            Files(ecelerity="A = 1\n").plan(DesiredSetting((), name, "1", state))


@pytest.mark.parametrize(
    "element",
    [
        ("S", ""),
        ("S", "a\nb"),
        ("S", "a\0"),
        ("S", "a\r"),
        ("S", "\x1b"),
        ("", None),
        ("a\0", None),
        ("include", "x"),
        ("a/b", None),
    ],
)
def test_a_new_scope_that_nobody_can_mean_is_refused(element):
    for option in ("A", None):
        with pytest.raises(PlanError):
            Files(ecelerity="A = 1\n").plan(DesiredSetting((element,), option, "1"))


def test_such_a_scope_that_somebody_has_written_can_be_changed_and_taken_out():
    files = Files(ecelerity='S "a\nb" {\n  A = 1\n}\n')
    assert files.after(DesiredSetting((("S", "a\nb"),), "A", "2"))["ecelerity.conf"] == 'S "a\nb" {\n  A = 2\n}\n'
    assert files.after(DesiredSetting((("S", "a\nb"),), state="absent"))["ecelerity.conf"] == ""


@pytest.mark.parametrize(
    "value", [{"": "x"}, {"a\nb": "x"}, {"a\0": "x"}, "a\0b", ["a\0"], {"a": "\0"}, None, [None], {"a": None}, [["a"]]]
)
def test_a_value_that_cannot_be_written_is_refused(value):
    with pytest.raises(PlanError) as caught:
        Files(ecelerity="A = 1\n").plan(want("B", value))
    assert "'B'" in str(caught.value)


@pytest.mark.parametrize("file", ["", "a\0b"])
def test_a_file_that_nobody_can_mean_is_refused(file):
    with pytest.raises(PlanError):
        Files(ecelerity="A = 1\n").plan(want("A", 2, file=file))


@pytest.mark.parametrize("one, other", [("true", "yes"), ("yes", True), (True, "on"), ("20", 20)])
def test_two_spellings_of_one_value_are_no_contradiction(one, other):
    files = Files(ecelerity="ESMTP_Listener {\n}\n")
    option, scope = ("Max_Retries", ()) if other == 20 else ("Enable", ["ESMTP_Listener"])
    assert len(files.plan(want(option, one, scope), want(option.lower(), other, scope)).changes) == 1
