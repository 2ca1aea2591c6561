# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords beside what a rule looks at are not among what it has seen."""

from audited import node
from cases_sending import LOGIN

from plugins.module_utils.audit.judge import outcomes
from plugins.module_utils.audit.rules import RULES


def test_no_rule_shows_a_password_of_the_configuration():
    found = outcomes(RULES, node(LOGIN % "" + '\nBinding "push" { http_basic_auth = "u:not-shown" }'))
    assert [one.status for one in found if one.rule.id == "MSEC-OUT-006"] == ["fail"]
    assert "not-shown" not in repr([one.seen for one in found])
