# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The manager of a cluster: who it is, what it says of its peers, and a database that only Momentum's user logs in to."""

import pytest
from node import CONFIGURATION, PREFIX, look, status

PASSWORD = "planted-database-password-1"  # of the scenario's inventory
LOGIN = "PGPASSWORD=%s psql -XtA -w -h %s -U %s -d %s -c %s"


def log_in(host, password=PASSWORD, address="manager1", user="ecuser", database="ecelerity", mode="prefer"):
    query = "'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'"
    return host.run("PGSSLMODE=%s " % mode + LOGIN % (password, address, user, database, query))


def manager_status(host):
    number = host.check_output("systemctl show --property=MainPID --value eccmgr.service").strip()
    return status(host, number)


def test_the_manager_is_ecuser_and_holds_no_capability(host):
    assert host.service("eccmgr").is_running and host.service("eccmgr").is_enabled
    shown = manager_status(host)
    ecuser = str(host.user("ecuser").uid)
    assert shown["Uid"].split() == [ecuser] * 4
    assert {shown[name] for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {"0" * 16}


def test_no_mta_runs_on_the_manager(host):
    assert not host.service("ecelerity").is_running
    assert not host.socket("tcp://0.0.0.0:25").is_listening


def test_the_console_is_for_ecuser_alone(host):
    socket = host.file("/run/ecelerity/control")
    assert socket.is_socket and socket.mode & 0o007 == 0
    assert not host.file("/tmp/2025").exists
    assert "eccluster.conf" not in host.check_output("ls /tmp")


def test_every_host_of_the_cluster_is_a_peer_in_lower_case(host):
    text = host.file(PREFIX + "/etc/conf/global/msgc_server.conf").content_string
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    for name, address in (("mta1", "192.0.2.1"), ("mta2", "192.0.2.2"), ("manager1", "127.0.0.1")):
        assert any(name in line and address in line for line in lines), text
    assert "MTA" not in text


@pytest.mark.parametrize(
    ("path", "requested"),
    [
        ("/opt/msys/etc/.svcpasswd", "root:root 600"),
        (CONFIGURATION + "/ecdb.conf", "root:ecuser 640"),
        (CONFIGURATION + "/eccluster.conf", "root:ecuser 640"),
        (CONFIGURATION + "/ecelerity.conf", "root:ecuser 640"),
        (CONFIGURATION + "/ecelerity-cluster.conf", "root:ecuser 640"),
        (PREFIX + "/etc/conf/global/msgc_server.conf", "root:ecuser 640"),
        ("/etc/postgresql/15/main/pg_hba.conf", "postgres:postgres 600"),
        ("/etc/postgresql/15/main/pg_ident.conf", "postgres:postgres 600"),
    ],
)
def test_owners_and_modes_are_those_of_least_privilege(host, path, requested):
    assert look(host, path) == requested


def test_the_data_source_stands_in_ecdb_conf_alone_and_behind_common_conf(host):
    assert PASSWORD in host.file(CONFIGURATION + "/ecdb.conf").content_string
    assert "Datasource" not in [
        line.split()[0]
        for line in host.file(CONFIGURATION + "/common.conf").content_string.splitlines()
        if line.split()
    ]
    main = host.file(CONFIGURATION + "/eccluster.conf").content_string
    assert main.index('include "common.conf"') < main.index('readonly_include "ecdb.conf"')


def test_momentums_user_logs_in_by_tls_with_its_password_only(host):
    assert log_in(host).stdout.strip() == "t"
    assert log_in(host, password="another").rc != 0
    assert "no pg_hba.conf entry" in log_in(host, mode="disable").stderr


def test_nobody_else_logs_in_over_the_network(host):
    refused = log_in(host, user="nobody", database="postgres")
    assert refused.rc != 0 and "no pg_hba.conf entry" in refused.stderr


def test_the_superuser_comes_in_from_the_manager_alone_and_has_no_password(host):
    refused = log_in(host, user="postgres", database="postgres", address="127.0.0.1")
    assert refused.rc != 0 and "password authentication failed" in refused.stderr
    statement = "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'postgres'"
    assert host.check_output('runuser -u postgres -- psql -XtA -c "%s"' % statement) == "t"


def test_the_manuals_own_commands_are_let_in(host):
    assert log_in(host, address="127.0.0.1").stdout.strip() == "t"
    for user in ("postgres", "ecuser"):  # by root, on the socket
        assert host.check_output("psql -XtAw -U %s -d ecelerity -c 'SELECT current_user'" % user) == user
    assert host.run("runuser -u nobody -- psql -XtAw -U ecuser -d ecelerity -c 'SELECT 1'").rc != 0


def test_the_files_of_nodes_are_there_as_on_every_host(host):
    main = host.file(CONFIGURATION + "/ecelerity.conf").content_string
    assert '\ninclude "ecelerity-cluster.conf"' in main
    shared = host.file(CONFIGURATION + "/ecelerity-cluster.conf").content_string
    assert "#aggr#" not in shared and "cluster:///var/log/ecelerity/mainlog.cluster=>master" in shared


def test_the_server_stores_a_scram_verifier(host):
    statement = "SELECT rolpassword FROM pg_authid WHERE rolname = 'ecuser'"
    stored = host.check_output('runuser -u postgres -- psql -XtA -c "%s"' % statement)
    assert stored.startswith("SCRAM-SHA-256$4096:")


def test_the_administrator_of_the_consoles_was_made(host):
    query = "'SELECT username FROM webconsole.users'"
    assert host.check_output(LOGIN % (PASSWORD, "manager1", "ecuser", "ecelerity", query)) == "admin"


@pytest.mark.parametrize("directory", ["/var/log", "/tmp", "/var/tmp", "/root", "/var/lib/msys-momentum"])
def test_no_planted_secret_lies_where_others_read(host, directory):
    found = host.run("find %s -type f -perm /o=r -exec grep -lF planted- '{}' +" % directory).stdout.split()
    assert found == []


def test_the_servers_journal_and_log_hold_no_planted_secret(host):
    logs = host.check_output("journalctl --output cat --no-pager; cat /var/log/postgresql/* 2>/dev/null; true")
    assert "planted-" not in logs
