# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flat list of a fleet: graded by one clock, sorted by what ends first, robust against whatever a host answers."""

import json
import sys
from datetime import datetime, timedelta, timezone

import pytest

if sys.version_info < (3, 10):
    pytest.skip("the report is made on the controller, which has Python 3.10 or newer", allow_module_level=True)

from report_samples import NOW, SILENT, entry, fleet, host

from plugins.plugin_utils.report.certificate_list import moment, report


def test_what_ends_first_comes_first_and_what_cannot_be_read_last():
    found = report(
        {
            "b": host(entry("b", 365, 10), {"path": "/broken.crt", "problems": ["/broken.crt holds no certificate"]}),
            "a": host(entry("a", 365, 340)),
        },
        NOW,
    )
    assert [(row["host"], row["grade"]) for row in found["certificates"]] == [
        ("a", "alarm"),
        ("b", "ok"),
        ("b", "unreadable"),
    ]


def test_the_summary_counts_every_grade_and_names_what_ends_next():
    found = report(
        {
            "a": host(entry("a", 365, 400), entry("a", 47, 10)),
            "b": host(entry("b", 365, 300), entry("b", 365, 350)),
            "c": SILENT,
        },
        NOW,
    )
    summary = found["summary"]
    counts = {key: summary[key] for key in ("expired", "alarm", "due", "ok", "unreadable", "hosts", "silent")}
    assert counts == {"expired": 1, "alarm": 1, "due": 1, "ok": 1, "unreadable": 0, "hosts": 3, "silent": 1}
    assert summary["next"]["host"] == "b"
    assert summary["next"]["days_left"] == 15
    assert found["silent"] == [{"host": "c", "reason": "Failed to connect to the host via ssh"}]


def test_the_grade_is_that_of_the_reports_clock_not_of_the_node():
    answer = {"a": host(entry("a", 365, 0, grade="expired", days_left=-9))}
    row = report(answer, NOW)["certificates"][0]
    assert (row["grade"], row["days_left"], row["share_left"]) == ("ok", 365, 1.0)
    later = report(answer, NOW + timedelta(days=366))["certificates"][0]
    assert (later["grade"], later["days_left"]) == ("expired", -1)


@pytest.mark.parametrize("changed", [{"key_fits": False}, {"problems": ["a weak key"]}])
def test_a_certificate_with_a_problem_is_never_fine(changed):
    assert report({"a": host(entry(**changed))}, NOW)["certificates"][0]["grade"] == "due"


@pytest.mark.parametrize(
    "answer",
    [None, "text", 5, [], {}, {"certificates": None}, {"certificates": {"a": 1}}, {"failed": True, "certificates": []}],
)
def test_a_host_without_a_list_of_certificates_is_silent(answer):
    found = report({"a": answer}, NOW)
    assert [item["host"] for item in found["silent"]] == ["a"]
    assert found["silent"][0]["reason"]
    assert found["certificates"] == []


def test_what_could_not_be_read_of_a_configuration_is_told():
    problems = [
        {"kind": "missing", "message": "ecelerity.conf does not exist"},
        {"kind": "unreadable", "message": "tls.conf cannot be read"},
        7,
    ]
    found = report({"a": dict(host(), problems=problems), "b": dict(SILENT, problems=problems)}, NOW)
    assert found["partial"] == [{"host": "a", "reason": "tls.conf cannot be read"}]
    assert found["summary"]["partial"] == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"not_after": "soon"},
        {"not_after": None},
        {"not_before": "9999-99-99T00:00:00Z"},
        {"not_after": "2020-01-01T00:00:00Z"},
        {"names": "DNS:a", "scopes": None, "problems": 7, "key_bits": "many", "key_fits": "yes", "service": ["x"]},
    ],
)
def test_a_strange_entry_is_shown_and_breaks_nothing(changed):
    found = report({"a": host(entry(**changed), entry()), "b": host(None, 7)}, NOW)
    assert len(found["certificates"]) == 2
    json.dumps(found)


def test_the_same_answers_give_the_same_report_in_any_order():
    answers = fleet(12)
    turned = dict(reversed(list(answers.items())))
    assert json.dumps(report(answers, NOW)) == json.dumps(report(turned, NOW))


@pytest.mark.parametrize(
    "text",
    ["2026-11-21T08:40:00Z", "2026-11-21 08:40:00+00:00", "2026-11-21T09:40:00+01:00", "2026-11-21 08:40:00.123456"],
)
def test_the_clock_is_read_as_people_and_ansible_write_it(text):
    assert moment(text) == NOW
    assert moment(text) == datetime(2026, 11, 21, 8, 40, tzinfo=timezone.utc)


def test_words_are_no_time():
    with pytest.raises(ValueError):
        moment("tomorrow")
