# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where bars lie: cut at their windows, at today and at the edges, whatever their length."""

import sys
from datetime import datetime, timedelta, timezone

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the report is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.plugin_utils.report import timeline

NOW = datetime(2026, 11, 21, 8, 40, tzinfo=timezone.utc)
DAY = timedelta(days=1)


def span(age, lifetime):
    start = NOW - age * DAY
    return start, start + lifetime * DAY


def test_the_window_is_as_narrow_as_the_lives_allow():
    short = timeline.window([NOW + 30 * DAY, NOW + 47 * DAY], NOW)
    year = timeline.window([NOW + 47 * DAY, NOW + 365 * DAY], NOW)
    years = timeline.window([NOW + 90 * DAY, NOW + 1500 * DAY], NOW)
    assert (short.end - NOW).days == 52
    assert (year.end - NOW).days == 379
    assert (years.end - NOW).days == 93
    assert (timeline.window([NOW + 1500 * DAY], NOW).end - NOW).days == 416
    assert (timeline.window([NOW - 900 * DAY], NOW).end - NOW).days == 52
    assert timeline.window([], NOW).at(NOW) == pytest.approx(23.077, abs=0.001)


def test_a_life_of_47_days_is_readable_beside_a_year():
    shown = timeline.window([span(0, 47)[1], span(0, 365)[1]], NOW)
    drawn = timeline.cut(*span(0, 47), shown)
    widths = {piece.zone: piece.end - piece.start for piece in drawn.pieces}
    assert widths["final"] > 1.5
    assert widths["renewal"] == pytest.approx(widths["final"], abs=0.01)
    assert widths["life"] == pytest.approx(4 * widths["final"], abs=0.01)


def test_an_expired_certificate_leaves_a_trace_up_to_today():
    shown = timeline.window([NOW + 300 * DAY], NOW)
    drawn = timeline.cut(*span(70, 47), shown)
    assert drawn.pieces[-1].zone == "over"
    assert drawn.pieces[-1].end == pytest.approx(shown.at(NOW), abs=0.001)
    assert all(piece.passed for piece in drawn.pieces)


def test_five_years_are_clipped_and_say_so():
    shown = timeline.window([NOW + 47 * DAY, NOW + 1500 * DAY], NOW)
    drawn = timeline.cut(*span(325, 1825), shown)
    assert drawn.from_before and drawn.goes_on
    assert (drawn.pieces[0].start, drawn.pieces[-1].end) == (0.0, 100.0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-100, 4000), st.floats(0.01, 9000)), min_size=1, max_size=20),
)
def test_pieces_lie_within_the_picture_and_join_without_gap_or_overlap(lives):
    spans = [span(age, lifetime) for age, lifetime in lives]
    shown = timeline.window([end for _start, end in spans], NOW)
    for start, end in spans:
        pieces = timeline.cut(start, end, shown).pieces
        assert all(0 <= piece.start < piece.end <= 100 for piece in pieces)
        assert all(one.end == pytest.approx(two.start, abs=0.002) for one, two in zip(pieces, pieces[1:]))
        assert all(piece.passed == (piece.end <= shown.at(NOW) + 0.001) for piece in pieces)


@pytest.mark.parametrize("days", [47, 100, 365, 4000])
def test_the_scale_has_marks_in_order_and_not_too_many(days):
    marks = timeline.ticks(timeline.window([NOW + days * DAY], NOW))
    assert 8 <= len(marks) <= 20
    assert [mark.at for mark in marks] == sorted(mark.at for mark in marks)
    assert all(0 <= mark.at <= 100 for mark in marks)
    assert any(mark.major for mark in marks)


def test_months_are_named_in_english_and_january_by_its_year():
    labels = [mark.label for mark in timeline.ticks(timeline.window([NOW + 365 * DAY], NOW))]
    assert labels[:6] == ["Aug", "Sep", "Oct", "Nov", "Dec", "2027"]
