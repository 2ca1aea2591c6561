# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fleet of a test, one shape after another, and the installed collection."""

import os
import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "testinfra"))
from fleet import SHAPES, Fleet, install_collection  # noqa: E402


def shapes(names):
    """The shapes of these names, as parameters of tests."""
    long = {name for name, shape in SHAPES["shapes"].items() if shape.get("tier") == "long"}
    return [pytest.param(name, id=name, marks=[pytest.mark.long] * (name in long)) for name in names]


@pytest.fixture(scope="session")
def collections(tmp_path_factory):
    return install_collection(tmp_path_factory.mktemp("collection"))


@pytest.fixture(scope="module", params=shapes(SHAPES["shapes"]))
def fleet(request, collections, tmp_path_factory) -> Iterator[Fleet]:
    if "MOMENTUM_INSTALLED_IMAGE" not in os.environ:
        pytest.fail("MOMENTUM_INSTALLED_IMAGE names no image: run tools/shapes")
    found = Fleet(request.param, collections, tmp_path_factory.mktemp(request.param))
    found.create()
    yield found
    found.destroy()
