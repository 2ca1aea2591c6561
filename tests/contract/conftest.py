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


# The parts of `node` are the modules' own code. What all of them share (secrets, locales, strange values and paths, kills) meets each option and case
# in the module, and every fifth of them as a part.
EVERY = 5
SAMPLED = frozenset(
    "test_a_value_stays_one_value test_every_module_ends_whatever_lies_at_any_path test_what_a_task_marks_as_a_secret_every_module_hides "
    "test_no_strange_secret_of_a_file_leaves_the_node test_no_planted_secret_leaves_the_node test_no_name_or_text_of_a_node_commands_a_terminal "
    "test_paths_beyond_ascii_are_the_same_in_every_locale test_whatever_an_option_is_given test_no_strange_secret_leaves_the_node "
    "test_every_case_that_is_killed_is_made_up_for_by_the_next_run test_a_secret_that_equals_part_of_the_result_does_not_break_it".split()
)


def is_of_a_part(item):
    """Whether a test is one of the many for a part of `node`, which only `make long` runs."""
    if getattr(item, "originalname", "") not in SAMPLED or item.get_closest_marker("long") is None:
        return False
    return getattr(item, "callspec", None) is not None and item.callspec.id.startswith(("node ", "node:", "node-"))


def pytest_collection_modifyitems(config, items):
    """Take a fifth of the tests for parts of `node`, the same in every run."""
    parts = [item for item in items if is_of_a_part(item)]
    left = set(parts) - set(parts[::EVERY])
    items[:] = [item for item in items if item not in left]
    if left:
        config.hook.pytest_deselected(items=sorted(left, key=lambda item: item.nodeid))
