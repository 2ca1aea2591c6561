# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every profile writes, for every version, in every kind of scope: compared with the table in matrix.txt.

After a requested change of profiles write the table anew with `MATRIX_WRITE=1 pytest tests/unit/tls/test_tls_matrix.py`, and
read the difference.
"""

import os
from pathlib import Path

import pytest
from tls_node import FakeLibrary, Node

from plugins.module_utils.catalog import catalog
from plugins.module_utils.tls.complaints import Refused
from plugins.module_utils.tls.profiles import profiles

TABLE = Path(__file__).parent / "matrix.txt"
CONFIGURATION = """ESMTP_Listener {
  Listen ":25" {
  }
}
Binding "b" {
}
"""
PLACES = {
    "global": {"scope": []},
    "listener": {"scope": ["ESMTP_Listener"]},
    "listen": {"scope": ["ESMTP_Listener", 'Listen ":25"']},
    "binding": {"bindings": ["b"]},
}
SCOPES = {"global": "global", "listener": "esmtp_listener", "listen": "listen", "binding": "binding"}
# The library that each version came with or ran on (pages *changelog* 4.6, 4.7 and 5.3).
VERSIONS = {
    "3.6.6": (1, 0, 2),
    "4.1": (1, 0, 2),
    "4.2": (1, 0, 2),
    "4.6": (1, 1, 1),
    "5.0": (3, 0, 0),
    "5.3": (3, 5, 0),
}
MODERN_CIPHERS = ("CHACHA20", "CCM", "ARIA")


class Library(FakeLibrary):
    """Knows every cipher that an OpenSSL of its version has; CHACHA20 and CCM came with 1.1.0."""

    def knows_cipher(self, token):
        return self.version >= (1, 1, 0) or not any(word in token for word in MODERN_CIPHERS)

    def ciphers(self, text):
        return tuple(token for token in text.split(":") if self.knows_cipher(token))


def written(profile, version, place, allow):
    """The options that are written, or why the task is refused."""
    node = Node(CONFIGURATION, version, Library(VERSIONS[version]))
    try:
        outcome = node.resolve(dict(PLACES[place], profile=profile, allow=allow))
    except Refused as error:
        return [("refused", complaint.option, complaint.remedy) for complaint in error.complaints]
    return [
        ("writes", change.subject, str(change.after)) for change in outcome.plan.changes if change.action != "add_scope"
    ]


def section(profile, version):
    """The lines of one profile and version: scopes, option, value; what is refused is shown with and without overriding its safety check."""
    lines = {}
    for place in PLACES:
        found = written(profile, version, place, [])
        if found and found[0][0] == "refused":
            allow = ["plaintext_downgrade", "unlimited_protocols"]
            second = written(profile, version, place, allow)
            found += [("allowed" if kind == "writes" else "never", option, value) for kind, option, value in second]
        for line in found:
            lines.setdefault(line, []).append(place)
    return [
        "%s %s: %s = %s" % (kind, ",".join(places), option, value) for (kind, option, value), places in lines.items()
    ]


def names():
    return sorted(profiles.names())


def render():
    sections = [
        "[%s %s]\n%s\n" % (name, version, "\n".join(section(name, version))) for name in names() for version in VERSIONS
    ]
    return "# SPDX-License-Identifier: GPL-3.0-or-later\n\n" + "\n".join(sections)


def test_what_is_written_is_what_the_table_says():
    text = render()
    if "MATRIX_WRITE" in os.environ:
        TABLE.write_text(text)
    assert text == TABLE.read_text()


def rows():
    """The table as data: profile, version, kind, place, option, value."""
    head = None
    for line in TABLE.read_text().splitlines():
        if line.startswith("["):
            head = line.strip("[]").rsplit(" ", 1)
        elif head and line:
            kind, _blank, rest = line.partition(" ")
            places, _colon, setting = rest.partition(": ")
            option, _equals, value = setting.partition(" = ")
            for place in places.split(","):
                yield head[0], head[1], kind, place, option, value


WRITTEN = [row for row in rows() if row[2] in ("writes", "allowed")] if TABLE.exists() else []


def test_the_table_has_every_profile_and_version():
    assert {(row[0], row[1]) for row in rows()} == {(name, version) for name in names() for version in VERSIONS}


def test_nothing_is_written_that_a_version_or_scope_does_not_know():
    for profile, version, _kind, place, option, _value in WRITTEN:
        entry = catalog.lookup(option, SCOPES[place])
        assert entry is not None and catalog.available(entry, version) is True, (profile, version, place, option)


@pytest.mark.parametrize(
    "option, versions",
    [
        ("TLSv13_Ciphersuites", {"4.6", "5.0", "5.3"}),
        ("TLS_EC_Curve_Names", {"4.2", "4.6", "5.0", "5.3"}),
        ("TLS_Protocols", {"3.6.6", "4.2", "4.6", "5.0", "5.3"}),
        ("TLS_Ciphers", set(VERSIONS)),
    ],
)
def test_an_option_is_written_from_its_first_version_on(option, versions):
    assert {row[1] for row in WRITTEN if row[4] == option} == versions


def test_groups_are_one_name_until_5_3_makes_them_a_list():
    for _profile, version, _kind, place, option, value in WRITTEN:
        if option == "TLS_EC_Curve_Names":
            assert place == "global"
            assert ":" not in value if version != "5.3" else ":" in value


def test_tls_1_3_is_no_word_before_4_6():
    assert not [row for row in WRITTEN if "1.3" in row[5] and row[1] in ("3.6.6", "4.1", "4.2")]


def test_no_cipher_is_written_that_the_old_library_would_drop_silently():
    old = [row[5] for row in WRITTEN if row[4] == "TLS_Ciphers" and VERSIONS[row[1]] < (1, 1, 0)]
    assert old and not any(word in value for value in old for word in MODERN_CIPHERS)


def test_modern_is_refused_on_port_25_and_nowhere_possible_before_4_6():
    refused = {
        (row[1], row[3], row[2]) for row in rows() if row[0].startswith("mozilla-modern@") and row[2] != "writes"
    }
    assert ("4.6", "global", "refused") in refused and ("5.3", "listen", "refused") in refused
    assert ("4.2", "binding", "never") in refused
    assert not any(row[0].startswith("mozilla-modern@") and row[1] in ("3.6.6", "4.1", "4.2") for row in WRITTEN)


def test_the_guide_names_every_profile_with_its_date():
    guide = (Path(__file__).parents[3] / "docs" / "tls-values.md").read_text(encoding="utf-8")
    for name in names():
        assert "| `%s` |" % name in guide and profiles.find(name).date in guide
