# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configurations of the manuals, loaded all at once: nothing is lost between the files and the values in force."""

from pathlib import Path

import pytest
from ecconf import Option
from ecconf.effective import Effective
from ecconf.loader import load
from ecconf.reader import OverlayReader

CORPUS = Path(__file__).resolve().parent.parent.parent.parent.parent / "shared" / "corpus" / "valid"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of the manuals is not beside this checkout")
def test_every_assignment_of_every_file_is_in_force_or_overridden():
    texts = {"/corpus/" + path.name: path.read_bytes() for path in CORPUS.iterdir()}
    texts["/main.conf"] = b'include "corpus"'
    configuration = load("/main.conf", [], nodename="mta1", reader=OverlayReader(texts))
    assert len(configuration.files) == len(texts) > 300
    assert {problem.kind for problem in configuration.problems} <= {"missing"}

    options = [item for file in configuration.files for _in, item in file.document.walk() if isinstance(item, Option)]
    settings = list(Effective(configuration).settings())
    assert sum(1 + len(setting.overridden) for setting in settings) == len(options) > 800
    for setting in settings:
        places = [(item.file, item.line) for item in setting.overridden + (setting,)]
        assert places == sorted(places)
