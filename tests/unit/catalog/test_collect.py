# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of the vendor's pages, and what was counted there when the tables were made."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools" / "catalog"))

import collect  # noqa: E402
import generate  # noqa: E402
import pages  # noqa: E402

MANUALS = os.environ.get("MOMENTUM_MANUALS", "")

MODULE_PAGE = """\
---
title: "thing – A Module"
---
# Configuration

```
# Options of the console and others are not read here
thing "thing1" {
  path = "/var/thing" # a = "comment"
  map [
    inner = "value"
  ]
  part "one"
  {
    size = 3
  }
}
other { path_of_another = 1 }
```

<dl>
<dt><a name="thing.path"></a> path</dt>
<dd>The path.</dd>
<dt>`mode = 0644`</dt>
<dd>

_Introduced in Momentum 4.8._

</dd>
<dt>thing show *`all`*</dt>
<dd>No option.</dd>
</dl>

### Note

<dl><dt>limit</dt><dd>Available as always.</dd></dl>

### Console Commands

<dl><dt>thingreload</dt><dd>A command.</dd></dl>
"""


def test_a_module_s_options_are_those_of_its_lists_and_of_its_examples():
    assert pages.defined(MODULE_PAGE) == {"path": "", "mode": "4.8", "limit": ""}
    within = [(stanzas, name) for stanzas, name in pages.used(MODULE_PAGE) if stanzas[:1] == ("thing",)]
    assert within == [
        (("thing",), "path"),
        (("thing",), "map"),
        (("thing",), "part{}"),
        (("thing", "part"), "size"),
    ]


def test_an_example_that_leaves_things_out_is_read_as_far_as_it_goes():
    text = "```\n...\nthing {\n  ...\n  Option = <on|off>\n}\n}\nlate = 1\n```"
    assert list(pages.used(text)) == [((), "thing{}"), (("thing",), "option"), ((), "late")]


def test_a_line_of_a_summary_is_taken_apart():
    table = (
        "| Option/Description | Type | Default | Version | Scopes |\n| --- | --- | --- | --- | --- |\n"
        "| [event_loop](/momentum/4/x) – Pool | na | (*non-dynamic*) | 3.5.6, 3.6.1 | Listen, global |\n"
        "| **accept_it** – Accept | both | 0 | 4.0 and later | peer |\n"
    )
    assert list(pages.options_summary(table)) == [
        ("event_loop", "3.5.6, 3.6.1", ("global", "listen"), True),
        ("accept_it", "4.0 and later", ("peer",), False),
    ]
    table = "| [\u201cthing – A Module\u201d](/momentum/4/modules/thing) (*singleton 3.1* ) | 4.2 | Does |  ✓ |   |   |   |\n"
    assert list(pages.modules_summary(table)) == [("thing", "4.2", "4/modules/thing", True, True, False)]


def test_a_page_of_the_reference_names_its_options_and_scopes():
    text = 'title: "one_option, other_option"\n\n## Scope\n\nThey are valid in the global and esmtp_listener scopes.\n\n## See Also\n\nhost\n'
    assert pages.option_page(text) == (["one_option", "other_option"], ["esmtp_listener", "global"])


def recorded():
    return {what: int(number) for what, number in collect.table(collect.COUNTS)}


def test_the_recorded_counts_are_those_of_the_catalog_and_of_the_figures():
    rows, modules = generate.read(), generate.read_modules()
    options = [option for module in modules for option in module.options.split()]
    counts = recorded()
    assert counts["differences without a reason"] == 0
    assert counts["differences with a reason"] == len(collect.table(collect.DIFFERENCES))
    assert counts["options in the catalog"] == len({row.name for row in rows})
    assert counts["places in the catalog"] == sum(len(row.scopes.split(",")) for row in rows)
    assert counts["scopes in the catalog"] == len(
        {scope for row in rows for scope in row.scopes.split(",")} - {"*", "?"}
    )
    assert counts["modules in the catalog"] == len(modules)
    assert counts["stanzas within modules in the catalog"] == len(
        [option for option in options if option.endswith(pages.STANZA)]
    )
    assert counts["options of modules in the catalog"] == len(
        [option for option in options if not option.endswith(pages.STANZA)]
    )
    figures = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert [what for what, number in counts.items() if "| %s | %d |" % (what, number) not in figures] == []


def test_every_correction_and_difference_has_a_reason():
    assert all(line[-1] for line in collect.table(collect.CORRECTIONS) + collect.table(collect.DIFFERENCES))


@pytest.mark.skipif(not MANUALS, reason="MOMENTUM_MANUALS names no checkout of the vendor's manuals")
def test_the_tables_are_what_the_pages_give(capsys):
    status = collect.main([MANUALS, "--check"])
    with capsys.disabled():
        print("\n" + capsys.readouterr().out, end="")
    assert status == 0
