# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scale is the same for 47 days and for five years."""

from datetime import datetime, timedelta, timezone

import pytest

from plugins.module_utils.pki.x509 import lifetime

START = datetime(2026, 11, 21, tzinfo=timezone.utc)


@pytest.mark.parametrize("days", [1, 47, 90, 365, 398, 1825])
@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (0, "ok"),
        (0.66, "ok"),
        (0.67, "due"),
        (0.83, "due"),
        (0.84, "alarm"),
        (1, "alarm"),
        (1.0001, "expired"),
        (-0.0001, "alarm"),
    ],
)
def test_the_grade_follows_the_share_of_the_lifetime(days, passed, expected):
    life = timedelta(days=days)
    assert lifetime.grade(START, START + life, START + life * passed) == expected


def test_the_last_second_still_belongs_to_the_lifetime():
    end = START + timedelta(days=47)
    assert lifetime.grade(START, end, end) == "alarm"
    assert lifetime.grade(START, end, end + timedelta(seconds=1)) == "expired"


def test_days_are_whole_and_count_down_through_zero():
    end = START + timedelta(days=10)
    assert lifetime.left(START, end, START) == (10, 1.0)
    assert lifetime.left(START, end, START + timedelta(days=9, hours=1)).days == 0
    assert lifetime.left(START, end, end + timedelta(hours=1)) == (-1, 0.0)
    assert lifetime.left(START, end, START - timedelta(days=5)).share == 1.0


def test_a_lifetime_of_no_length_has_nothing_left():
    assert lifetime.left(START, START, START) == (0, 0.0)


def test_the_worst_of_several_grades_is_the_most_urgent():
    assert lifetime.worst("ok", "alarm", "due") == "alarm"
    assert lifetime.worst("unreadable", "expired") == "expired"
    assert lifetime.worst() == "ok"
