# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file of the vendor's corpus behaves as the name of its directory says."""

import os

import pytest
from ecconf import ParseError, parse, warnings

ROOT = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.environ.get("MOMENTUM_CORPUS") or os.path.join(ROOT, *[os.pardir] * 4 + ["shared", "corpus"])
REASON = "the corpus of the vendor's manuals is not here: set MOMENTUM_CORPUS to its directory"
OUTCOMES = {"valid": ("read",), "fragment": ("read", "refused"), "quirk": ("read",), "broken": ("refused",)}
COUNTS = {"valid": 358, "fragment": 43, "quirk": 3, "broken": 2}

pytestmark = pytest.mark.skipif(not os.path.isdir(CORPUS), reason=REASON)


def contents(directory):
    """Name and bytes of every file of a directory, in the order of the names."""
    base = os.path.join(CORPUS, directory)
    found = []
    for name in sorted(os.listdir(base)):
        with open(os.path.join(base, name), "rb") as file:
            found.append((name, file.read()))
    return found


def outcome(name, data):
    """Read a file without loss, or refuse it with a position inside it."""
    try:
        document = parse(data, name)
    except ParseError as error:
        assert (error.filename, error.line > 0, error.column > 0) == (name, True, True)
        assert error.line <= data.count(b"\n") + 1 and error.expected
        return "refused"
    assert bytes(document) == data
    assert document.to_data() or not document.items
    return "read"


@pytest.mark.parametrize("directory", sorted(OUTCOMES))
def test_every_file_of_a_directory_is_read_or_refused_as_its_name_says(directory, capsys):
    outcomes = {name: outcome(name, data) for name, data in contents(directory)}
    counts = {kind: list(outcomes.values()).count(kind) for kind in ("read", "refused")}
    with capsys.disabled():
        print(
            "\n  corpus %s: %d files, %d read, %d refused"
            % (directory, len(outcomes), counts["read"], counts["refused"])
        )
    assert {name: kind for name, kind in outcomes.items() if kind not in OUTCOMES[directory]} == {}
    assert len(outcomes) >= COUNTS[directory]


def test_all_valid_files_one_after_another_are_one_valid_file():
    data = b"\n".join(data for _name, data in contents("valid"))
    document = parse(data)
    assert bytes(document) == data
    assert len(document.items) == sum(len(parse(one).items) for _name, one in contents("valid"))


def test_no_valid_file_is_remarked_on_but_undocumented_forms_are():
    assert [name for name, data in contents("valid") if warnings(parse(data))] == []
    assert sorted(remark.message[-4:] for _name, data in contents("quirk") for remark in warnings(parse(data))) == [
        "(A2)",
        "(A6)",
    ]
