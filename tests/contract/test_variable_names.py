# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every variable that a role or playbook reads, or a document names, is one that the playbooks know."""

import re
import sys

import pytest
import yaml
from test_roles import ROLES, ROOT, options, read

sys.path.insert(0, str(ROOT / "tests" / "unit"))
from growth import is_linear  # noqa: E402

from plugins.plugin_utils import group_names, variable_names  # noqa: E402

KNOWN = variable_names.known()
NAME = re.compile(r"\bmomentum_\w*[a-z0-9]\b")
CODE = [
    *sorted((ROOT / "playbooks").rglob("*.yml")),
    *sorted(
        path for kind in ("tasks", "handlers", "vars", "defaults") for path in (ROOT / "roles").glob("*/%s/*" % kind)
    ),
]
# The names of groups are no variables; the others are what documents give as examples of misspelled ones, and an exchange of RabbitMQ.
GROUPS = {*group_names.KNOWN, "momentum_cluster_manager", "momentum_tls_profle", "momentum_metrics"}


def entries(value):
    """Each mapping below a value."""
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from entries(below)


def set_in(document):
    """The names that a file of tasks or plays sets: by variables of tasks and plays, loops, results and facts."""
    found = set()
    for entry in entries(document):
        found |= set(entry.get("vars") or {}) | set(entry.get("ansible.builtin.set_fact") or {})
        found |= {entry["register"]} if "register" in entry else set()
        found |= {entry["loop_control"]["loop_var"]} if "loop_var" in entry.get("loop_control", {}) else set()
    return found


def internal():
    """What roles and playbooks set for themselves and for each other."""
    found = set()
    for role in ROLES:
        found |= set(read("roles/%s/vars/main.yml" % role)) if (ROOT / "roles" / role / "vars").is_dir() else set()
    for path in CODE:
        found |= set_in(yaml.safe_load(path.read_text()))
    for path in (ROOT / "playbooks" / "vars").glob("*.yml"):
        found |= set(yaml.safe_load(path.read_text()))
    return found


def texts(value):
    """Every text below a value but the names of tasks and what modules get of files."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, below in value.items():
            if key != "name" or not isinstance(below, str):
                yield from texts(below)
    elif isinstance(value, list):
        for below in value:
            yield from texts(below)


INTERNAL = internal()


def test_what_plays_read_before_hosts_have_variables_is_known_as_that():
    plays = [play for path in sorted((ROOT / "playbooks").glob("*.yml")) for play in yaml.safe_load(path.read_text())]
    texts_of = " ".join(str(play.get(key, "")) for play in plays for key in ("hosts", "serial"))
    found = set(re.findall(r"\bmomentum_\w+(?= \| default)", texts_of))
    assert found == set(variable_names.OF_PLAYS)


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_role_or_playbook_reads_is_known(path):
    """By its name, which is all that matters: a new variable belongs into the argument specification of its role."""
    named = {name for text in texts(yaml.safe_load(path.read_text())) for name in NAME.findall(text)}
    assert sorted(named - KNOWN.settable - INTERNAL - GROUPS) == []


def test_what_the_roles_describe_is_known():
    assert {name for role in ROLES for name in options(role)} <= KNOWN.settable


def test_what_tasks_set_for_themselves_is_not_for_operators():
    assert KNOWN.settable & INTERNAL == {name for role in ROLES for name in options(role)} & INTERNAL


def test_what_tasks_leave_on_a_host_is_known_to_the_playbook_after_them():
    left = {"momentum_rollout_record", "momentum_found", "momentum_upgrade_due", "momentum_certificates_signed"}
    assert left <= KNOWN.left
    assert KNOWN.left <= INTERNAL


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "roles").glob("*/README.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_names_only_variables_that_are_known(path):
    """Also those of its examples: an operator who copies them would be stopped. Links and prefixes are no names."""
    text = re.sub(r"\(#?[\w./#-]*\)|<a [^>]*>", "", path.read_text())
    own = {name for names in re.findall(variable_names.OWN + r": \[(.*)\]", text) for name in NAME.findall(names)}
    assert sorted(set(NAME.findall(text)) - KNOWN.settable - KNOWN.left - INTERNAL - GROUPS - own) == []


EXAMPLES = [path for pattern in ("examples", "molecule") for path in sorted((ROOT / pattern).rglob("*.yml"))]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_an_inventory_of_an_example_sets_only_variables_that_are_known(path):
    keys = {str(key) for entry in entries(list(yaml.safe_load_all(path.read_text()))) for key in entry}
    set_there = {key for key in keys if key.startswith("momentum_")}
    if "hosts.yml" in path.name or "group_vars" in path.parts or "host_vars" in path.parts:
        assert sorted(set_there - KNOWN.settable - {*group_names.KNOWN, "momentum_cluster"}) == []


def test_a_name_that_a_playbook_reads_in_any_place_is_known(tmp_path):
    """A template, a condition without braces, a pattern of hosts, a batch, a template of a file; what is set there is not."""
    (tmp_path / "playbooks" / "templates").mkdir(parents=True)
    play = {
        "hosts": "{{ momentum_hosts | default('momentum_group') }}",
        "serial": "{{ momentum_batch }}",
        "vars": {"momentum_inner": "{{ momentum_outer }}"},
        "tasks": [
            {"ansible.builtin.assert": {"that": ["momentum_plain is defined"]}, "register": "momentum_result"},
            {"ansible.builtin.debug": {"msg": "{{ momentum_inner }} {{ momentum_result }}"}, "when": "momentum_asked"},
        ],
    }
    (tmp_path / "playbooks" / "one.yml").write_text(yaml.safe_dump([play]))
    text = "{% set momentum_here = momentum_title %}{{ momentum_here | msys.momentum.some_filter }}"
    (tmp_path / "playbooks" / "templates" / "page.j2").write_text(text)
    found = variable_names.known(tmp_path)
    names = {"hosts", "batch", "outer", "plain", "asked", "title", "own_variables"}
    assert found.settable == {"momentum_" + name for name in names}
    assert found.left == {"momentum_result"}


FLEETS = {
    "what all have": lambda index: {"momentum_x": 1},
    "what each has of its own": lambda index: {"momentum_x%d" % index: 1, "own_%d" % index: 2},
    "nothing unknown": lambda index: {"momentum_settings": 1, "momentm_%d" % index: 3},
}


@pytest.mark.parametrize("name", FLEETS)
def test_work_grows_with_the_number_of_hosts(name):
    def example(count):
        hostvars = {"host%d" % index: FLEETS[name](index) for index in range(count)}
        groups = {
            "momentum_standalone": list(hostvars),
            **{"pair%d" % index: ["host%d" % index] for index in range(count)},
        }
        return lambda: variable_names.unknown(hostvars, list(hostvars), groups, known_names=KNOWN)

    is_linear(example, 60)


def test_a_name_that_no_terminal_should_see_is_escaped():
    hostvars = {"a": {"momentum_\x1b[2J": 1}}
    assert variable_names.unknown(hostvars, ["a"], {}, known_names=KNOWN) == [
        "a: unknown variable 'momentum_\\x1b[2J'."
    ]
