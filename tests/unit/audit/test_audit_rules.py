# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every rule passes, fails, does not apply, and says when nobody could look."""

import importlib
import re
from pathlib import Path

import pytest
from audited import NOTHING, SMTP, SOLARIS, node, running, stanza

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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_node_at_which_nobody_could_look_passes_nothing(rule):
    unseen = node(host=SOLARIS if not rule.applies.reason_against(SOLARIS) else None)
    assert judge.outcome(rule, unseen).status == UNKNOWN


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_applies_where_momentum_is_not_installed(rule):
    assert judge.outcome(rule, node(host=NOTHING)).status == NOT_APPLICABLE


def test_no_secret_of_the_configuration_is_among_what_rules_see():
    secret = "kohl"
    main = SMTP % ('Static_Banner = "x"', 'SMTP_Extensions = ("AUTH PLAIN")') + (
        '\nDatasource "d" { uri = ("pgsql:host=h;password=%s") }\nSNMP { Address = "192.0.2.1:1"\nCommunity = %s }'
        '\noutbound_smtp_auth_pass = "%s"' % (secret, secret, secret)
    )
    found = judge.outcomes(RULES, node(main, running=running()))
    assert secret not in str([one.seen for one in found])


@pytest.mark.parametrize(
    ("evidence", "remedy"),
    [
        (stanza("User = ecuser"), 'momentum_security_capabilities: "cap_net_bind_service+ep"'),
        (
            stanza("User = ecuser", SOLARIS, solaris=True),
            'momentum_security_privileges: "basic net_privaddr net_rawaccess"',
        ),
    ],
)
def test_the_remedy_has_what_the_configuration_takes(evidence, remedy):
    seen = judge.outcome(BY_ID["MSEC-PRV-005"], evidence).seen
    assert {one.remedy for one in seen if one.status == FAIL} == {remedy}
