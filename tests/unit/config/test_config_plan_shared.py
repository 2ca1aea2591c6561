# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that several scopes include: a setting changes the scopes that it names, and no other."""

import pytest
from test_config_plan import Files, want

from plugins.module_utils.config.plan import NOTHING, PlanError

TWO = 'Binding "x" {\n  include "tls.conf"\n}\nBinding "y" {\n  include "tls.conf"\n}\n'
TLS = 'TLS = "required"\nTLS_Verify = "peer"\n'
X, Y = ['Binding "x"'], ['Binding "y"']


def two(tls=TLS, **more):
    return Files(ecelerity=TWO, tls=tls, **more)


def test_a_setting_for_one_scope_is_written_into_it_after_the_include():
    after = two().after(want("TLS", "may", X))
    assert after["tls.conf"] == TLS
    assert after["ecelerity.conf"] == TWO.replace('conf"\n}', 'conf"\n  TLS = "may"\n}', 1)


def test_different_values_for_two_scopes_both_hold():
    after = two("A = 1\n").after(want("A", 2, X), want("A", 3, Y))
    assert after["tls.conf"] == "A = 1\n"
    assert after["ecelerity.conf"].count("A = ") == 2


def test_the_order_of_the_settings_decides_nothing():
    one, other = want("A", 2, X), want("A", 1, Y)
    assert two("A = 1\n").after(one, other) == two("A = 1\n").after(other, one)


def test_where_all_scopes_ask_for_the_same_the_file_itself_is_changed():
    after = two().after(want("TLS", "no", X), want("tls", "no", Y))
    assert after == {"ecelerity.conf": TWO, "tls.conf": TLS.replace("required", "no")}


def test_a_change_says_what_was_in_force_before():
    (change,) = two().plan(want("TLS", "no", X)).changes
    assert (change.action, change.before, change.after, change.file) == (
        "add",
        "required",
        "no",
        "/conf/default/ecelerity.conf",
    )


def test_what_only_one_scope_has_in_force_is_changed_where_it_is():
    files = Files(ecelerity=TWO.replace('conf"\n}\n', 'conf"\n  A = 5\n}\n', 1), tls="A = 1\n")
    assert files.after(want("A", 2, Y))["tls.conf"] == "A = 2\n"


def test_one_scope_that_includes_a_file_twice_shares_it_with_nobody():
    files = Files(ecelerity='S {\n  include "a.conf"\n}\nS {\n  include "a.conf"\n}\n', a="A = 1\n")
    assert files.after(want("A", 2, ["S"]))["a.conf"] == "A = 2\n"


def test_removal_is_refused_with_the_names_of_the_other_scopes():
    for state in ("absent", "commented"):
        with pytest.raises(PlanError) as caught:
            two().plan(want("TLS", scope=X, state=state))
        assert "tls.conf:1" in str(caught.value) and 'Binding "y"' in str(caught.value)


def test_removal_is_carried_out_where_all_scopes_ask_for_it():
    after = two().after(want("TLS", scope=X, state="absent"), want("TLS", scope=Y, state="absent"))
    assert after == {"ecelerity.conf": TWO, "tls.conf": 'TLS_Verify = "peer"\n'}


def test_removal_of_what_another_scope_overrides_harms_nobody():
    files = Files(ecelerity=TWO.replace('conf"\n}\n', 'conf"\n  A = 5\n}\n', 1), tls="A = 1\n")
    assert files.after(want("A", scope=Y, state="absent"))["tls.conf"] == ""


def test_a_named_file_that_other_scopes_include_is_refused():
    for option in ("TLS", "New"):
        with pytest.raises(PlanError) as caught:
            two().plan(want(option, "no", X, file="tls.conf"))
        assert 'Binding "y"' in str(caught.value)


@pytest.mark.parametrize("option", ["TLS", "New"])
def test_a_named_file_is_changed_where_all_its_scopes_ask_for_it(option):
    after = two().after(want(option, "may", X, file="tls.conf"), want(option, "may", Y, file="tls.conf"))
    assert after["ecelerity.conf"] == TWO and after["tls.conf"].count('%s = "may"' % option) == 1


def test_a_new_option_goes_into_the_scope_itself():
    after = two().after(want("New", 1, X))
    assert after["tls.conf"] == TLS and "New" in after["ecelerity.conf"]


def test_scopes_inside_a_file_of_several_groups_are_opened_anew_after_the_include():
    main = 'Group "a" {\n  include "b.conf"\n}\nGroup "b" {\n  include "b.conf"\n}\n'
    files = Files(ecelerity=main, b='Binding "x" {\n  A = 1\n}\n')
    after = files.after(want("A", 2, ['Group "a"', 'Binding "x"']), want("B", 3, ['Group "a"', 'Binding "x"']))
    assert after["b.conf"] == 'Binding "x" {\n  A = 1\n}\n'
    assert after["ecelerity.conf"] == main.replace(
        'conf"\n}', 'conf"\n  Binding "x" {\n    A = 2\n    B = 3\n  }\n}', 1
    )


def test_a_file_below_a_shared_one_is_shared():
    files = two('include "deep.conf"\n', deep="A = 1\n")
    after = files.after(want("A", 2, X))
    assert after["deep.conf"] == "A = 1\n" and "A = 2" in after["ecelerity.conf"]


def test_the_include_may_be_in_another_file_that_only_this_scope_has():
    files = Files(
        ecelerity='include "x.conf"\nS {\n  include "tls.conf"\n}\n', x='Binding "x" {\n  include "tls.conf"\n}\n'
    )
    files.add("/conf/default/tls.conf", "A = 1\n")
    after = files.after(want("A", 2, X))
    assert after["x.conf"] == 'Binding "x" {\n  include "tls.conf"\n  A = 2\n}\n' and after["tls.conf"] == "A = 1\n"


def test_a_later_opening_of_the_scope_is_used_as_it_is():
    files = Files(ecelerity=TWO + 'Binding "x" {\n  B = 1\n}\n', tls="A = 1\n")
    assert files.after(want("A", 2, X))["ecelerity.conf"] == TWO + 'Binding "x" {\n  B = 1\n  A = 2\n}\n'


def test_directories_are_shared_like_files():
    main = TWO.replace("tls.conf", "tls.d")
    files = Files(ecelerity=main).add("/conf/default/tls.d/one.conf", "A = 1\n")
    after = files.after(want("A", 2, X))
    assert after["one.conf"] == "A = 1\n"
    assert after["ecelerity.conf"] == main.replace('tls.d"\n}', 'tls.d"\n  A = 2\n}', 1)


def test_a_file_included_alone_and_by_its_directory_is_shared():
    files = Files(ecelerity='S {\n  include "d"\n}\ninclude "d/one.conf"\n').add("/conf/default/d/one.conf", "A = 1\n")
    after = files.after(want("A", 2, ["S"]))
    assert after["one.conf"] == "A = 1\n" and "A = 2" in after["ecelerity.conf"]


def test_readonly_includes_share_too():
    files = Files(ecelerity=TWO.replace("include", "readonly_include", 1), tls="A = 1\n")
    assert files.after(want("A", 2, X))["tls.conf"] == "A = 1\n"


def test_a_file_of_the_top_level_and_of_a_scope_keeps_the_other_one():
    files = Files(ecelerity='include "a.conf"\nS {\n  include "a.conf"\n}\n', a="A = 1\n")
    assert files.after(want("A", 2))["ecelerity.conf"] == 'include "a.conf"\nA = 2\nS {\n  include "a.conf"\n}\n'
    assert files.after(want("A", 2, ["S"]))["a.conf"] == "A = 1\n"


def test_a_file_of_the_top_level_and_of_a_scope_is_changed_at_the_right_place():
    files = Files(ecelerity='include "a.conf"\nS {\n  include "a.conf"\n}\n', a="S {\n  A = 1\n}\nA = 2\n")
    after = files.after(want("A", 1, ["S"]))
    assert after["ecelerity.conf"] == 'include "a.conf"\nS {\n  include "a.conf"\n  A = 1\n}\n'
    assert after["a.conf"] == "S {\n  A = 1\n}\nA = 2\n"


def test_scopes_and_includes_of_a_shared_file_are_not_taken_away_for_one():
    files = two('Domain "d" {\n}\ninclude "deep.conf"\n', deep="A = 1\n")
    for desired in (want(scope=X + ['Domain "d"'], state="absent"), want(scope=X, include="deep.conf", state="absent")):
        with pytest.raises(PlanError) as caught:
            files.plan(desired)
        assert 'Binding "y"' in str(caught.value)
    both = [want(scope=one + ['Domain "d"'], state="absent") for one in (X, Y)]
    assert files.after(*both)["tls.conf"] == 'include "deep.conf"\n'


def test_the_options_of_other_scopes_stay_when_a_shared_include_becomes_readonly_there():
    files = two('include "deep.conf"\n', deep="A = 1\n")
    with pytest.raises(PlanError):
        files.plan(want(scope=X, include="deep.conf", readonly=True))


def test_an_include_for_one_scope_of_a_shared_file_goes_into_the_scope():
    after = two(more="B = 1\n").after(want(scope=X, include="more.conf"))
    assert after["tls.conf"] == TLS and after["ecelerity.conf"].count("more.conf") == 1


def test_a_setting_that_another_one_undoes_is_an_error_that_names_it():
    files = Files(ecelerity='A = 1\ninclude "b.conf"\n', b="A = 2\n")
    with pytest.raises(PlanError) as caught:
        files.plan(want("A", 5), want("A", 6, file="b.conf"))
    assert "'A'" in str(caught.value)


def test_what_a_new_include_overrides_is_set_all_the_same():
    files = Files(ecelerity="A = 1\n", more="A = 2\n")
    after = files.after(want("A", 3), want(include="more.conf"))
    assert after["more.conf"] == "A = 3\n"


def test_an_include_that_brings_itself_or_cannot_be_read_is_refused():
    files = Files(ecelerity="A = 1\n", loop='include "ecelerity.conf"\n', broken="A = {\n")
    for name in ("ecelerity", "loop", "broken"):
        with pytest.raises(PlanError) as caught:
            files.plan(want(include=name + ".conf"))
        assert name in str(caught.value)


def test_the_configuration_that_a_plan_is_made_of_stays_as_it_is():
    files = two()
    configuration = files.load({})
    from plugins.module_utils.config import plan as config_plan

    assert config_plan.plan(configuration, files.load, [want("TLS", "no", X)]) != NOTHING
    assert bytes(configuration.document("/conf/default/ecelerity.conf")).decode() == TWO


def test_the_removal_of_a_scope_and_a_setting_in_it_contradict_each_other():
    with pytest.raises(PlanError):
        two().plan(want(scope=X, state="absent"), want("A", 1, X))


def test_a_hidden_effect_is_told_on_every_run():
    files = Files(ecelerity='A = 1\ninclude "late.conf"\n', late="A = 2\n")
    plan = files.plan(want("A", 1, file="ecelerity.conf"))
    assert not plan.edits and len(plan.warnings) == 1


def test_a_file_that_a_scope_includes_is_that_scope():
    files = Files(ecelerity='S {\n  include "s.conf"\n}\n', s="A = 1\n")
    assert files.plan(want(scope=["S"], file="s.conf")) == NOTHING
    assert files.after(want("B", 2, ["S"], file="s.conf"))["s.conf"] == "A = 1\nB = 2\n"
    assert files.after(want(scope=["S", "T"], file="s.conf"))["s.conf"].startswith("A = 1\n\nT {")
