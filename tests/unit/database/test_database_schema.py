# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it takes until the database of a cluster is there, and the verifier that PostgreSQL is given for a password."""

import base64
import hashlib
import os

import pytest

from plugins.module_utils.database.postgresql import Server, scram_verifier, verifies
from plugins.module_utils.database.schema_plan import DesiredLogin, Seen, choose_password, decide, refuse_unusable
from plugins.module_utils.errors import PlanError

LONG = "a-password-of-27-characters"
DESIRED = DesiredLogin("ecelerity", "ecuser", "manager", None, "an-administrators-own")
THERE = Seen(True, 12, True, LONG, "manager")


def test_a_missing_database_is_made_after_its_files():
    assert decide(DESIRED, LONG, Seen()).words() == ["store_password", "store_host", "initialise"]


def test_nothing_is_done_where_all_is_there():
    assert decide(DESIRED, LONG, THERE).words() == []
    assert decide(DESIRED._replace(admin_password=None), LONG, THERE).words() == []


@pytest.mark.parametrize(
    ("seen", "steps"),
    [
        (THERE._replace(login=False), ["change_password"]),
        (THERE._replace(stored="another", login=False), ["store_password", "change_password"]),
        (THERE._replace(host="an-old-name"), ["store_host"]),
        (THERE._replace(exists=False, tables=0, login=False), ["initialise"]),
    ],
)
def test_only_what_differs_is_done(seen, steps):
    assert decide(DESIRED, LONG, seen).words() == steps


def test_a_given_password_wins_over_the_stored_one_and_that_over_a_drawn_one():
    assert choose_password(DESIRED._replace(password=LONG), "stored", "drawn") == LONG
    assert choose_password(DESIRED, "stored", "drawn") == "stored"
    assert choose_password(DESIRED, None, list("drawn")) == "drawn"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"admin_password": "Admin"}, "everybody tries first"),
        ({"admin_password": ""}, "admin_password is empty"),
        ({"password": "short"}, "fewer than 24"),
        ({"password": LONG + " "}, "blank"),
        ({"password": LONG + "\n"}, "control"),
        ({"password": LONG, "admin_password": LONG}, "the same"),
        ({"user": "ec-user"}, "user is 'ec-user', which is not a name"),
        ({"database": "ecelerity\n"}, "is not a name"),
    ],
)
def test_what_must_not_be_is_refused_without_being_quoted(change, words):
    with pytest.raises(PlanError, match=words) as caught:
        refuse_unusable(DESIRED._replace(**change))
    assert LONG not in str(caught.value)


def test_a_short_password_can_be_accepted_with_open_eyes():
    refuse_unusable(DESIRED._replace(password="short", allow=frozenset(["short_password"])))


def test_the_verifier_is_the_one_of_the_specifications_example():
    # RFC 7677, section 3: the user's password is "pencil". The keys follow from the salt of that exchange.
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    verifier = scram_verifier("pencil", salt)
    assert verifier == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_a_missing_client_is_told(tmp_path):
    with pytest.raises(PlanError, match="install PostgreSQL's client first"):
        Server(psql=str(tmp_path / "psql"), ca_file="/ca").login("manager", "ecelerity", "ecuser", LONG)


@pytest.mark.parametrize(
    "stored",
    [
        scram_verifier(LONG, b"0123456789abcdef"),
        scram_verifier(LONG, b"salt", 10000),
        "md5" + hashlib.md5((LONG + "ecuser").encode()).hexdigest(),
    ],
)
def test_what_the_server_stores_tells_the_password_from_others(stored):
    assert verifies(stored, "ecuser", LONG)
    assert not verifies(stored, "ecuser", LONG + "x")


@pytest.mark.parametrize("stored", ["", "md5", "SCRAM-SHA-256$4096:!$x", "SCRAM-SHA-256$4096:A$", LONG])
def test_what_is_no_verifier_verifies_nothing(stored):
    assert not verifies(stored, "ecuser", LONG)


PSQL = """#!/bin/sh
echo "$PGSSLMODE $PGSSLROOTCERT $*" >> %s/log
cat > /dev/null
"""


def test_a_password_is_only_given_to_a_server_that_proves_its_name(tmp_path):
    psql = tmp_path / "psql"
    psql.write_text(PSQL % tmp_path)
    psql.chmod(0o755)
    Server(str(psql), str(os.geteuid()), ca_file="/etc/ca.pem").login("manager", "ecelerity", "ecuser", LONG)
    Server(str(psql), str(os.geteuid())).login("manager", "ecelerity", "ecuser", LONG)
    network, local = (tmp_path / "log").read_text().splitlines()
    assert network.startswith("verify-full /etc/ca.pem ") and " -h manager " in network
    assert " -h " not in local
