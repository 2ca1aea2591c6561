# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`ecdb.conf` says what it was given and nothing else, or is not written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from momentum_standin import ecreader

from plugins.module_utils.database.connection import datasource
from plugins.module_utils.ecconf import parse
from plugins.module_utils.errors import PlanError

NASTY = st.text(
    st.one_of(st.sampled_from(";'\"\\ \t\n\r\x00\x1b\u2028(){}[]=#/*,%$:@aZ9_.-"), st.characters()), max_size=20
)
VALUES = st.one_of(NASTY, st.sampled_from(["manager.example.com", "2001:db8::1", "192.0.2.1", "ecuser", None, 5, True]))


def meaning(text):
    """Host, database, user and password, as the stand-in and this collection read the file."""
    (scope,) = parse(text).items
    (option,) = scope.items
    assert (scope.name, scope.instance, option.name) == ("Datasource", "ecdb", "uri")
    (uri,) = option.value
    assert [event[:3] for event in ecreader.read(text, "ecdb.conf")] == [
        ("open", "Datasource", "ecdb"),
        ("option", "uri", [uri]),
        ("close", "", None),
    ]
    driver, _colon, rest = uri.partition(":")
    assert driver == "pgsql"
    return dict(part.split("=", 1) for part in rest.split(";"))


@given(host=VALUES, database=VALUES, user=VALUES, password=VALUES)
def test_what_is_written_reads_back_as_what_was_given_or_is_refused(host, database, user, password):
    try:
        text = datasource(host, database, user, password)
    except PlanError as error:
        assert len(str(password)) < 6 or str(password) not in str(error) or password in (host, database, user)
        return
    requested = {"host": host, "dbname": database, "user": user}
    assert meaning(text) == (requested if password is None else dict(requested, password=password))


@given(
    password=st.text(
        st.characters(min_codepoint=33, max_codepoint=0x2FFF, blacklist_categories=["Cs", "Cc", "Z"]), min_size=1
    )
)
def test_every_password_without_what_is_refused_goes_round(password):
    if not set(password) & set(";'\"\\") and not any(sign.isspace() for sign in password):
        assert meaning(datasource("db", "ecelerity", "ecuser", password))["password"] == password


@pytest.mark.parametrize(
    "password",
    [
        'x" ) } Security { User = "root" } Datasource "y" { uri = ( "',
        "x;host=192.0.2.66",
        "x host=192.0.2.66",
        "x' sslmode='disable",
        "x\\",
        "x\nSecurity { User = root }",
        "",
        True,
    ],
)
def test_a_password_of_the_manager_that_would_become_another_part_is_refused_and_not_shown(password):
    with pytest.raises(PlanError, match="momentum_database_password") as caught:
        datasource("db", "ecelerity", "ecuser", password)
    assert "192.0.2.66" not in str(caught.value) and "root" not in str(caught.value)


def test_the_file_is_that_of_the_manual():
    assert datasource("manager.example.com", "ecelerity", "ecuser", "pw").splitlines()[1:] == [
        'Datasource "ecdb" { uri = ( "pgsql:host=manager.example.com;dbname=ecelerity;user=ecuser;password=pw" ) }'
    ]
