# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners and modes of a node that was installed by hand (by_hand.sh), after two runs of the playbook, and when they are loosened."""

from typing import Any

import node
import plays
import pytest
from files import CONF, KEEP, PERMISSIONS
from node import look

HARDENED = {
    CONF: "root:ecuser 750",
    CONF + "/default/ecelerity.conf": "root:ecuser 640",
    CONF + "/default/ecdb.conf": "root:ecuser 640",
    node.PREFIX + "/sbin/ecelerity": "root:root 755",
    node.PREFIX + "/etc": "root:ecuser 2755",
    "/opt/msys/etc/credentials.db": "root:ecuser 640",
    "/opt/msys/etc/credentials.key": "root:ecuser 640",
    "/var/spool/ecelerity": "ecuser:ecuser 750",
    "/var/log/ecelerity": "ecuser:ecuser 750",
}


@pytest.mark.parametrize("path", list(HARDENED))
def test_what_hands_left_is_as_the_manifest_has_it(host: Any, path: str) -> None:
    assert look(host, path) == HARDENED[path]


def test_nothing_that_root_executes_or_sources_can_be_written_by_the_daemons_user(host: Any) -> None:
    done = host.run(
        "setpriv --reuid ecuser --regid ecuser --init-groups find "
        "/opt/msys/ecelerity/bin /opt/msys/ecelerity/sbin /opt/msys/ecelerity/lib /opt/msys/ecelerity/etc /opt/msys/gimli "
        "-not -type l -not -name console_passwd -writable",
    )
    assert done.stdout == "", "ecuser can write here"


def test_the_daemon_reads_what_umask_0027_had_hidden_from_it(host: Any) -> None:
    assert look(host, CONF + "/default/policy") == "root:ecuser 750"
    assert look(host, CONF + "/default/policy/batch.conf") == "root:ecuser 640"
    answer = host.check_output("runuser -u ecuser -- cat %s/default/policy/batch.conf", CONF)
    assert "77" in answer


def test_every_difference_between_check_mode_and_the_run_is_none(host: Any) -> None:
    host.check_output("chmod 0666 %s/default/ecelerity.conf && chown ecuser %s/default/common.conf", CONF, CONF)
    foretold = plays.play(check=True, diff=True).of(plays.NODE).result
    assert look(host, CONF + "/default/ecelerity.conf") == "root:ecuser 666"
    done = plays.play(diff=True).of(plays.NODE).result
    assert foretold["changed"] is done["changed"] is True
    assert foretold["diff"] == done["diff"] != []
    assert look(host, CONF + "/default/ecelerity.conf") == "root:ecuser 640"
    assert look(host, CONF + "/default/common.conf") == "root:ecuser 640"


def test_what_an_upgrade_loosens_is_found_by_the_next_run_and_nothing_else(host: Any) -> None:
    """%post scripts that set modes anew: the vendor tells to look after each upgrade."""
    before = node.pid(host)
    host.check_output(
        "chmod 0777 /opt/msys/ecelerity/bin; chmod 0777 /opt/msys/ecelerity/sbin/ecelerity; chown -R ecuser %s", CONF
    )
    run = plays.play()
    assert run.code == 0
    changed = {item["path"] for item in run.part("permissions")["differences"]}
    assert {"/opt/msys/ecelerity/bin", "/opt/msys/ecelerity/sbin/ecelerity", CONF} <= changed
    assert all(
        path.startswith(CONF) for path in changed - {"/opt/msys/ecelerity/bin", "/opt/msys/ecelerity/sbin/ecelerity"}
    )
    assert (run.changed(), run.changed_parts()) == ([KEEP], ["permissions"])
    assert node.pid(host) == before
    assert plays.play().changed() == []


def test_a_link_that_the_daemons_user_planted_is_refused_and_its_target_is_left_alone(host: Any) -> None:
    host.check_output(
        "chown ecuser %s/default && runuser -u ecuser -- ln -s /etc/shadow %s/default/planted.conf", CONF, CONF
    )
    shadow = look(host, "/etc/shadow")
    run = plays.play()
    assert run.code != 0
    assert run.refused_parts() == ["permissions"]
    assert "planted.conf" in str(plays.message(run))
    assert look(host, CONF + "/default") == "ecuser:ecuser 750", "nothing is done"
    assert plays.play(momentum_permissions_refused="report").changed() == [KEEP]
    assert look(host, "/etc/shadow") == shadow
    assert look(host, CONF + "/default") == "root:ecuser 750", "all else is done"
    assert node.is_serving(host)
    host.check_output("rm %s/default/planted.conf", CONF)
    assert plays.play().code == 0


def test_with_the_manuals_modes_the_daemon_owns_its_configuration_and_the_way_back_is_one_variable(host: Any) -> None:
    run = plays.play(momentum_permissions_manual_modes=["config"])
    assert run.code == 0
    assert look(host, CONF + "/default/common.conf") == "ecuser:ecuser 644"
    assert plays.play().changed() == [KEEP]
    assert look(host, CONF + "/default/common.conf") == "root:ecuser 640"


def test_an_audit_reports_and_changes_nothing(host: Any) -> None:
    host.check_output("chmod 0644 %s/default/common.conf", CONF)
    run = plays.play(momentum_permissions="audit")
    assert run.changed() == []
    assert [item["path"] for item in run.part("permissions")["differences"]] == [CONF + "/default/common.conf"]
    assert look(host, CONF + "/default/common.conf") == "root:ecuser 644"
    assert plays.play().changed() == [KEEP]
