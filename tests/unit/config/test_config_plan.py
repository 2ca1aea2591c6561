# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The smallest edits that make requests hold, over several files, without a node."""

import pytest

from plugins.module_utils.config import plan as config_plan
from plugins.module_utils.config.plan import DesiredSetting, PlanError
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.paths import parse_path
from plugins.module_utils.ecconf.reader import OverlayReader

MAIN = "/conf/default/ecelerity.conf"
SEARCH_PATH = ["/conf/global", "/conf/{NODENAME}", "/conf/default"]


class Files:
    """A configuration in memory."""

    def __init__(self, **files):
        self.contents = {
            "/conf/default/%s.conf" % name.replace("__", "-"): text.encode() for name, text in files.items()
        }

    def add(self, path, text):
        self.contents[path] = text.encode()
        return self

    def load(self, edited):
        contents = dict(self.contents, **edited)
        return load(MAIN, search_path=SEARCH_PATH, nodename="node1", reader=OverlayReader(contents))

    def plan(self, *all_desired):
        return config_plan.plan(self.load({}), self.load, all_desired)

    def after(self, *all_desired):
        """The files after a plan, by name; a second plan on them must be empty."""
        edits = {edit.path: edit.after for edit in self.plan(*all_desired).edits}
        again = config_plan.plan(self.load(edits), lambda more: self.load(dict(edits, **more)), all_desired)
        assert again.edits == [] and again.changes == []
        return {path.rsplit("/", 1)[1]: text.decode() for path, text in dict(self.contents, **edits).items()}


def want(option=None, value=None, scope=(), **more):
    return DesiredSetting(path=parse_path(scope), option=option, value=value, **more)


def test_what_holds_already_gives_an_empty_plan():
    assert Files(ecelerity="A = on\n").plan(want("a", "on")) == config_plan.NOTHING


def test_the_assignment_that_wins_is_the_one_that_changes():
    files = Files(ecelerity='A = 1\ninclude "late.conf"\n', late="A = 2\n")
    assert files.after(want("A", 3)) == {"ecelerity.conf": 'A = 1\ninclude "late.conf"\n', "late.conf": "A = 3\n"}


def test_a_new_option_goes_where_its_scope_is_opened_last():
    files = Files(ecelerity='S {\n  A = 1\n}\ninclude "late.conf"\n', late="S {\n}\n")
    assert files.after(want("B", 2, ["S"]))["late.conf"] == "S {\n  B = 2\n}\n"


def test_a_new_scope_goes_where_the_scopes_around_it_are():
    files = Files(ecelerity='include "listen.conf"\n', listen='ESMTP_Listener {\n  Listen ":25" {}\n}\n')
    after = files.after(want("Enable", True, ["ESMTP_Listener", 'Listen ":2525"']))
    assert after["ecelerity.conf"] == 'include "listen.conf"\n'
    assert 'Listen ":2525"' in after["listen.conf"]


def test_the_file_of_console_changes_is_not_where_new_options_go():
    files = Files(ecelerity='Local_Changes_File = "/conf/default/local.conf"\nS {\n}\n', local="S {\n  A = 1\n}\n")
    after = files.after(want("B", 2, ["S"]))
    assert after["ecelerity.conf"].endswith("S {\n  B = 2\n}\n") and "B" not in after["local.conf"]


def test_but_an_option_that_it_sets_is_changed_there_because_it_wins():
    files = Files(ecelerity='Local_Changes_File = "/conf/default/local.conf"\nA = 1\n', local="A = 2\n")
    assert files.after(want("A", 3))["local.conf"] == "A = 3\n"


def test_a_file_included_in_a_scope_is_edited_at_its_own_top():
    files = Files(ecelerity='Security {\n  include "id.conf"\n}\n', id="User = one\n")
    assert files.after(want("User", "two", ["Security"]))["id.conf"] == "User = two\n"


def test_a_named_file_is_changed_and_a_hidden_effect_is_told():
    files = Files(ecelerity='A = 1\ninclude "late.conf"\n', late="A = 2\n")
    plan = files.plan(want("A", 3, file="ecelerity.conf"))
    assert [edit.after for edit in plan.edits] == [b'A = 3\ninclude "late.conf"\n']
    assert len(plan.warnings) == 1 and "/conf/default/late.conf:1" in plan.warnings[0]


def test_a_named_file_that_is_not_loaded_is_refused():
    with pytest.raises(PlanError) as caught:
        Files(ecelerity="A = 1\n").plan(want("A", 2, file="other.conf"))
    assert "/conf/default/other.conf" in str(caught.value)


def test_unset_removes_the_losing_assignments_too():
    files = Files(ecelerity='A = 1\ninclude "late.conf"\nA = 3\n', late="A = 2\n")
    assert files.after(want("A", state="absent")) == {"ecelerity.conf": 'include "late.conf"\n', "late.conf": ""}


def test_equal_requests_are_one_and_different_ones_a_contradiction():
    files = Files(ecelerity="A = 1\n")
    assert files.after(want("A", 2), want("a", 2))["ecelerity.conf"] == "A = 2\n"
    with pytest.raises(PlanError):
        files.plan(want("A", 2), want("a", 3))


@pytest.mark.parametrize(
    ("option", "one", "other"),
    [
        ("Generate_Bounces", True, "yes"),
        ("Generate_Bounces", "on", 1),
        ("Message_Expiration", 20, "20"),
        ("Spool_Mode", "0640", "640"),
    ],
)
def test_two_spellings_of_one_value_are_no_contradiction(option, one, other):
    files = Files(ecelerity="A = 1\n")
    assert len(files.plan(want(option, one), want(option, other)).changes) == 1
    assert files.plan(want(option, state="absent"), want(option, one, state="absent")).changes == []


def test_contradicting_states_of_one_option_are_refused():
    with pytest.raises(PlanError):
        Files(ecelerity="A = 1\n").plan(want("A", 2), want("A", state="absent"))


@pytest.mark.parametrize(
    "option, scope, level",
    [("Max_Retries", [], "reload"), ("User", ["Security"], "restart"), ("TLS_Engine", [], "restart")],
)
def test_the_most_demanding_change_decides_what_activates(option, scope, level):
    plan = Files(ecelerity="A = 1\n").plan(want("Debug_Level", "info"), want(option, "x", scope))
    assert plan.activation == level


def test_a_file_of_one_node_alone_is_not_seen_by_a_reload():
    files = Files(ecelerity='include "node-local.conf"\n').add("/conf/node1/node-local.conf", "A = 1\n")
    assert files.plan(want("A", 2)).activation == "restart"


def test_an_include_is_judged_by_what_it_brings():
    harmless = Files(ecelerity="A = 1\n", more="B = 2\n")
    assert harmless.plan(want(include="more.conf")).activation == "reload"
    grave = Files(ecelerity="A = 1\n", more='Security {\n  User = "x"\n}\n')
    assert grave.plan(want(include="more.conf")).activation == "restart"


def test_a_removed_scope_is_judged_by_what_it_held():
    files = Files(ecelerity='Security {\n  User = "x"\n}\nDomain "d" {\n  A = 1\n}\n')
    assert files.plan(want(scope=['Domain "d"'], state="absent")).activation == "reload"
    assert files.plan(want(scope=["Security"], state="absent")).activation == "restart"


def test_a_readonly_include_is_not_an_include():
    files = Files(ecelerity='include "more.conf"\n', more="B = 2\n")
    assert files.after(want(include="more.conf", readonly=True))["ecelerity.conf"] == 'readonly_include "more.conf"\n'


def test_a_change_says_file_line_scope_and_both_values():
    (change,) = Files(ecelerity="\n\nS {\n  A = 1\n}\n").plan(want("a", 2, ["s"])).changes
    assert change == (MAIN, 4, "s", "a", "set", "1", "2", "reload")
