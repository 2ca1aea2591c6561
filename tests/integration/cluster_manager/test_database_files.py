# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No variable of the inventory adds a line or a word to the files by which PostgreSQL lets people in."""

import json
import os
import pwd
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cores import INTERPRETER, ansible_playbook

ROLE = Path(__file__).resolve().parents[3] / "roles" / "cluster_manager"
FORGED = "host all all all trust"
HOSTILE = [
    ({"momentum_database_user": "ecuser\n%s" % FORGED}, "momentum_database_user"),
    ({"momentum_database_hba": ["local all all peer\n%s" % FORGED]}, "momentum_database_hba"),
]
MORE = [
    ({"momentum_database_user": "all"}, "momentum_database_user"),
    ({"momentum_database_user": "ecuser,all"}, "momentum_database_user"),
    ({"momentum_database_name": "ecelerity all"}, "momentum_database_name"),
    ({"momentum_database_name": "replication"}, "momentum_database_name"),
    ({"momentum_database_host": "db\n%s" % FORGED}, "momentum_database_host"),
    ({"momentum_database_hba": ["local all all peer", "%s \\" % FORGED]}, "momentum_database_hba"),
    ({"momentum_database_hba": ["local all all peer\u2028%s" % FORGED]}, "momentum_database_hba"),
]


def run_tasks(tmp_path, variables):
    """The role's tasks of the database, with all its files in one directory; they end where PostgreSQL is to be started."""
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {
            "momentum_prefix": str(tmp_path / "momentum"),
            "momentum_state_dir": str(tmp_path / "state"),
            "momentum_database_data_dir": str(tmp_path / "data"),
            "momentum_database_service": "momentum-no-such-service",
            "momentum_database_packages": [],
            "momentum_database_init": [],
            "momentum_database_tls": False,
            **variables,
        },
        "tasks": [
            {"ansible.builtin.include_role": {"name": "msys.momentum.cluster_manager", "tasks_from": "database.yml"}}
        ],
    }
    (tmp_path / "data").mkdir()
    (tmp_path / "play.yml").write_text(json.dumps([play]))
    interpreter = "ansible_python_interpreter=" + INTERPRETER
    return ansible_playbook("newest", tmp_path, "-i", "localhost,", "-c", "local", "-e", interpreter, "play.yml")


@pytest.mark.parametrize(
    ("variables", "named"), HOSTILE + [pytest.param(*case, marks=pytest.mark.long) for case in MORE]
)
def test_a_value_with_a_line_of_its_own_is_refused_before_a_file_is_written(variables, named, tmp_path):
    ran = run_tasks(tmp_path, variables)
    assert ran.returncode != 0 and named in ran.stdout, ran.stdout
    assert "Reject names and lines" in ran.stdout and "TASK [msys.momentum.cluster_manager : Ask" not in ran.stdout
    assert os.listdir(str(tmp_path / "data")) == []


def test_the_client_of_postgresql_is_the_one_that_the_inventory_names(tmp_path):
    """PGDG's packages for RHEL 8 and 9 have their programs off the path (3.3.1 of the installation manual)."""
    task = next(
        task["msys.momentum.database_schema"]
        for block in yaml.safe_load((ROLE / "tasks" / "database.yml").read_text())
        for task in block["block"]
        if "msys.momentum.database_schema" in task
    )
    assert task["psql"] == "{{ momentum_database_psql }}"
    assert yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())["momentum_database_psql"] == "psql"


def is_known(user):
    try:
        return bool(pwd.getpwnam(user))
    except KeyError:
        return False


@pytest.mark.skipif(os.geteuid() != 0 or not is_known("postgres"), reason="needs root and the account postgres")
def test_lines_of_an_inventory_are_written_as_they_are(tmp_path):
    lines = ["local all all peer", "hostssl\tall all 192.0.2.0/24 scram-sha-256  # the office, größe"]
    run_tasks(tmp_path, {"momentum_database_hba": lines})
    written = (tmp_path / "data" / "pg_hba.conf").read_text(encoding="utf-8")
    assert written.splitlines()[1:] == lines
    assert "listen_addresses = " in (tmp_path / "data" / "postgresql.conf").read_text(encoding="utf-8")
