# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are recognised, masked, and still seen to change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.module_utils import redaction


@pytest.mark.parametrize(
    "option",
    ["Outbound_SMTP_AUTH_Pass", "password", "Community", "http_basic_auth", "TLS_Passphrase", "secret", "api_key"],
)
def test_options_that_hold_secrets_are_known_by_name(option):
    assert redaction.is_secret(option)


@pytest.mark.parametrize(
    "option", ["User", "Bypass_Something", "TLS_Key", "Max_Retries", "compass_mode", "Capabilities"]
)
def test_other_options_are_not_taken_for_secrets(option):
    assert not redaction.is_secret(option)


def test_a_task_can_name_further_secret_options():
    assert redaction.is_secret("Own_Word", frozenset(["own_word"]))


@pytest.mark.parametrize(
    "text, shown",
    [
        ("pgsql:host=db;user=u;password=abc;port=1", "pgsql:host=db;user=u;password=********;port=1"),
        ("http://user:abc@host/path", "http://user:********@host/path"),
        ("nothing = here", "nothing = here"),
    ],
)
def test_passwords_inside_a_text_are_masked_alone(text, shown):
    assert redaction.mask_text(text) == shown


def test_a_changed_secret_is_marked_as_old_and_new():
    before, after = redaction.difference(b'Password = "one"\nUser = "u"\n', b'Password = "two"\nUser = "u"\n')
    assert before == 'Password = "******** (old)"\nUser = "u"\n'
    assert after == 'Password = "******** (new)"\nUser = "u"\n'


def test_an_unchanged_secret_makes_no_difference():
    before, after = redaction.difference(b'Password = "one"\nA = 1\n', b'Password = "one"\nA = 2\n')
    assert before == 'Password = "********"\nA = 1\n'
    assert after == 'Password = "********"\nA = 2\n'


def test_secrets_in_comments_and_in_text_that_does_not_parse_are_masked():
    before, after = redaction.difference(b'# Password = "planted"\n', b'} Password = "planted"\n')
    assert "planted" not in before + after


def test_secrets_inside_lists_and_dictionaries_are_masked():
    text = b'uri = ( "pgsql:host=db;password=planted" )\nAuthParameters = [ user = "u" secret = "planted2" ]\n'
    shown, _after = redaction.difference(text, b"")
    assert "planted" not in shown and '"u"' in shown


def test_a_secret_that_is_an_ordinary_word_does_not_blank_the_file():
    before, _after = redaction.difference(b"Password = true\nEnabled = true\n", b"")
    assert before == "Password = true\nEnabled = true\n"


@given(
    st.text(
        alphabet=st.characters(blacklist_characters='"\\', blacklist_categories=["Cs", "Cc"]), min_size=4, max_size=20
    )
)
def test_no_secret_survives_in_either_text(secret):
    content = ('Outbound_SMTP_AUTH_Pass = "%s"\n' % secret).encode("utf-8")
    if (
        secret.strip() != secret
        or secret.lower() in redaction.FREE_OF_SECRETS
        or secret in 'Outbound_SMTP_AUTH_Pass = "********"'
    ):
        return
    before, after = redaction.difference(content, content + b"A = 1\n")
    assert secret not in before and secret not in after
