# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every rule passes, fails, does not apply, and says when nobody could look."""

import importlib
import re
from pathlib import Path

import pytest

from plugins.module_utils.audit import judge
from plugins.module_utils.audit.rule import FAIL, LAYERS, NOT_APPLICABLE, PASS, SEVERITIES, UNKNOWN, Rule
from plugins.module_utils.audit.rules import RULES

BY_ID = {rule.id: rule for rule in RULES}
MODULES = sorted(path.stem for path in Path(__file__).parent.glob("cases_*.py"))
CASES = [case for name in MODULES for case in importlib.import_module(name).CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "%s-%s" % (case.rule, case.status))
def test_a_rule_says_what_is_the_case(case):
    outcome = judge.outcome(BY_ID[case.rule], case.evidence)
    assert outcome.status == case.status, outcome
    words = [outcome.because] + [one.what for one in outcome.seen if one.status == case.status]
    assert any(case.words in each for each in words), words
    assert all(one.what and one.layer in outcome.rule.layers for one in outcome.seen)
    assert not any("the rule itself failed" in one.what for one in outcome.seen), outcome.seen


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_proven_in_all_four_ways(rule):
    assert {case.status for case in CASES if case.rule == rule.id} == {PASS, FAIL, UNKNOWN, NOT_APPLICABLE}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_described(rule):
    assert re.match(r"MSEC-[A-Z]{2,4}-\d{3}\Z", rule.id) and rule.severity in SEVERITIES
    assert rule.layers and set(rule.layers) <= set(LAYERS)
    assert rule.title and not rule.title.endswith(".") and rule.why.endswith(".") and rule.remedy and rule.references
    assert isinstance(rule, Rule)


def test_ids_are_unique_and_in_order():
    assert len(BY_ID) == len(RULES)
    assert sorted((rule.area, rule.id) for rule in RULES) == sorted((rule.area, rule.id) for rule in BY_ID.values())
