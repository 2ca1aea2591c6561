# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cluster: who sees whom, what the manager hands on, and who is elected."""

import os
from typing import Iterator, Optional

import pytest
from standin_cluster import Cluster, eventually

STANDIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "standin")


@pytest.fixture
def cluster() -> "Iterator[Cluster]":
    installed = Cluster(os.path.normpath(STANDIN))
    try:
        yield installed
    finally:
        installed.remove()


def test_nodes_join_and_a_stopped_or_killed_one_is_missed(cluster: Cluster) -> None:
    cluster.start()
    entries = cluster.nodes[0].ask("cluster", "membership").split("\n\n")
    assert [entry.splitlines()[3] for entry in entries] == ["Node Type: Manager"] + ["Node Type: Momentum"] * 3
    assert "Address: 127.0.0.2:4802" in entries[1] and "Address: 0.0.0.0:0" in entries[0]
    cluster.nodes[2].kill()
    cluster.wait_for("mta1", "mta2")
    assert cluster.nodes[1].stop() == 0
    cluster.wait_for("mta1")
    cluster.nodes[2].start()
    cluster.wait_for("mta1", "mta3")
    assert "cluster: mta3 (Momentum) joined" in cluster.manager.panics()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("ecelerity.conf", None, "a manager without"),
        ("ecelerity-cluster.conf", None, "a manager without"),
        ("ecelerity.conf", '# include "ecelerity-cluster.conf"\n', "does not include"),
        ("ecelerity-cluster.conf", 'Cluster { logs = [\n#aggr#   mainlog = "/x"\n] }\n', "marks of the aggregator"),
    ],
)
def test_a_manager_with_peers_has_the_files_of_nodes(
    cluster: Cluster, name: str, text: "Optional[str]", reason: str
) -> None:
    manager = cluster.manager
    path = "%s/%s" % (manager.directory, name)
    os.remove(path)
    if text is not None:
        manager.write(path, text)
    with pytest.raises(AssertionError, match=reason):
        manager.start()
    assert manager.process is not None and manager.process.wait() == 1
    manager.configure({}, cluster.port)
    manager.start()


def test_a_command_is_broadcast_or_for_one_node(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.manager.ask("broadcast", "cluster", "nodename").splitlines() == [
        "mta1: mta1",
        "mta2: mta2",
        "mta3: mta3",
    ]
    assert cluster.manager.ask("retrieve_node", "mta2", "cluster", "nodename") == "mta2: mta2"
    assert cluster.manager.ask("unicast", "mta3", "cluster", "nodename") == "mta3: mta3"
    assert cluster.manager.ask("unicast", "mta9", "version") == "mta9: mta9 cannot be reached"
    assert cluster.manager.ask("broadcast") == "a command is missing"
    assert cluster.manager.ask("cluster", "nodename") == "cluster command not understood"
    assert cluster.nodes[0].ask("broadcast", "version") == "broadcast command not understood"


def test_a_reload_on_the_manager_reloads_the_nodes_and_a_bad_one_keeps_what_it_had(cluster: Cluster) -> None:
    cluster.start()
    for node in cluster.nodes[:2]:
        node.add("Spool_Mode = 0600\n")
    cluster.nodes[2].add("Spool_Mode = 0600\nNo_Such_Option = 1\n")
    lines = cluster.manager.ask("config", "reload").splitlines()
    assert lines[:3] == ["OK", "mta1: OK", "mta2: OK"]
    assert "mta3: Reconfigure failed." in lines
    shown = cluster.manager.ask("broadcast", "config", "eval", "Spool_Mode").splitlines()
    assert shown == ["mta1: Spool_Mode = 0600", "mta2: Spool_Mode = 0600", "mta3: Spool_Mode = 0640"]


def test_a_bad_configuration_of_the_manager_reaches_no_node(cluster: Cluster) -> None:
    cluster.start()
    cluster.manager.add("No_Such_Option = 1\n")
    cluster.nodes[0].add("Spool_Mode = 0600\n")
    assert cluster.manager.ask("config", "reload").splitlines()[-1] == "Global configuration error."
    assert cluster.nodes[0].ask("config", "eval", "Spool_Mode") == "Spool_Mode = 0640"


def test_a_peer_in_upper_case_keeps_msgc_from_starting(cluster: Cluster) -> None:
    node = cluster.nodes[0]
    node.configure(dict(cluster.peers, MTA3="127.0.0.4"), cluster.port)
    node.start()
    assert node.ask("cluster", "membership") == ""
    assert node.ask("cluster", "info") == "not in a cluster"
    assert "the peer 'MTA3' is not in lower case, msgc does not start" in node.panics()


def test_a_node_that_is_no_peer_stays_alone(cluster: Cluster) -> None:
    node = cluster.nodes[0]
    node.configure({"mta2": "127.0.0.3", "manager": "127.0.0.5"}, cluster.port)
    node.start()
    assert "this node, mta1, is not one of the peers manager mta2" in node.panics()


def test_a_stranger_is_not_let_in(cluster: Cluster) -> None:
    first, second = cluster.nodes[:2]
    first.configure({"mta1": "127.0.0.2", "manager": "127.0.0.5"}, cluster.port)
    first.start()
    second.start()
    eventually(lambda: "msgc: 'mta2' is not one of the peers" in first.panics(), "the stranger is noticed")
    assert first.ask("cluster", "membership").count("Node Name") == 1


def test_a_peer_is_added_by_a_reload(cluster: Cluster) -> None:
    first, second = cluster.nodes[:2]
    first.configure({"mta1": "127.0.0.2"}, cluster.port)
    first.start()
    second.start()
    first.configure(cluster.peers, cluster.port)
    assert first.ask("config", "reload") == "OK"
    eventually(lambda: cluster.names(first) == ["mta1", "mta2"], "the new peer is seen")


def test_files_of_the_nodes_own_directory_are_read_at_the_start_alone(cluster: Cluster) -> None:
    node = cluster.nodes[0]
    directory = node.prefix + "/etc/conf/" + os.uname().nodename
    os.mkdir(directory)
    node.write(directory + "/node-local.conf", "Spool_Mode = 0600\n")
    node.add('include "node-local.conf"\n')
    node.start()
    node.write(directory + "/node-local.conf", "Spool_Mode = 0644\n")
    assert node.ask("config", "reload") == "OK"
    assert node.ask("config", "eval", "Spool_Mode") == "Spool_Mode = 0600"
    assert node.stop() == 0
    node.start()
    assert node.ask("config", "eval", "Spool_Mode") == "Spool_Mode = 0644"
