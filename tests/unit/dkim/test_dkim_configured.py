# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scopes that sign, and where the key of a selector is."""

import pytest

from plugins.module_utils.dkim import changes, configured
from plugins.module_utils.dkim.entries import DesiredKey
from plugins.module_utils.dkim.key import CurrentKey, PlannedKey
from plugins.module_utils.ecconf.effective import Effective
from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.errors import PlanError

TEXT = """
opendkim "o" {
  selector = "s0"
  digest = "rsa-sha1"
  key = "/k/%{d}/%{s}.key"
  dkim_domain "Example.com" { selector = "s1" }
  dkim_domain "corp.example.com" { selector = "s1" base_domain = "example.com" }
  dkim_domain "example.org" { key = "/k/org.key" }
}
dk_sign "d" { key = "/old/%{d}.key" }
"""


def signers(text=TEXT):
    reader = OverlayReader({"/e.conf": text.encode()})
    return configured.signers(Effective(load("/e.conf", reader=reader)))


def test_each_scope_has_its_domain_its_selector_and_its_key():
    assert [(one.domain, one.selector, one.file, one.pattern) for one in signers()] == [
        ("", "s0", "", "/k/*/s0.key"),
        ("Example.com", "s1", "/k/Example.com/s1.key", "/k/Example.com/s1.key"),
        ("example.com", "s1", "/k/example.com/s1.key", "/k/example.com/s1.key"),
        ("example.org", "s0", "/k/org.key", "/k/org.key"),
        ("", "", "", "/old/*.key"),
    ]


@pytest.mark.parametrize(
    ("domain", "selector", "path"),
    [
        ("example.com", "s2", "/k/Example.com/s2.key"),
        ("example.net", "s2", "/k/example.net/s2.key"),
        ("example.org", "s0", "/k/org.key"),
        ("example.org", "s2", "/k/example.org/s2.key"),
    ],
)
def test_the_next_key_has_a_file_of_its_own(domain, selector, path):
    found = signers()
    assert configured.place(found, configured.stanza_of(found, ""), "/p", domain, selector)[0] == path


def test_the_documented_place_is_the_one_of_who_names_none():
    path = "/p/etc/conf/dkim/a.example/s.key"
    assert configured.place([], None, "/p", "a.example", "s") == (path, None)
    found = signers('opendkim "o" { key = "/one.key" }')
    assert configured.place(found, configured.stanza_of(found, ""), "/p", "a.example", "s") == (path, None)


def settings_of(domain, selector, path):
    found = signers()
    one = PlannedKey(DesiredKey(domain, selector), CurrentKey(path, None), "kept")
    made, holds = changes.settings(found, configured.stanza_of(found, ""), one)
    return [(each.path[-1][1], each.option, each.value) for each in made], holds


def test_every_scope_that_signs_as_a_domain_comes_to_sign_with_the_selector():
    assert settings_of("example.com", "s2", "/k/Example.com/s2.key") == (
        [
            ("Example.com", "selector", "s2"),
            ("corp.example.com", "selector", "s2"),
            ("corp.example.com", "key", "/k/Example.com/s2.key"),
        ],
        False,
    )
    assert settings_of("example.org", "s0", "/k/org.key")[1] is True
    assert settings_of("example.org", "s2", "/k/example.org/s2.key") == (
        [("example.org", "selector", "s2"), ("example.org", "key", "/k/example.org/s2.key")],
        False,
    )
    assert settings_of("example.net", "s1", "/other") == (
        [("example.net", "selector", "s1"), ("example.net", "key", "/other")],
        False,
    )


def test_a_key_is_in_use_where_its_domain_signs_with_it():
    def is_used(domain, selector, path):
        one = PlannedKey(DesiredKey(domain, selector), CurrentKey(path, None), "kept")
        return changes.in_use(signers(), [one]) == [path]

    assert is_used("example.com", "s1", "/k/Example.com/s1.key") and is_used("example.org", "s0", "/k/org.key")
    # The stanza signs for whoever has no scope of its own.
    assert is_used("example.net", "s0", "/k/example.net/s0.key")
    assert not is_used("example.org", "s0", "/k/example.org/s0.key")
    assert not is_used("example.net", "s1", "/k/example.net/s1.key")


def test_a_stanza_with_one_file_signs_for_others_with_it(tmp_path):
    text = 'opendkim "o" { key = "%s/link/all.key" selector = "s" dkim_domain "example.com" { selector = "s2" key = "/k/2.key" } }'
    (tmp_path / "k").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "k")
    found = signers(text % tmp_path)
    one = PlannedKey(DesiredKey("example.com", "s"), CurrentKey("%s/k/all.key" % tmp_path, None), "kept")
    assert changes.in_use(found, [one]) == [one.path]
    other = PlannedKey(DesiredKey("example.com", "s"), CurrentKey("/k/s.key", None), "kept")
    assert changes.in_use(found, [other]) == []


def test_a_scope_that_signs_as_another_domain_is_left_alone():
    found = signers(
        'opendkim "o" { key = "/k/%{d}/%{s}.key" dkim_domain "Example.com" { base_domain = "corp.example" } }'
    )
    one = PlannedKey(DesiredKey("example.com", "s"), CurrentKey("/k/s.key", None), "kept")
    with pytest.raises(PlanError, match='dkim_domain "Example.com" signs as corp.example'):
        changes.settings(found, found[0], one)


def test_the_selectors_of_a_domain_are_those_of_the_stanza_that_is_managed():
    found = signers()
    stanza = configured.stanza_of(found, "")
    assert configured.signing(found, stanza, "example.com") == ["s1"]
    assert configured.signing(found, stanza, "example.net") == ["s0"]
    old = signers(
        'dkim_sign "o" { key = "/k" dkim_domain "a.example" { selector = "a" } }\n'
        'dk_sign "d" { key = "/k" dk_domain "a.example" { selector = "z" } }'
    )
    assert configured.signing(old, configured.stanza_of(old, ""), "a.example") == ["a"]
    assert configured.signing([], None, "a.example") == []


def test_a_stanza_is_named_where_there_are_several():
    found = signers('opendkim "a" { }\nopendkim "b" { }\ndk_sign "c" { }')
    assert configured.stanza_of(found, "b").path == (("opendkim", "b"),)
    assert configured.stanza_of([], "b") is None
    for name, words in (("", "several"), ("c", "'c'")):
        with pytest.raises(PlanError, match=words):
            configured.stanza_of(found, name)
