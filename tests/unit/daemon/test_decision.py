# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One action is decided on, for a reason that is reported."""

import itertools

import pytest

from plugins.module_utils.daemon.decision import Situation, decide, to_restore
from plugins.module_utils.state.pending import LEVELS, strongest

QUIET = Situation(running=True, unit="active")


@pytest.mark.parametrize(
    ("state", "seen", "action"),
    [
        ("started", QUIET, "none"),
        ("started", QUIET._replace(unit=None), "none"),
        ("started", QUIET._replace(asked="reload"), "reload"),
        ("started", QUIET._replace(pending="restart"), "restart"),
        ("started", QUIET._replace(drift="reload"), "reload"),
        ("started", QUIET._replace(drift="reload", differs=True), "restart"),
        ("started", QUIET._replace(outdated=True), "restart"),
        ("started", Situation(False, "inactive", asked="restart"), "start"),
        ("started", Situation(False, "failed"), "start"),
        ("started", Situation(False, None), "start"),
        ("started", Situation(False, "active"), "restart"),
        ("started", Situation(False, "activating"), "restart"),
        ("restarted", QUIET, "restart"),
        ("restarted", Situation(False, None), "start"),
        ("reloaded", QUIET, "reload"),
        ("reloaded", QUIET._replace(pending="restart"), "restart"),
        ("reloaded", Situation(False, None), "start"),
        ("stopped", QUIET, "stop"),
        ("stopped", QUIET._replace(pending="restart", differs=True), "stop"),
        ("stopped", Situation(False, "activating"), "stop"),
        ("stopped", Situation(False, "inactive", asked="restart"), "none"),
        ("stopped", Situation(False, "failed"), "none"),
        ("stopped", Situation(False, None), "none"),
    ],
)
def test_the_action_for_a_situation(state, seen, action):
    decision = decide(state, seen)
    assert decision.action == action
    assert bool(decision.reasons) is (action != "none")


@pytest.mark.parametrize("levels", list(itertools.product(LEVELS, repeat=3)))
def test_the_strongest_of_all_requests_takes_precedence_and_each_that_asks_for_more_is_named(levels):
    asked, pending, drift = levels
    decision = decide("started", QUIET._replace(asked=asked, pending=pending, drift=drift))
    assert decision.action == strongest(*levels)
    # What a run has written is pending and differs, which a check of the same run cannot see.
    more = [level for level in (pending, drift) if LEVELS.index(level) > LEVELS.index(asked)]
    assert len(decision.reasons) == (asked != "none") + len(more)


def test_transactions_are_put_back_newest_first_and_once():
    assert to_restore(["t1", "t2"], ["t2", "t3"]) == ["t3", "t2", "t1"]
    assert to_restore([], []) == []
