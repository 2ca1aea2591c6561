# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles use each other without circles, and give the parameters that all modules share in one place."""

import os
import re
from collections import Counter

import jinja2
import pytest
import yaml
from test_roles import ROLES, ROOT, definitions, spelled_out, tasks_of

from plugins.module_utils import node_options

INCLUDES = ("include_role", "import_role", "ansible.builtin.include_role", "ansible.builtin.import_role")


def load(path):
    return (yaml.safe_load(path.read_text()) if path.is_file() else None) or []


def tasks_of_role(role):
    """All tasks and blocks of a role, of its handlers too, each with its file."""
    for kind in ("tasks", "handlers"):
        for path in sorted((ROOT / "roles" / role / kind).glob("*.yml")):
            for task in tasks_of(load(path)):
                yield path, task


def used_by(role):
    """The roles that a role includes, imports or depends on."""
    meta = load(ROOT / "roles" / role / "meta" / "main.yml")
    names = [entry["role"] for entry in meta.get("dependencies", [])]
    names += [task[key]["name"] for _path, task in tasks_of_role(role) for key in INCLUDES if key in task]
    assert all(name.startswith("msys.momentum.") for name in names), (role, names)
    return {name.rpartition(".")[2] for name in names} - {role}


def reached(role, graph):
    """All roles below a role."""
    found, left = set(), [role]
    while left:
        new = graph[left.pop()] - found
        found |= new
        left.extend(new)
    return found


def test_no_task_fails_by_a_condition_that_ansible_would_name_instead_of_the_reason():
    """Beside `failed_when: false`, a task of its own fails with the reason (ansible.builtin.fail)."""
    tasks = [pair for role in ROLES for pair in tasks_of_role(role)]
    for path in sorted((ROOT / "playbooks").rglob("*.yml")):
        document = load(path)
        for play in document if isinstance(document, list) else []:
            blocks = [play.get(key) or [] for key in ("pre_tasks", "tasks", "post_tasks", "handlers")]
            tasks += [(path, task) for task in tasks_of(sum(blocks, [play]))]
    assert [(str(path), task["name"]) for path, task in tasks if task.get("failed_when", False) is not False] == []


# Reports that come before the work, or announce it.
BEFORE_THE_WORK = {
    "Announce who can no longer connect",
    "Print the findings",
    "Report kernel parameters that would be loaded",
    "Report ports that would be opened",
    "Report the findings that are not fatal",
    "Report what would be installed",
    "Say how a run that is cut off goes on",
    "Warn that signatures are not checked",
    "Warn that signatures may not be checked",
    "Warn that the bundle is not verified",
}


def reports(entries, guarded=False):
    """The tasks that only report, each with whether nothing fails for it: the block around it has a rescue that only reports, too."""
    for task in entries:
        if "ansible.builtin.debug" in task:
            yield task["name"], guarded
        only_reports = task.get("rescue") and all("ansible.builtin.debug" in one for one in task["rescue"])
        for key in ("tasks", "pre_tasks", "post_tasks", "block", "always"):
            yield from reports(task.get(key) or [], guarded or bool(only_reports and key == "block"))


def test_a_report_of_work_that_is_done_fails_nothing():
    """Neither a finished run, nor the block around it, whose rescue would put everything back."""
    paths = [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml"), *ROOT.glob("playbooks/tasks/*.yml")]
    found = [(path.relative_to(ROOT).as_posix(), *one) for path in sorted(paths) for one in reports(load(path))]
    assert len(found) > 15
    assert [(path, name) for path, name, guarded in found if not guarded and name not in BEFORE_THE_WORK] == []


TEMPLATED = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")


def misread(text, style):
    """The quoted texts of the templates of a YAML scalar whose backslashes Ansible reads otherwise than they look.

    Ansible doubles each backslash in a text of a template, so only YAML could make an end of line of it, which it does between double quotes alone.
    """
    literals = [literal for part in TEMPLATED.findall(text) for literal in LITERAL.findall(part)]
    return [literal for literal in literals if style != '"' and re.search(r"\\[\\nrt]", literal)]


def test_backslashes_in_templates_are_what_they_look_like():
    assert misread(r"{{ x | join('\n') }}", ">") and not misread(r"{{ x | join('\n') }}", '"')
    assert misread(r"{{ x | regex_replace('[.\\s]', '') }}", ">") and not misread(
        r"{{ x | regex_replace('\s', '') }}", ">"
    )
    found = []
    for directory in ("roles", "playbooks", "molecule", "tests/shapes", "plugins"):
        for path in sorted((ROOT / directory).rglob("*.yml")):
            for node in yaml.parse(path.read_text()):
                if isinstance(node, yaml.ScalarEvent):
                    found += [
                        "%s:%d: %s" % (path, node.start_mark.line + 1, one) for one in misread(node.value, node.style)
                    ]
    assert found == []


def test_no_role_comes_back_to_itself_by_way_of_others():
    graph = {role: used_by(role) for role in ROLES}
    assert graph["cluster_node"] >= {"standalone", "cluster_common"}
    assert {role: sorted(graph[role]) for role in ROLES if role in reached(role, graph)} == {}


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_includes_is_there(role):
    for path, task in tasks_of_role(role):
        for key in INCLUDES:
            if key in task:
                directory = ROOT / "roles" / task[key]["name"].rpartition(".")[2] / "tasks"
                assert (directory / task[key].get("tasks_from", "main.yml")).is_file(), (path, task["name"])
        name = task.get("ansible.builtin.include_tasks", "")
        assert not isinstance(name, str) or not name or (path.parent / name).is_file(), (path, task["name"])


def shared(task):
    """The parameters that all modules share, as far as a task gives them from the variable of the same name."""
    for module in task:
        if module.startswith("msys.momentum."):
            for name, value in (task[module] or {}).items():
                if name in node_options.ARGUMENTS and re.match(r"{{ momentum_%s\b" % name, str(value)):
                    yield name


@pytest.mark.parametrize("role", ROLES)
def test_no_task_repeats_a_parameter_that_all_modules_share(role):
    """They are in momentum_module_defaults; a role with one task of a module may give them there."""
    given = Counter(name for _path, task in tasks_of_role(role) for name in shared(task))
    assert {name: count for name, count in given.items() if count > 1} == {}


def including(entries, above=""):
    """The tasks that include a role, each with its conditions, those of blocks around it among them."""
    for task in entries:
        conditions = "%s %s" % (above, task.get("when", ""))
        if any(key in task for key in INCLUDES):
            yield task, conditions
        for key in ("block", "rescue", "always"):
            yield from including(task.get(key, []), conditions)


def variables(roles):
    """The names that are set by the defaults and the variables of roles."""
    directories = [ROOT / "roles" / role / kind for role in roles for kind in ("defaults", "vars")]
    return {name for directory in directories for name in load(directory / "main.yml")}


def dependencies(role):
    return {entry["role"].rpartition(".")[2] for entry in load(ROOT / "roles" / role / "meta/main.yml")["dependencies"]}


@pytest.mark.parametrize("role", ROLES)
def test_the_condition_of_an_included_role_can_be_evaluated_there(role):
    """Every task of the included role has the condition, and sees the variables of the including role, not those of its dependencies."""
    for path in sorted((ROOT / "roles" / role / "tasks").glob("*.yml")):
        for task, conditions in including(load(path)):
            below = next(task[key]["name"] for key in INCLUDES if key in task).rpartition(".")[2]
            unseen = variables(dependencies(role)) - variables({role, below} | dependencies(below))
            assert unseen & set(re.findall(r"momentum_\w+", conditions)) == set(), (path.name, task["name"])


def test_a_manager_has_the_files_of_nodes_before_its_daemon_starts():
    """Chapters 4.1 and 4.4.2 of the installation manual have them on every host, chapter 5 starts the service; the stand-in insists."""
    tasks = [task for _path, task in tasks_of_role("cluster_manager")]
    copied = next(
        i for i, task in enumerate(tasks) if "momentum_manager_node_copies" in str(task.get("msys.momentum.config"))
    )
    started = next(i for i, task in enumerate(tasks) if "service" in (task.get("msys.momentum.node") or {}))
    assert copied < started


def test_the_dump_before_an_upgrade_is_made_by_the_program_beside_the_client_that_the_inventory_names():
    """Chapter 3.3.1 of the installation manual has PGDG's programs off the path."""
    dump = next(
        task
        for _path, task in tasks_of_role("upgrade")
        if task["name"] == "Dump the database" and "environment" in task
    )
    program = jinja2.Environment(undefined=jinja2.StrictUndefined)
    program.filters.update(dirname=os.path.dirname, path_join=lambda parts: os.path.join(*parts))
    template = program.from_string(dump["environment"]["PG_DUMPALL"])
    assert template.render() == "pg_dumpall"
    assert template.render(momentum_database_psql="psql") == "pg_dumpall"
    assert template.render(momentum_database_psql="/usr/pgsql-16/bin/psql") == "/usr/pgsql-16/bin/pg_dumpall"
    assert '"$PG_DUMPALL"' in dump["ansible.builtin.shell"]["cmd"]


def defaults(roles):
    return {name for role in roles for name in load(ROOT / "roles" / role / "defaults" / "main.yml")}


@pytest.mark.parametrize("role", ROLES)
def test_what_an_included_role_is_given_can_be_evaluated_there(role):
    """It is worked out in tasks of the included role, which see the defaults of the including role, and not those of its dependencies."""
    for path in sorted((ROOT / "roles" / role / "tasks").glob("*.yml")):
        for task, _conditions in including(load(path)):
            below = next(task[key]["name"] for key in INCLUDES if key in task).rpartition(".")[2]
            unseen = defaults(dependencies(role)) - defaults({role, below} | dependencies(below))
            given = spelled_out(str(task.get("vars", {})), definitions(path))
            assert unseen & set(re.findall(r"momentum_\w+", given)) == set(), (path.name, task["name"])
