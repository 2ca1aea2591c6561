# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests/bench/stock.py makes of its figures, and that the playbook which it measures does what its documentation counts."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

# The oldest Python of the machine has what nodes have, and no more.
yaml = pytest.importorskip("yaml")
pytest.importorskip("jinja2")

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "bench"))

import chart
import fleet
import stock

SVG = "{http://www.w3.org/2000/svg}"
ROLE = ROOT / "tests" / "bench" / "stock" / "stock" / "roles" / "mta"


def spent(controller, modules):
    return fleet.Spent(1.0, controller, modules, 0.0, 0.0, 1)


SENT = {
    stock.STOCK: [stock.Sent("ansible.legacy.file", 150_000)] * 3
    + [stock.Sent("community.crypto.openssl_csr", 250_000)],
    stock.OURS: [stock.Sent("msys.momentum.node", 700_000)],
    stock.PING: [stock.Sent("ansible.builtin.ping", 159_000)],
}
FIGURES = stock.Figures(
    SENT,
    {
        1: {
            stock.STOCK: [spent(2, 8), spent(3, 9), spent(2, 10)],
            stock.OURS: [spent(1, 1), spent(1, 1), spent(1, 2)],
            stock.PING: [spent(1, 0.5)] * 3,
        },
        20: {
            stock.STOCK: [spent(40, 160)] * 3,
            stock.OURS: [spent(5, 20)] * 3,
            stock.PING: [spent(3, 10)] * 3,
        },
    },
)


def test_a_ratio_is_of_runs_that_followed_each_other():
    rows = stock.run_rows(FIGURES)
    assert [row[:4] for row in rows[1:]] == [
        ["1", "12.0", "2.0", "5.0 (4.0 to 6.0)"],
        ["20", "200.0", "25.0", "8.0 (8.0 to 8.0)"],
    ]
    assert [row[4:] for row in rows[1:]] == [
        ["2.00, 9.00", "1.00, 1.00", "18.0", "2.0"],
        ["2.00, 8.00", "0.25, 1.00", "16.0", "2.0"],
    ]


def test_executions_are_counted_by_module():
    assert stock.sent_rows(FIGURES)[1:] == [
        ["playbook", "4", "700,000", "file 3, community.crypto.openssl_csr 1"],
        ["collection", "1", "700,000", "msys.momentum.node 1"],
        ["one ping", "1", "159,000", "ping 1"],
    ]


def test_what_was_sent_is_named_by_its_wrapper():
    payload = b"#!/usr/bin/python\n_ansiballz_main(\nansible_module='msys.momentum.node',\n)\n"
    assert stock.sent(payload) == stock.Sent("msys.momentum.node", len(payload))
    with pytest.raises(ValueError, match="no module"):
        stock.sent(b"print(1)\n")


def test_a_table_is_markdown():
    assert stock.table([["a", "b"], ["1", "2"]]) == "| a | b |\n|---|---|\n| 1 | 2 |"


def drawn():
    return ET.fromstring(stock.drawn(FIGURES, "today, with <this> & that"))


def test_the_picture_says_in_words_what_it_shows():
    described = drawn().find(SVG + "desc").text
    assert (
        described
        == "1 node: playbook 11.0, collection 2.0, playbook: 5.5 times as much. 20 nodes: playbook 10.0, collection 1.2, playbook: 8.0 times as much."
    )
    texts = [element.text for element in drawn().iter(SVG + "text")]
    assert "today, with <this> & that" in texts and {
        "1 node",
        "20 nodes",
        "playbook",
        "collection",
        "11.0",
        "1.2",
    } <= set(texts)


def test_bars_are_as_long_as_their_values_and_stay_inside():
    bars = [element for element in drawn().iter(SVG + "rect") if element.get("height") == "18"]
    widths = [float(one.get("width")) for one in bars]
    assert widths == pytest.approx([value * chart.ROOM / 11 for value in (9, 2, 1, 1, 8, 2, 1, 0.25)], abs=0.06)
    assert all(float(one.get("x")) + width <= 104 + chart.ROOM for one, width in zip(bars, widths))


def test_the_picture_has_the_colours_of_the_reports_for_light_and_dark_pages():
    style = drawn().find(SVG + "style").text
    assert style.count("--paper:") == style.count("--ink:") == 2 and "prefers-color-scheme: dark" in style
    used = {word.split(")")[0] for word in style.split("var(")[1:]}
    assert all(style.count(name + ":") == 2 for name in used)


def test_the_playbook_has_the_size_that_the_documentation_tells():
    variables = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    sizes = {
        name: len(variables["mta_" + name])
        for name in ("directories", "fragments", "pools", "security", "tls_options", "certificates")
    }
    assert sizes == {"directories": 12, "fragments": 5, "pools": 5, "security": 2, "tls_options": 8, "certificates": 3}
    assert {path.stem for path in (ROLE / "files").glob("*.conf")} == set(variables["mta_fragments"])


def test_both_sides_declare_the_same_options():
    declared = yaml.safe_load(
        (ROOT / "tests/bench/stock/collection/group_vars/momentum_standalone.yml").read_text(encoding="utf-8")
    )
    ours = {(one["option"], str(one["value"]).lower()) for one in declared["momentum_settings"] if "scope" not in one}
    lines = "".join(path.read_text(encoding="utf-8") for path in (ROLE / "files").glob("*.conf")).splitlines()
    theirs = {tuple(part.strip() for part in line.split("=")) for line in lines}
    assert theirs == {pair for pair in ours if not pair[0].startswith("TLS")}
