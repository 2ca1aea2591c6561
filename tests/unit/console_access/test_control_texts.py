# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts beside the configuration: digests, the shell fragment, groups. The shell and hashlib are the judges."""

import hashlib
import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.module_utils.console_access import passwords, texts
from plugins.module_utils.console_access.passwords import User
from plugins.module_utils.console_access.texts import Group
from plugins.module_utils.errors import PlanError
from plugins.module_utils.redaction.redaction import MASK

REALM = "Momentum Console"
NAMES = st.text("abcxyz019-_", min_size=1, max_size=8)
SECRETS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x24F, blacklist_characters="\x7f\x85"), min_size=1, max_size=12
)
USERS = st.dictionaries(NAMES, SECRETS, max_size=5)
PATHS = st.text("abc/._-@:+ '$", min_size=1, max_size=12).map(lambda text: "/" + text)


def test_a_digest_is_the_one_of_htdigest():
    # RFC 2617, section 3.5: the A1 of its example
    assert passwords.digest("Mufasa", "testrealm@host.com", "Circle Of Life") == "939e7578ed9e3c518a452acee763bce9"


@given(USERS, USERS)
@settings(max_examples=60, deadline=None)
def test_every_requested_user_has_one_right_line_and_others_stay(before, requested):
    text = "# kept\nother:realm:00000000000000000000000000000000\n"
    first = passwords.edit(text, REALM, [User(*item) for item in before.items()])
    second = passwords.edit(first.text, REALM, [User(*item) for item in requested.items()])
    lines = second.text.splitlines()
    for name, secret in dict(before, **requested).items():
        digest = hashlib.md5(("%s:%s:%s" % (name, REALM, secret)).encode()).hexdigest()
        assert lines.count("%s:%s:%s" % (name, REALM, digest)) == 1
    assert len(lines) == 2 + len(set(before) | set(requested)) and second.text.startswith(text)
    again = passwords.edit(second.text, REALM, [User(*item) for item in requested.items()])
    assert again == (second.text, [])


def test_a_realm_of_its_own_loses_the_users_that_nobody_names():
    text = "a:%s:1\nb:%s:2\nb:other:3\n" % (REALM, REALM)
    edited = passwords.edit(text, REALM, [User("c", "secret")], exclusive=True)
    assert [line.split(":")[:2] for line in edited.text.splitlines()] == [["b", "other"], ["c", REALM]]
    assert edited.steps == [("remove", "a"), ("remove", "b"), ("add", "c")]
    assert passwords.edit(text, REALM, [User("a", None)]).text == "b:%s:2\nb:other:3\n" % REALM


@pytest.mark.parametrize(
    "users", [[User("a:b", "x")], [User("", "x")], [User("a", "")], [User("a", "x\ny")], [User("a", "x")] * 2]
)
def test_what_cannot_stand_in_the_file_is_refused(users):
    with pytest.raises(PlanError) as refused:
        passwords.edit("", REALM, users)
    assert "x\ny" not in str(refused.value)


def test_a_difference_shows_that_a_digest_changed_and_not_the_digest():
    before = "a:r:%s\nb:r:%s\n" % ("1" * 32, "2" * 32)
    after = "a:r:%s\nb:r:%s\n" % ("1" * 32, "3" * 32)
    assert passwords.masked(before, after, " (old)") == "a:r:********\nb:r:******** (old)\n"
    assert passwords.masked(after, before, " (new)") == "a:r:********\nb:r:******** (new)\n"


def shell(text):
    """What CONTROL is after the shell has read a text."""
    script = text + '\nprintf %s "$CONTROL"'
    return subprocess.run(["/bin/sh", "-c", script], stdout=subprocess.PIPE, check=True, env={}).stdout.decode()


@given(
    st.lists(
        st.sampled_from(
            [
                "# c",
                "TMPDIR=/x",
                "export A=b # d",
                "CONTROL=/tmp/2025 # e",
                "export CONTROL='/a b'",
                "",
                '  CONTROL="/q"; B=1',
            ]
        )
    ),
    PATHS,
)
@settings(max_examples=40, deadline=None)
def test_the_shell_reads_the_endpoint_and_nothing_else_changes(lines, endpoint):
    text = "".join(line + "\n" for line in lines)
    after = texts.with_control(text, endpoint)
    assert shell(after) == endpoint == texts.control_of(after)
    assert texts.with_control(after, endpoint) == after
    kept = [line for line in lines if "CONTROL" not in line]
    assert [line for line in after.splitlines() if "CONTROL" not in line] == kept


def test_a_comment_behind_the_endpoint_and_the_last_line_without_an_end_stay():
    assert texts.with_control("CONTROL=/tmp/2025 # console\nA=1", "/run/x") == "CONTROL=/run/x # console\nA=1"
    assert texts.with_control("export A=1", "/run/x") == "export A=1\nexport CONTROL=/run/x\n"
    assert shlex.split(texts.with_control("", "/a b")) == ["CONTROL=/a b"]


def test_groups_keep_the_form_of_lines_that_say_the_same():
    text = "# who\nops:x:a,b\nold:c\n"
    assert texts.with_groups(text, [Group("ops", ["a", "b"])]) == text
    assert texts.with_groups(text, [Group("ops", ["a"]), Group("new", ["d"])]) == "# who\nops:a\nold:c\nnew:d\n"
    assert texts.with_groups(text, [Group("ops", ["a", "b"])], exclusive=True) == "# who\nops:x:a,b\n"
    assert texts.with_groups(text, [Group("old", [])]) == "# who\nops:x:a,b\n"
    assert texts.groups_with(text, "b") == ["ops"]
    with pytest.raises(PlanError):
        texts.with_groups("", [Group("a b", ["c"])])


def test_a_password_file_is_shown_without_digests_and_without_passwords():
    digest = "0123456789abcdef" * 2
    text = "anna:Realm:%s\nberta:hunter2\ncleo:hunter2:x\nhunter2\n# a note\n#old:Realm:%s\n\n" % (digest, digest)
    shown = passwords.masked(text, "berta:hunter2\n", " (old)")
    assert (
        shown
        == "anna:Realm:{0} (old)\nberta:{0}\ncleo:{0} (old)\n{0} (old)\n# a note\n#old:Realm:{0} (old)\n\n".format(MASK)
    )
