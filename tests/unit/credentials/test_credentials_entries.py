# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task may ask of the credentials database, and where the database may be."""

import os
from pathlib import Path

import pytest

from plugins.module_utils.credentials import entries, places, workshop
from plugins.module_utils.credentials.entries import DesiredEntry, Entry
from plugins.module_utils.credentials.places import Pair
from plugins.module_utils.errors import PlanError

ITEM = {"username": "one", "hostname": "host", "facility": "ldap", "password": "winter", "state": "present"}


@pytest.mark.parametrize(
    "password, present, expected",
    [("a", None, "add"), ("a", "b", "rotate"), ("a", "a", "none"), (None, "a", "remove"), (None, None, "none")],
)
def test_an_action_is_what_leads_from_the_current_to_the_requested_state(password, present, expected) -> None:
    assert entries.action(DesiredEntry(Entry("u", "h", "ldap"), password), present) == expected


def test_documented_entries_are_named_once_where_the_node_is_localhost() -> None:
    assert entries.documented_entries("ecdb", "localhost") == [Entry("ecuser", "localhost", "ecdb")]
    assert entries.documented_entries("ecconfigd", "mta1") == [Entry("ecuser", "_ecconfigd_", "ecconfigd")]


@pytest.mark.parametrize(
    "change, words",
    [
        ({"password": None}, "has no password"),
        ({"password": "two\nlines"}, "control character"),
        ({"hostname": None}, "all three"),
        ({"username": "-P"}, "username"),
        ({"documented": "pgsql"}, "leave one of them out"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_without_its_password(change, words) -> None:
    with pytest.raises(PlanError) as caught:
        entries.all_desired([dict(ITEM, **change)], "mta1")
    assert words in str(caught.value)
    assert "winter" not in str(caught.value) and "two" not in str(caught.value)


def test_the_same_request_twice_is_one_and_two_passwords_are_refused() -> None:
    assert len(entries.all_desired([ITEM, dict(ITEM)], "mta1")) == 1
    with pytest.raises(PlanError, match="requested twice") as caught:
        entries.all_desired([ITEM, dict(ITEM, password="summer")], "mta1")
    assert "summer" not in str(caught.value)


def test_no_text_of_a_request_shows_its_password() -> None:
    desired = DesiredEntry(Entry("u", "h", "ldap"), "winter")
    assert "winter" not in "%s %r %s" % (desired, desired, [desired])


def test_the_two_manual_pages_name_different_places() -> None:
    assert places.of_daemon("/opt/msys/ecelerity").key == "/opt/msys/etc/credentials.key"
    assert places.of_tool("/opt/msys/ecelerity").database == "/opt/msys/ecelerity/etc/credentials.db"


def test_a_link_to_the_managed_file_is_no_second_database_and_a_dangling_one_is(tmp_path: Path) -> None:
    own = Pair(str(tmp_path / "a.db"), str(tmp_path / "a.key"))
    other = Pair(str(tmp_path / "b.db"), str(tmp_path / "b.key"))
    Path(own.database).touch()
    os.symlink(own.database, other.database)
    assert places.strays(own, [own, other]) == []
    os.symlink("nowhere", other.key)
    assert places.strays(own, [other, other]) == [other.key]


def test_only_what_a_killed_run_left_long_ago_is_cleared(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(workshop, "_DIRECTORIES", (str(tmp_path),))
    gone, living = 4194305, os.getpid()  # above the highest pid that Linux gives
    names = ["%s%d-%s" % (workshop.PREFIX, pid, age) for pid in (gone, living) for age in ("old", "new")]
    for name in names:
        (tmp_path / name).mkdir()
        if name.endswith("old"):
            os.utime(str(tmp_path / name), (1, 1))
    with workshop.Workshop() as shop:
        assert Path(shop.directory).stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
