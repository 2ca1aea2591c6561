# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a credentials database: made, filled, rotated, emptied, and never lost."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from credential_node import CredentialNode  # noqa: E402

from tests.tiers import some  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: owners are set")

ONE = {"username": "one", "hostname": "db.example.com", "facility": "pgsql"}
TWO = {"username": "two", "hostname": "db.example.com", "facility": "pgsql", "password": "winter"}


@pytest.fixture
def node(tmp_path: Path) -> CredentialNode:
    return CredentialNode(tmp_path)


def actions(result: dict) -> list:
    assert "entries" in result, result
    return [entry["action"] for entry in result["entries"]]


def test_entries_are_added_rotated_and_removed_in_one_call(node: CredentialNode) -> None:
    assert actions(node.run(dict(ONE, password="summer"), TWO)) == ["add", "add"]
    gone = dict(TWO, state="absent")
    third = dict(ONE, username="three", password="spring")
    assert actions(node.run(dict(ONE, password="autumn"), gone, third)) == ["rotate", "remove", "add"]
    assert node.stored("one", "db.example.com", "pgsql") == "one db.example.com pgsql autumn"
    assert node.stored("two", "db.example.com", "pgsql") == ""
    again = node.run(dict(ONE, password="autumn"), gone, third)
    assert actions(again) == ["none"] * 3
    assert again["changed"] is False


def test_database_and_key_are_named_in_the_stanza_and_open_to_nobody_else(node: CredentialNode) -> None:
    result = node.run(TWO)
    assert node.main.read_text() == (
        '# an installation\nsecurecreds {\n  Credentials = "%s"\n  Key = "%s"\n}\n' % (node.database, node.key)
    )
    assert node.mode(node.database) == node.mode(node.key) == 0o640
    assert result["activation"] == "reload"
    node.key.chmod(0o644)
    assert node.run(TWO)["changed"] is True
    assert node.mode(node.key) == 0o640


def test_documented_entries_are_for_the_node_and_for_localhost(node: CredentialNode) -> None:
    result = node.run({"documented": "pgsql", "password": "summer"}, {"documented": "ecconfigd", "password": "autumn"})
    assert [(entry["username"], entry["hostname"]) for entry in result["entries"]] == [
        ("ecuser", "mta1"),
        ("ecuser", "localhost"),
        ("ecuser", "_ecconfigd_"),
    ]
    assert node.stored("ecuser", "localhost", "pgsql").endswith(" summer")


PASSWORDS = ["two words", "-pass", "'\"$(id)`;", "h\u00fctte", " edge ", "x" * 3000, "db.example.com"]


@pytest.mark.parametrize("password", some(PASSWORDS, PASSWORDS[1:4]))
def test_a_password_is_stored_and_compared_letter_by_letter(node: CredentialNode, password: str) -> None:
    assert actions(node.run(dict(ONE, password=password))) == ["add"]
    assert actions(node.run(dict(ONE, password=password))) == ["none"]
    assert actions(node.run(dict(ONE, password=password + "x"))) == ["rotate"]
    assert actions(node.run(dict(ONE, password=password[1:] or "x"))) == ["rotate"]


def test_a_wrong_key_is_an_error_and_nothing_is_lost(node: CredentialNode) -> None:
    node.run(dict(ONE, password="summer"), TWO)
    key, database = node.key.read_bytes(), node.database.read_bytes()
    node.key.write_bytes(b"0" * 64 + b"\n")
    for more in ({}, {"_ansible_check_mode": True}):
        result = node.run(dict(ONE, password="autumn"), **more)
        assert result["failed"] is True
        for words in ("one@db.example.com, facility pgsql", str(node.database), str(node.key), "nothing was changed"):
            assert words in result["msg"]
    assert node.database.read_bytes() == database
    node.key.write_bytes(key)
    assert actions(node.run(dict(ONE, password="summer"), TWO)) == ["none", "none"]


def test_a_key_that_is_not_the_database_s_is_found_also_by_a_new_entry(node: CredentialNode) -> None:
    node.run(TWO)
    database = node.database.read_bytes()
    node.key.write_bytes(b"0" * 64 + b"\n")
    for entry in (dict(ONE, password="autumn"), dict(ONE, state="absent")):
        result = node.run(entry)
        assert "two@db.example.com" in result["msg"] and str(node.key) in result["msg"]
    assert node.database.read_bytes() == database


def test_a_damaged_database_is_an_error_and_nothing_is_lost(node: CredentialNode) -> None:
    node.run(TWO)
    damaged = node.database.read_bytes()[:4096] + b"\x00" * 300
    node.database.write_bytes(damaged)
    result = node.run(dict(TWO, password="other"))
    assert str(node.database) in result["msg"] and "backups" in result["msg"]
    assert node.database.read_bytes() == damaged


BREAKS = {
    "that does nothing": "sys.exit(0)",
    "that empties the database": "open(sys.argv[sys.argv.index('-d') + 1], 'wb').close()",
    "that dies": "os.abort()",
}


@pytest.mark.parametrize("how", sorted(BREAKS))
def test_a_tool_loses_nothing_if_it_fails_at_a_change(node: CredentialNode, how: str) -> None:
    node.run(TWO)
    before = (node.database.read_bytes(), node.key.read_bytes(), node.main.read_bytes())
    working = node.credmgr.read_text()
    condition = "if sys.argv[1] == 'set_cred' and 'copy.db' in ' '.join(sys.argv): "
    node.install(working.replace("def main() -> None:\n", "def main() -> None:\n    %s%s\n" % (condition, BREAKS[how])))
    result = node.run(dict(TWO, password="other"))
    assert result["failed"] is True and "nothing was changed" in result["msg"]
    assert (node.database.read_bytes(), node.key.read_bytes(), node.main.read_bytes()) == before


def test_what_was_replaced_is_kept_for_root_alone(node: CredentialNode) -> None:
    node.run(TWO)
    before = node.database.read_bytes()
    result = node.run(dict(TWO, password="other"))
    backup = node.root / "state" / "backups" / result["transaction"]
    assert node.mode(backup) == 0o700
    copies = [path for path in backup.iterdir() if path.read_bytes() == before]
    assert copies and all(node.mode(path) == 0o600 for path in copies)


def test_a_second_database_is_refused_unless_it_is_a_link_to_the_first(node: CredentialNode) -> None:
    node.run(TWO)
    tools = node.prefix / "etc" / "credentials.db"
    tools.symlink_to(node.database)
    assert node.run(TWO)["changed"] is False
    tools.unlink()
    tools.write_bytes(node.database.read_bytes())
    refused = node.run(TWO)
    assert str(tools) in refused["msg"] and str(node.database) in refused["msg"]
    assert node.run(TWO, allow=["split_database"])["changed"] is False


def test_an_unfinished_change_by_others_is_waited_for(node: CredentialNode) -> None:
    node.run(TWO)
    journal = Path(str(node.database) + "-journal")
    journal.write_bytes(b"x")
    assert str(journal) in node.run(dict(TWO, password="other"))["msg"]


def test_check_mode_with_a_database_foretells_and_writes_nothing(node: CredentialNode) -> None:
    node.run(TWO)
    before = node.database.read_bytes()
    foretold = node.run(dict(TWO, password="other"), dict(ONE, password="summer"), _ansible_check_mode=True)
    assert node.database.read_bytes() == before
    done = node.run(dict(TWO, password="other"), dict(ONE, password="summer"))
    for key in ("changed", "activation", "changes", "diff", "entries", "hidden_by"):
        assert foretold[key] == done[key]
