# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the manuals fit the version that they were written for."""

import collections
import os
from pathlib import Path

import pytest

from plugins.module_utils.ecconf.loader import load
from plugins.module_utils.ecconf.reader import OverlayReader
from plugins.module_utils.lint.run import counts, findings

ROOT = Path(__file__).resolve().parents[3]
CORPUS = Path(os.environ.get("MOMENTUM_CORPUS") or ROOT.parent / "shared" / "corpus") / "valid"
WITHOUT = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of the manuals is not beside this checkout")


def of_manual(major):
    """The examples of one manual, loaded as one configuration."""
    texts = {
        "/corpus/" + path.name: path.read_bytes() for path in CORPUS.iterdir() if path.name.startswith(major + "__")
    }
    texts["/main.conf"] = b'include "corpus"'
    assert len(texts) > 50
    return load("/main.conf", [], nodename="mta1", reader=OverlayReader(texts))


@WITHOUT
@pytest.mark.parametrize("major, newest", [("3", "3.6.12"), ("4", "5.3.0")])
def test_no_example_of_a_manual_is_fatal_for_the_newest_version_that_it_describes(major, newest, capsys):
    found = findings(of_manual(major), newest, newest)
    with capsys.disabled():
        tally = collections.Counter(one.rule for one in found)
        print("\n  lint, manual %s at %s: %s, %s" % (major, newest, counts(found), dict(tally)))
    assert [one for one in found if one.severity == "fatal"] == []


@WITHOUT
def test_the_4_x_examples_hold_options_that_3_x_refuses():
    refused = {one.option.lower() for one in findings(of_manual("4"), "3.6.12") if one.severity == "fatal"}
    assert {"tlsv13_ciphersuites", "mta_sts_policy_store", "proxy_protocol", "enable_dane"} <= refused
