# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What roles say after a failure does not contradict the failure that they repeat."""

import re

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from test_roles import ROOT, TRUSTED


def task_of(path, name):
    tasks = DataLoader().load_from_file(str(ROOT / path), **TRUSTED)
    return next(task for task in tasks if task["name"] == name)


def rendered(text, **variables):
    return Templar(loader=DataLoader(), variables=variables).template(text)


FAILED = "Have Momentum reload its certificates, and check its health: the reload did not lead to a healthy daemon: port 25; the old files are back"


@pytest.mark.parametrize(
    ("transactions", "files", "words"),
    [
        (["20260101T000000.000000-0a1b2c3d"], ["/etc/server.key"], "The files are as before the run: /etc/server.key"),
        (["20260101T000000.000000-0a1b2c3d"], [], "The files had been put back before: they are as before the run."),
        ([], [], "This run had changed no file."),
    ],
)
def test_what_was_put_back_by_the_service_is_not_denied(transactions, files, words):
    task = task_of("roles/certificates/tasks/restored.yml", "Fail with the reason")
    said = rendered(
        task["ansible.builtin.fail"]["msg"],
        momentum_certificates_failure=FAILED,
        momentum_certificates_back=transactions,
        momentum_certificates_restored={"files": files},
    )
    assert said.strip() == "%s. %s" % (FAILED, words)


@pytest.mark.parametrize(
    ("proven", "untouched", "clustered", "words"),
    [
        (True, False, True, "A health check after this failure found the daemon healthy"),
        (True, True, False, "A health check after this failure found the daemon healthy"),
        (False, True, True, "The daemon is still the process from before this run, and its health check fails"),
        (False, False, True, "The daemon is left stopped, so that the other nodes hold its addresses"),
        (
            False,
            False,
            False,
            "A health check after this failure found the daemon unhealthy as well; it is left as it is",
        ),
    ],
)
def test_a_daemon_is_called_healthy_only_where_it_was_proven_and_after_what(proven, untouched, clustered, words):
    facts = task_of("roles/rollout/tasks/failed.yml", "Decide what to do with the node")["ansible.builtin.set_fact"]
    found = rendered(
        facts["momentum_rollout_after"],
        momentum_rollout_proven=proven,
        momentum_rollout_untouched=untouched,
        momentum_rollout_clustered=clustered,
        momentum_rollout_answered=True,
    )
    assert found.strip() == words


@pytest.mark.parametrize("clustered", [True, False])
def test_a_daemon_that_nobody_could_ask_about_is_called_neither_stopped_nor_unhealthy(clustered):
    facts = task_of("roles/rollout/tasks/failed.yml", "Decide what to do with the node")["ansible.builtin.set_fact"]
    found = rendered(
        facts["momentum_rollout_after"],
        momentum_rollout_proven=False,
        momentum_rollout_untouched=False,
        momentum_rollout_clustered=clustered,
        momentum_rollout_answered=False,
        momentum_rollout_unanswered="no lock",
        momentum_rollout_unit="ecelerity",
        inventory_hostname="mta1",
    )
    assert found.startswith(
        "Whether the daemon runs, and is healthy, is not known: the question about it failed (no lock)."
    )
    assert "On mta1, ask systemctl status ecelerity" in found
    assert ("where it is unhealthy, so that the other nodes hold its addresses" in found) is clustered


def test_the_words_of_a_failure_lose_their_last_stop_and_no_letter():
    facts = task_of("roles/rollout/tasks/failed.yml", "Record the failure")["ansible.builtin.set_fact"]
    found = rendered(
        facts["momentum_rollout_failure"],
        momentum_rollout_failed={"msg": "no socket for ecconfigd.service, as systemd says.\n"},
        ansible_failed_task={"name": "Stop them"},
    )
    assert found.strip() == "Stop them: no socket for ecconfigd.service, as systemd says"


@pytest.mark.parametrize(("bundle", "repository"), [("momentum.tar.gz", ""), ("", "momentum")])
def test_check_mode_says_of_each_host_what_would_be_installed(bundle, repository):
    task = task_of("roles/install/tasks/packages.yml", "Report what would be installed")
    text = task["ansible.builtin.debug"]["msg"]
    known = {name: ["msys-role-mta-5.3.0"] for name in re.findall(r"momentum_\w+_packages", text)}
    known.update(momentum_bundle=bundle, momentum_repository=repository, momentum_service_name="ecelerity")
    said = rendered(text, inventory_hostname="mta1", **known)
    source = bundle or repository
    assert said.startswith("On mta1, would install msys-role-mta-5.3.0 from %s, and then write the sample" % source)
