# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes for the tests of this directory, and the end of the process that runs modules on them."""

import shutil

import pytest
from module_nodes import Node, Story, runner


@pytest.fixture(scope="session", autouse=True)
def ended():
    yield
    if runner.cache_info().currsize:
        runner().stdin.close()
        runner().wait()


@pytest.fixture
def node_of(tmp_path):
    made = []

    def make(case):
        root = tmp_path / ("node%d" % len(made))
        root.mkdir(mode=0o755)
        made.append(root)
        return Node(root, case)

    yield make
    for root in made:
        shutil.rmtree(str(root), ignore_errors=True)


@pytest.fixture(scope="session")
def story_of(tmp_path_factory):
    stories = {}

    def tell(module, case):
        key = (module, case["name"])
        if key not in stories:
            root = tmp_path_factory.mktemp("story") / "node"
            root.mkdir(mode=0o755)
            stories[key] = Story(module, case, root)
        return stories[key]

    return tell
