# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable that nothing reads is not ignored: every playbook stops before anything begins, and names it."""

import pytest
import yaml
from stub_collection import Fleet

from tests.integration.cores import CORES, NEEDS_OLDEST, NEWEST_FIRST
from tests.tiers import some

EVERY = ["site", "rolling_restart", "upgrade", "rotate_certificates", "adopt", "certificate_report"]
CLUSTER = {"momentum_cluster_nodes": "ab", "momentum_cluster_managers": "m"}
STANDALONE = {"momentum_standalone": "abc"}


@pytest.fixture
def fleet(tmp_path):
    return lambda groups, core="newest", **keywords: Fleet(tmp_path, core, groups, **keywords)


def words(outcome):
    """What was printed, on one line whatever the version of Ansible breaks."""
    return " ".join(outcome.output.replace("\\n", " ").split())


def rejected(outcome, *lines):
    """Whether the run has failed with these lines before anything was begun."""
    assert outcome.status != 0, outcome.output
    assert (outcome.begun, outcome.finished) == ([], [])
    for line in lines:
        assert line in words(outcome), (line, outcome.output)
    return True


@pytest.mark.parametrize("playbook", some(EVERY, ["site", "adopt"]))
def test_a_misspelled_variable_is_rejected_by_every_playbook_before_anything_begins(fleet, playbook):
    nodes = fleet(CLUSTER)
    # The last host of all plays: those before it must not be changed either.
    nodes.inventory["all"]["hosts"]["b"] = {"momentum_tls_profle": "modern"}
    nodes.inventory["all"]["hosts"]["m"] = {"momentum_databse": True}
    assert rejected(
        nodes.run(playbook),
        "b: unknown variable momentum_tls_profle. Did you mean momentum_tls_profile?",
        "m: unknown variable momentum_databse. Did you mean momentum_database?",
    )
    assert nodes.calls("a") == nodes.calls("b") == nodes.calls("m") == []


@pytest.mark.parametrize("playbook", some(EVERY, ["rolling_restart"]))
def test_a_limit_that_leaves_no_host_of_the_groups_is_rejected(fleet, playbook):
    nodes = fleet(dict(CLUSTER, jump="j"))
    assert rejected(nodes.run(playbook, "--limit", "j"), "--limit j: of what this playbook manages, no host matches.")
    assert nodes.calls("j") == []


@pytest.mark.parametrize("core", CORES)
def test_two_unknown_variables_are_on_a_line_each(fleet, core):
    outcome = fleet(STANDALONE, core).run("site", "-e", "momentum_restrat=all", "-e", "Momentum_Settings=1")
    assert rejected(outcome, "-e: unknown variable momentum_restrat.", "-e: unknown variable Momentum_Settings.")
    # A text in JSON has an end of line as one backslash and n.
    result = next(line for line in outcome.output.splitlines() if "fatal:" in line)
    assert "\\\\n" not in result and "\\n-e: unknown variable" in result, result


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_a_group_that_has_it_is_named_once(fleet, core):
    nodes = fleet({"momentum_standalone": "abc", "momentum_cluster_nodes": "de"}, core)
    variables = {"momentum_securty_user": "ecuser", "momentum_health_ports": [25]}
    nodes.inventory["all"]["children"]["momentum_standalone"]["vars"] = variables
    outcome = nodes.run("site")
    line = "group momentum_standalone: unknown variable momentum_securty_user. Did you mean momentum_security_user?"
    assert rejected(outcome, line, "momentum_own_variables")
    assert "momentum_health_ports" not in outcome.output


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_an_extra_variable_is_known_as_one(fleet, core):
    outcome = fleet(STANDALONE, core).run("rolling_restart", "-e", "momentum_restrat=all")
    assert rejected(outcome, "-e: unknown variable momentum_restrat. Did you mean momentum_restart?")


@pytest.mark.parametrize("core", CORES)
def test_a_variable_without_a_value_is_rejected_with_what_to_write(fleet, core):
    nodes = fleet(STANDALONE, core)
    nodes.inventory["all"]["hosts"]["a"] = {
        "momentum_certificates": None,
        "momentum_security_chroot": None,
        "momentum_serial": None,
    }
    nodes.inventory["all"]["children"]["momentum_standalone"]["vars"] = {"momentum_prefix": None}
    outcome = nodes.run("site")
    assert rejected(
        outcome,
        "a: momentum_certificates has no value (nothing, null or ~ after the colon). Take the line out for the default, or give it a value, [] for an "
        "empty one.",
        "momentum_prefix has no value (nothing, null or ~ after the colon). Take the line out for the default, or give it a value.",
    )
    assert "momentum_own_variables" not in outcome.output and "chroot" not in outcome.output


@pytest.mark.parametrize("core", NEWEST_FIRST)
@pytest.mark.parametrize(("name", "value"), [("momentum_serial", "1"), ("momentum_adopt_hosts", "a")])
def test_what_plays_read_is_rejected_in_an_inventory_where_it_would_have_no_effect(name, value, core, fleet):
    nodes = fleet(STANDALONE, core)
    nodes.inventory["all"]["children"]["momentum_standalone"]["vars"] = {name: value}
    outcome = nodes.run("site")
    assert rejected(outcome, "group momentum_standalone: %s has no effect here" % name, "-e %s=" % name)


def test_a_file_of_a_group_counts_as_the_inventory_does(fleet, tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yml").write_text(yaml.safe_dump({"momentum_colour": "blue"}))
    outcome = fleet({"momentum_standalone": "ab", "momentum_cluster_nodes": "de"}).run("site")
    assert rejected(outcome, "every host: unknown variable momentum_colour.")
    assert "Did you mean" not in outcome.output


@pytest.mark.long
def test_what_only_some_hosts_have_names_them(fleet):
    nodes = fleet({"momentum_standalone": "abcdef"})
    for name in "bcdef":
        nodes.inventory["all"]["hosts"][name] = {"momentum_seting": []}
    assert rejected(nodes.run("site"), "b, c, d and 2 others: unknown variable momentum_seting.")


def test_a_name_of_another_case_or_with_hyphens_is_a_misspelled_one_too(fleet):
    nodes = fleet(STANDALONE)
    nodes.inventory["all"]["hosts"]["a"] = {"Momentum_Settings": []}
    nodes.inventory["all"]["hosts"]["b"] = {"momentm_tls_profile": "modern", "mailer_tls_profile": "own"}
    outcome = nodes.run("site")
    assert rejected(
        outcome,
        "a: unknown variable Momentum_Settings. Did you mean momentum_settings?",
        "b: unknown variable momentm_tls_profile. Did you mean momentum_tls_profile?",
    )
    assert "mailer_tls_profile" not in outcome.output


# The two others read nodes that are none here.
@pytest.mark.parametrize("core", NEWEST_FIRST)
@pytest.mark.parametrize("playbook", some(EVERY[:4], ["rotate_certificates"]))
def test_names_of_ones_own_are_declared(fleet, core, playbook):
    nodes = fleet(CLUSTER, core)
    own = {"momentum_relay": "r", "momentum_site": "s", "momentum_own_variables": ["momentum_relay", "momentum_site"]}
    nodes.inventory["all"]["vars"].update(own)
    outcome = nodes.run(playbook)
    assert outcome.status == 0, outcome.output


def test_a_declaration_counts_for_its_own_hosts(fleet):
    nodes = fleet(STANDALONE)
    nodes.inventory["all"]["hosts"]["a"] = {"momentum_relay": 1, "momentum_own_variables": ["momentum_relay"]}
    nodes.inventory["all"]["hosts"]["b"] = {"momentum_relay": 1}
    outcome = nodes.run("site")
    assert rejected(outcome, "b: unknown variable momentum_relay.")


@pytest.mark.parametrize("value", some([7, {"momentum_relay": True}, [["momentum_relay"]]], [7]))
def test_a_declaration_that_is_no_list_of_names_is_rejected(fleet, value):
    nodes = fleet(STANDALONE)
    nodes.inventory["all"]["hosts"]["b"] = {"momentum_relay": 1, "momentum_own_variables": value}
    assert rejected(nodes.run("site"), "b: momentum_own_variables must be a list of names of variables")


@pytest.mark.long
def test_a_declaration_may_be_an_extra_variable(fleet):
    extra = ["momentum_relay=1", "momentum_colour=2", "momentum_own_variables=momentum_relay,momentum_colour"]
    outcome = fleet(STANDALONE).run("site", *("--extra-vars=" + one for one in extra))
    assert outcome.status == 0, outcome.output


def test_a_host_outside_of_the_limit_is_not_looked_at(fleet):
    nodes = fleet(STANDALONE)
    nodes.inventory["all"]["hosts"]["b"] = {"momentum_tls_profle": "modern"}
    outcome = nodes.run("site", "--limit", "a,c")
    assert (outcome.status, outcome.finished) == (0, ["a", "a", "c", "c"]), outcome.output
    assert rejected(nodes.run("site", "--limit", "b"), "b: unknown variable momentum_tls_profle.")


@pytest.mark.long
def test_check_mode_rejects_it_too(fleet):
    nodes = fleet(STANDALONE)
    nodes.inventory["all"]["hosts"]["c"] = {"momentum_tls_profle": "modern"}
    assert rejected(nodes.run("site", "--check"), "c: unknown variable momentum_tls_profle.")


def test_the_value_of_an_unknown_variable_is_not_shown(fleet):
    nodes = fleet(STANDALONE)
    nodes.inventory["all"]["hosts"]["a"] = {"momentum_pasword": "planted-unknown-1"}
    outcome = nodes.run("site", "-vvv")
    assert rejected(outcome, "a: unknown variable momentum_pasword.")
    assert "planted-unknown-1" not in outcome.output


def test_hosts_that_are_chosen_by_a_pattern_are_looked_at(fleet):
    nodes = fleet({"mailers": "ab"})
    nodes.inventory["all"]["hosts"]["b"] = {"momentum_tls_profle": "modern"}
    outcome = nodes.run("rolling_restart", momentum_restart_hosts="mailers")
    assert rejected(outcome, "b: unknown variable momentum_tls_profle.")


PATTERNS = dict(zip(EVERY[1:], ["restart", "upgrade", "rotate", "adopt", "report"]))


@pytest.mark.parametrize("playbook", some(PATTERNS, ["upgrade"]))
def test_a_pattern_that_matches_no_host_is_rejected(fleet, playbook):
    variable = "momentum_%s_hosts" % PATTERNS[playbook]
    outcome = fleet(CLUSTER).run(playbook, **{variable: "mx_eu:!b"})
    assert rejected(outcome, "%s: no host of the inventory matches mx_eu:!b" % variable)


@NEEDS_OLDEST
def test_a_pattern_that_matches_no_host_is_rejected_by_the_oldest_core(fleet):
    outcome = fleet(CLUSTER, "2.16").run("adopt", momentum_adopt_hosts="mx_eu")
    assert rejected(outcome, "momentum_adopt_hosts: no host of the inventory matches mx_eu")


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_playbooks_after_each_other_in_one_run_know_what_those_before_have_set(fleet, core, tmp_path):
    nodes = fleet(STANDALONE, core)
    chain = [{"import_playbook": "msys.momentum." + name} for name in ("site", "rolling_restart", "site")]
    (tmp_path / "chain.yml").write_text(yaml.safe_dump(chain))
    outcome = nodes.run(str(tmp_path / "chain.yml"))
    assert outcome.status == 0, outcome.output


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_tags_that_would_do_nothing_or_leave_out_the_node_are_rejected(fleet, core):
    nodes = fleet(STANDALONE, core)
    assert rejected(nodes.run("site", "--skip-tags", "tls"), "--skip-tags tls would leave out the node as a whole")
    assert rejected(nodes.run("rolling_restart", "--tags", "tls,mine"), "--tags tls: only msys.momentum.site")


@pytest.mark.parametrize("core", NEWEST_FIRST)
def test_a_tag_that_nothing_has_is_rejected_before_anything_begins(fleet, core):
    nodes = fleet(STANDALONE, core)
    assert rejected(nodes.run("site", "--tags", "tls,secuirty"), "--tags secuirty (security?)", "config, security, ")
    assert rejected(nodes.run("site", "--skip-tags", "Install"), "--skip-tags Install (install?)")


@pytest.mark.parametrize("playbook", some(EVERY[1:], ["upgrade"]))
def test_a_playbook_without_parts_rejects_every_tag(fleet, playbook):
    outcome = fleet(CLUSTER).run(playbook, "--tags", "install,mine")
    assert rejected(outcome, "--tags install, mine: nothing of this playbook has it")


def test_tags_of_parts_pass(fleet):
    nodes = fleet(STANDALONE)
    for tags in ("tls", "install,database", "all", "tagged"):
        assert nodes.run("site", "--tags", tags).status == 0


def test_tags_of_ones_own_pass_where_a_playbook_of_ones_own_may_have_them(fleet, tmp_path):
    nodes = fleet(STANDALONE)
    chain = [
        dict(import_playbook="msys.momentum.site", tags="mine"),
        {"import_playbook": "msys.momentum.rolling_restart"},
    ]
    (tmp_path / "chain.yml").write_text(yaml.safe_dump(chain))
    outcome = nodes.run(str(tmp_path / "chain.yml"), "--tags", "mine", "--skip-tags", "other")
    assert outcome.status == 0, outcome.output
    assert set(outcome.finished) == set("abc")
