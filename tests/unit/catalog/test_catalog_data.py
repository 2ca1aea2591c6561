# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is generated says what the source table says, and nothing of the reference was lost on the way to it."""

import csv
import importlib.util
import re
from pathlib import Path

import pytest

from plugins.module_utils.catalog import catalog

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "reference" / "momentum-options.tsv"

# The reference writes these scopes in prose or as a path.
PLACES = {
    "any": ["*"],
    "NOT DOCUMENTED": ["?"],
    "securecreds module": ["securecreds"],
    "logs (eccluster.conf)": ["logs"],
    "authorization.role": ["role"],
    "auth_radius.server": ["server"],
    "Auth*Parameters": ["auth%sparameters" % method for method in ("plain", "login", "crammd5", "digestmd5")],
}

# Where the reference has the release of the other scopes.
CORRECTED = {("outbound_throttle_connections", "host"), ("outbound_throttle_messages", "host")}


def generator():
    specification = importlib.util.spec_from_file_location("generate", str(ROOT / "tools" / "catalog" / "generate.py"))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_generated_files_are_what_the_source_says():
    generate = generator()
    rows = generate.read()
    assert generate.DATA.read_text(encoding="utf-8") == generate.data_module(rows)
    assert generate.TABLE.read_text(encoding="utf-8") == generate.reference(rows)


def test_every_row_of_the_source_comes_back_from_a_look_up():
    for row in generator().read():
        for scope in row.scopes.split(","):
            entry = catalog.lookup(row.name, scope)
            assert (entry.name, entry.type, entry.default or "") == (row.name, row.type, row.default)
            assert (entry.since, entry.deprecated_in or "", entry.removed_in or "") == row[4:7]
            assert entry.activation == row.activation
            assert entry.scopes == set(row.scopes.split(","))
            assert entry.platforms == set(row.platforms.split(","))


@pytest.mark.parametrize(
    "line, complaint",
    [
        ("a\tglobal\tstring\t\t\t\t\tsometimes\tlinux\t\tp", "activation must be"),
        ("a\tglobal\tstring\t\t\t\t\treload\tbeos\t\tp", "platforms must be"),
        ("a\tpeer,listen\tstring\t\t\t\t\treload\tlinux\t\tp", "scopes must be"),
        ("a\tglobal\tstring\t\t\t\t\treload\tlinux\t\t", "source page is missing"),
        ("a\tglobal\tstring", "3 columns instead of 11"),
    ],
)
def test_a_malformed_source_row_is_refused_with_its_line(tmp_path, line, complaint):
    generate = generator()
    source = tmp_path / "options.tsv"
    source.write_text("\t".join(generate.COLUMNS) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="options.tsv:2: .*" + complaint):
        generate.read(source)


def test_rows_that_claim_the_same_place_are_refused(tmp_path):
    generate = generator()
    good = "a\t%s\tstring\t\t\t\t\treload\tlinux\t\tp"
    source = tmp_path / "options.tsv"
    lines = ["\t".join(generate.COLUMNS), good % "global", good % "global,listen"]
    source.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ValueError, match="twice in one scope"):
        generate.read(source)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference table is not beside this checkout")
def test_every_row_of_the_reference_is_represented():
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    sources = {(row.name, scope): row for row in generator().read() for scope in row.scopes.split(",")}
    for row in rows:
        name = row["name"].rpartition(".")[2]
        for written in row["scopes"].split(","):
            for scope in PLACES.get(written, [written.lower()]):
                ours = sources[name, scope]
                if (name, scope) in CORRECTED:
                    continue
                assert set(row["source_page"].split("; ")) <= set(ours.source.split("; ")), row
                assert ours.activation == "restart" or row["restart_required"] != "yes", row
                assert bool(ours.deprecated) == bool(row["deprecated_in"]), row
                assert ours.platforms == row["platforms"].partition(" ")[0], row
                # Where an older manual has a page too, a line of releases is before the one of the reference.
                known = row["since"] in re.split("[;,]", ours.since)
                assert known or ours.since in ("", "0") or row["since"].startswith(ours.since[:3]), row
    assert len(rows) > 400
