# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster as site leaves it: who the nodes are, what they may do, whom they see, and who has the service address."""

import os
import re
import time

import pytest
import testinfra
from node import CONFIGURATION, CONSOLE, MAIN, PREFIX, checksums, is_serving, look, pid, threads
from plays import message, play

NODES = ("mta1", "mta2", "mta3")
PLACE = "%(CONTAINER_ENGINE)s://%(MOMENTUM_TEST_NAME)s-%(MOLECULE_SCENARIO_NAME)s-" % os.environ
CLUSTER_FILE = CONFIGURATION + "/ecelerity-cluster.conf"
PEERS = PREFIX + "/etc/conf/global/msgc_server.conf"
DOCUMENTED = "cap_net_admin+ep cap_net_bind_service+ep cap_net_raw+ep cap_sys_resource+ep"
BITS = {"cap_net_bind_service": 10, "cap_net_admin": 12, "cap_net_raw": 13, "cap_sys_resource": 24}
BUDGET = 4  # tasks that reach a node in a run without changes
PATIENCE = 60.0  # seconds

testinfra_hosts = [PLACE + name for name in NODES]


@pytest.fixture(scope="module")
def manager():
    return testinfra.get_host(PLACE + "mgr1")


@pytest.fixture(scope="module")
def nodes():
    return [testinfra.get_host(PLACE + name) for name in NODES]


@pytest.fixture(scope="module")
def unchanged():
    """A real run over a cluster that is as declared."""
    return play(momentum_serial="100%")


def console(host, command):
    return host.check_output(CONSOLE + command)


def has_sys_resource(host):
    """Whether the container can have what the documented text names at its end."""
    bounding = host.check_output("grep CapBnd /proc/1/status").split()[1]
    return bool(int(bounding, 16) >> BITS["cap_sys_resource"] & 1)


def declared(host):
    """The names in the text of the stanza in force."""
    (text,) = re.findall(r'(?m)^  capabilities = "([^"]+)"$', host.file(CLUSTER_FILE).content_string)
    return set(re.findall(r"cap_[a-z_]+", text))


def wait_for(holds):
    """Ask until it holds or patience ends; the last answer."""
    end = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < end:
        time.sleep(1)
    return holds()


def test_nodes_of_one_image_are_machines_of_their_own(nodes, manager):
    machines = {one.check_output("cat /etc/machine-id") for one in nodes + [manager]}
    assert len(machines) == len(nodes) + 1 and all(re.fullmatch("[0-9a-f]{32}", machine) for machine in machines)


def test_every_thread_is_ecuser_and_holds_exactly_what_is_declared(host):
    ecuser, mask = str(host.user("ecuser").uid), sum(1 << BITS[name] for name in declared(host))
    shown = threads(host)
    assert len(shown) > 1
    for thread in shown:
        assert thread["Uid"].split() == [ecuser] * 4
        assert (int(thread["CapPrm"], 16), int(thread["CapEff"], 16)) == (mask, mask)
        assert int(thread["CapInh"], 16) == int(thread["CapAmb"], 16) == 0


def test_what_is_declared_is_what_duravip_takes(host):
    """As much of it as the container can have."""
    requested = set(BITS) if has_sys_resource(host) else set(BITS) - {"cap_sys_resource"}
    assert declared(host) == requested


def stanzas(run):
    """What each host returned for its Security stanza."""
    return [
        entry.result["parts"]["security"]
        for entry in run.entries
        if entry.action == "msys.momentum.node" and entry.status != "skipped"
    ]


def test_the_result_gives_the_lines_that_take_each_capability(unchanged):
    results = stanzas(unchanged)
    found = [result["needed"] for result in results if result["file"] == CLUSTER_FILE]
    assert len(found) == len(NODES)
    for needed in found:
        assert needed["value"] == DOCUMENTED
        assert {"Enable_Duravip"} == {
            one["option"] for one in needed["reasons"] if one["capability"] == "cap_sys_resource"
        }
        assert all(one["file"] == MAIN and one["line"] > 0 for one in needed["reasons"])


def test_what_contradicts_the_stanza_in_force_is_named(unchanged):
    losing = [result["conflicts"] for result in stanzas(unchanged) if result["file"] == CLUSTER_FILE]
    assert [[(one["option"].lower(), one["file"], one["wins"]) for one in places] for places in losing] == [
        [("capabilities", MAIN, False)]
    ] * len(NODES)
    assert unchanged.output.count("momentum_security_purge removes it") >= len(NODES)


def test_every_node_sees_all_nodes_and_the_manager(host):
    shown = console(host, "cluster membership")
    assert re.findall(r"Private Name: #(\w+)#", shown) == ["mgr1", *NODES]


def test_the_manager_sees_all_nodes(manager):
    shown = console(manager, "show cluster membership")
    assert all(name in shown for name in NODES)


def test_one_node_alone_has_the_service_address_and_serves_it(nodes):
    (address,) = re.findall(r"(?m)^([0-9.]+)/\S+: \(", console(nodes[0], "cluster duravip show"))

    def owners():
        return [name for name, one in zip(NODES, nodes) if " %s/32 " % address in one.check_output("ip -4 addr show")]

    assert wait_for(lambda: owners() == ["mta1"]), owners()
    greeting = "import socket; print(socket.create_connection(('%s', 25), 10).makefile().readline())" % address
    assert nodes[1].check_output('python3 -c "%s"' % greeting).startswith("220 ")


def test_the_hosts_of_the_cluster_agree_on_their_peers(nodes, manager):
    texts = {one.file(PEERS).content_string for one in [*nodes, manager]}
    assert len(texts) == 1
    assert re.findall(r'(\w+) = "10\.', texts.pop()) == ["mgr1", *NODES]


def test_no_copy_of_the_peers_shadows_the_one_of_conf_global(host):
    assert not host.file(CONFIGURATION + "/msgc_server.conf").exists


def test_logs_are_collected_and_the_main_file_includes_those_of_the_cluster(host):
    assert "#aggr#" not in host.file(CLUSTER_FILE).content_string
    main = host.file(MAIN).content_string
    places = [
        main.index(line) for line in ('\ninclude "common.conf"', '\ninclude "ecelerity-cluster.conf"', '"ecdb.conf"')
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("path", "requested"),
    [
        (CONFIGURATION + "/ecdb.conf", "root:ecuser 640"),
        (MAIN, "root:ecuser 640"),
        (CLUSTER_FILE, "root:ecuser 640"),
        (PEERS, "root:ecuser 640"),
        (CONFIGURATION, "root:ecuser 750"),
        (PREFIX + "/etc/conf/global", "root:ecuser 750"),
    ],
)
def test_owners_and_modes_are_those_of_least_privilege(host, path, requested):
    assert look(host, path) == requested


def test_nodes_log_in_to_the_database_with_the_password_that_the_manager_made(host, manager):
    """From the manager, which has the client; as the node's own file has it, over the network and by TLS."""
    text = host.file(CONFIGURATION + "/ecdb.conf").content_string
    found = dict(re.findall(r"(host|dbname|user|password)=([^;\")\s]+)", text))
    assert found["host"] == "mgr1" and len(found["password"]) >= 24
    assert "Datasource" not in re.sub(r"(?m)^\s*#.*$", "", host.file(CONFIGURATION + "/common.conf").content_string)
    query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    login = "PGPASSWORD='%(password)s' psql -XtA -w -h %(host)s -U %(user)s -d %(dbname)s -c" % found
    assert manager.check_output('%s "%s"' % (login, query)) == "t"


def test_a_second_run_changes_nothing_and_stays_within_its_budget(unchanged, capsys):
    assert unchanged.code == 0 and unchanged.changed() == []
    for name in NODES:
        reached = [entry.task for entry in unchanged.reached() if entry.host == name]
        with capsys.disabled():
            print("\n%s: reached by %s" % (name, ", ".join(reached)))
        assert 0 < len(reached) <= BUDGET, reached


def test_check_mode_reports_nothing_where_nothing_differs():
    run = play(check=True, diff=True, momentum_serial="100%")
    assert (run.code, run.changed(), run.diffs()) == (0, [], [])


def test_a_reload_of_the_manager_reaches_every_node(nodes, manager):
    """Each reads its own files anew."""
    before = [one.file(MAIN).content_string for one in nodes]
    assert [console(one, "config get Max_Retries") for one in nodes] != ["Max_Retries = 17"] * len(nodes)
    try:
        for one in nodes:
            one.check_output("echo 'Max_Retries = 17' >> %s" % MAIN)
        answer = console(manager, "config reload")
        assert answer.splitlines() == ["OK"] + ["%s: OK" % name for name in NODES]
        assert all("17" in console(one, "config get Max_Retries") for one in nodes)
    finally:
        for one, text in zip(nodes, before):
            one.run("sed -i '/^Max_Retries = 17$/d' %s" % MAIN)
            assert one.file(MAIN).content_string == text
        console(manager, "config reload")
    assert not any("17" in console(one, "config get Max_Retries") for one in nodes)


def test_the_documented_text_is_refused_before_anything_is_touched(nodes):
    """cap_set_proc would refuse it as a whole where one capability cannot be had, and leave the daemon without any."""
    if has_sys_resource(nodes[0]):
        pytest.skip("this container can have cap_sys_resource, so that nothing is refused")
    before = [(checksums(one), pid(one)) for one in nodes]
    run = play(momentum_security_capabilities="auto")
    assert run.code != 0
    assert [entry.host for entry in run.failed()] == ["mta1"]
    assert "cap_sys_resource" in str(message(run)) and "beyond_bounding_set" in str(message(run))
    assert [(checksums(one), pid(one)) for one in nodes] == before
    assert all(is_serving(one) for one in nodes)


def test_no_planted_secret_and_no_password_lies_where_others_read(host, manager):
    password = manager.check_output("cat /opt/msys/etc/.svcpasswd").strip()
    for word in ("planted-", password):
        find = "find /var/log /tmp /var/tmp /root /var/lib/msys-momentum %s/etc -type f -perm /o=r" % PREFIX
        assert host.check_output("%s -exec grep -lF '%s' '{}' + || true" % (find, word)) == ""
        assert host.check_output("journalctl --output cat --no-pager | grep -cF '%s' || true" % word) == "0"
