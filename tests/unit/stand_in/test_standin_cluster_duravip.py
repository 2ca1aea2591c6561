# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DuraVIPs on a network: one node has the address, another takes over, and mail goes on meanwhile."""

import json
import os
import subprocess
import sys
from typing import Dict, Iterator, List, Set

import pytest
import standin_network
from momentum_standin import capability
from standin_cluster import Cluster, Member, eventually

HERE = os.path.dirname(os.path.abspath(__file__))
STANDIN = os.path.normpath(os.path.join(HERE, os.pardir, os.pardir, "standin"))
REASON = standin_network.why_not()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
SERVICE, PORT = "10.77.0.100", 2525
WITHOUT = "cap_net_admin,cap_net_raw,cap_net_bind_service+ep"
# What the page has, as far as this machine can give it.
CAPABILITIES = "cap_sys_resource," * capability.can_be_had() + WITHOUT
TOPOLOGY = 'Topology "10.77.0.0/24" { interface = "eth0" }'
UNTESTED = "/etc/momentum-standin-untested"
LISTEN = 'ESMTP_Listener { Listen "%s:%d" { Enable_Duravip = true %%s } }\n' % (SERVICE, PORT)


class Site:
    """A cluster on a network of its own."""

    def __init__(self) -> None:
        self.network = standin_network.Network(4)
        self.cluster = Cluster(STANDIN, ["10.77.0.%d" % number for number in (1, 2, 3, 4)])
        self.nodes, self.manager = self.cluster.nodes, self.cluster.manager
        for member, host in zip(self.cluster.members, self.network.hosts):
            member.within = host.prefix
            os.mkdir(member.root + "/etc")
            if not capability.can_be_had():
                member.write(member.root + UNTESTED, "cap_sys_resource\n")
        self.configure('Duravip_Preference = "mta1"')

    def configure(self, options: str, capabilities: str = CAPABILITIES) -> None:
        for node in self.nodes:
            node.configure(self.cluster.peers, self.cluster.port, capabilities, LISTEN % options, TOPOLOGY)

    def holders(self) -> List[str]:
        pairs = zip(self.nodes, self.network.hosts)
        return [node.name for node, host in pairs if SERVICE + "/32" in host.addresses()]

    def wait_for(self, *names: str) -> None:
        eventually(lambda: self.holders() == list(names), "%s on %s" % (SERVICE, " ".join(names)))

    def banner(self) -> str:
        code = "import socket; print(socket.create_connection(('%s', %d), 20).makefile().readline())" % (SERVICE, PORT)
        return self.network.client.run(sys.executable, "-c", code)

    def load(self) -> "subprocess.Popen[str]":
        line = self.network.client.prefix + [sys.executable, os.path.join(HERE, "standin_load.py"), SERVICE, str(PORT)]
        log = open(self.nodes[0].root + "/load", "w")
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=log, universal_newlines=True)
        log.close()
        return process

    def sent(self) -> Dict[str, Set[int]]:
        found: Dict[str, Set[int]] = {"accepted": set(), "refused": set(), "broken": set()}
        for line in self.nodes[0].read(self.nodes[0].root + "/load").splitlines():
            found[line.split()[0]].add(int(line.split()[1]))
        return found

    def more_mail(self) -> None:
        before = len(self.sent()["accepted"])
        eventually(lambda: len(self.sent()["accepted"]) >= before + 5, "more mail is accepted")

    def stored(self, node: Member) -> Set[int]:
        path = node.root + "/var/spool/ecelerity/messages.jsonl"
        lines = node.read(path).splitlines() if os.path.exists(path) else []
        return {int(json.loads(line)["body"].split("\r\n")[0].split(": ")[1]) for line in lines}

    def remove(self) -> None:
        self.cluster.remove()
        self.network.remove()


@pytest.fixture
def site() -> "Iterator[Site]":
    made = Site()
    try:
        yield made
    finally:
        made.remove()


def test_mail_goes_on_while_nodes_stop_start_and_die(site: Site) -> None:
    site.cluster.start()
    site.wait_for("mta1")
    load = site.load()
    try:
        site.more_mail()
        assert site.nodes[0].stop() == 0
        assert site.holders() != ["mta1"] and len(site.holders()) == 1
        site.more_mail()
        site.nodes[0].start()
        site.wait_for("mta1")
        site.more_mail()
        assert site.manager.ask("broadcast", "cluster", "duravip", "move", SERVICE, "to", "mta3")
        site.wait_for("mta3")
        site.more_mail()
        # A machine that dies. Where the daemon alone dies its kernel refuses clients until another node has the address.
        site.network.hosts[2].run("ip", "link", "set", "eth0", "down")
        site.nodes[2].kill()
        eventually(lambda: "mta1" in site.holders(), "the preferred node takes over")
        site.more_mail()
    finally:
        load.communicate()
    sent = site.sent()
    stored = [site.stored(node) for node in site.nodes]
    assert sent["refused"] == set()
    assert sent["accepted"] <= stored[0] | stored[1] | stored[2]
    assert stored[0] and stored[2]
    print("accepted %d, broken %d" % (len(sent["accepted"]), len(sent["broken"])))


def test_only_the_owner_serves_and_says_so(site: Site) -> None:
    site.cluster.start()
    site.wait_for("mta1")
    assert site.banner().startswith("220 ")
    assert "%s:%d" % (SERVICE, PORT) in site.nodes[0].ask("summary")
    assert SERVICE not in site.nodes[1].ask("summary")
    shown = site.nodes[0].ask("cluster", "duravip", "show").splitlines()
    assert shown[:2] == ["DuraVIP State:", SERVICE + "/listener: (owned,safe) multivip"]
    assert [line.split("\t")[0].strip() for line in shown[2:]] == ["*", "", ""]
    assert "(remote,safe)" in site.nodes[1].ask("cluster", "duravip", "show")


def test_a_node_is_emptied_and_the_view_is_announced(site: Site) -> None:
    site.cluster.start()
    site.wait_for("mta1")
    site.manager.ask("broadcast", "cluster", "duravip", "move", "mta1", "mta2")
    site.wait_for("mta2")
    answers = site.manager.ask("broadcast", "cluster", "duravip", "announce", "view").splitlines()
    assert answers == ["mta%d: DuraVIP view announced" % number for number in (1, 2, 3)]
    assert "DuraVIP view announced" in site.nodes[2].panics()
    assert site.nodes[1].stop() == 0
    site.wait_for("mta1")
    assert site.nodes[0].ask("cluster", "duravip", "move", SERVICE, "mta9") == "'mta9' is not a node of the cluster"


def test_a_binding_takes_its_address_and_what_follows_it_along(site: Site) -> None:
    follow = 'ESMTP_Listener { Listen "%s:%d" { Duravip_Follow = "b" } }\n' % (SERVICE, PORT)
    binding = 'Binding "b" { Enable_Duravip = true Bind_Address = "10.77.0.101" Duravip_Preference = "mta2" }\n'
    for node in site.nodes:
        node.configure(site.cluster.peers, site.cluster.port, CAPABILITIES, follow + binding, TOPOLOGY)
    site.cluster.start()
    site.wait_for("mta2")
    eventually(lambda: "10.77.0.101/32" in site.network.hosts[1].addresses(), "the address of the binding is there")
    site.manager.ask("broadcast", "cluster", "duravip", "move", "b", "to", "mta3")
    site.wait_for("mta3")
    eventually(lambda: "10.77.0.101/32" in site.network.hosts[2].addresses(), "both moved")


def test_without_the_capability_a_node_says_so_and_another_takes_the_address(site: Site) -> None:
    first = site.nodes[0]
    options = LISTEN % 'Duravip_Preference = "mta1"'
    first.configure(site.cluster.peers, site.cluster.port, "cap_net_bind_service+ep", options, TOPOLOGY)
    site.cluster.start()
    eventually(lambda: len(site.holders()) == 1, "somebody has the address")
    assert "mta1" not in site.holders()
    eventually(lambda: "cannot plumb DuraVIP %s" % SERVICE in first.panics(), "the first node says what it lacks")


def test_without_cap_sys_resource_no_node_takes_an_address_unless_a_test_declares_it_untested(site: Site) -> None:
    for node in site.nodes:
        if os.path.exists(node.root + UNTESTED):
            os.remove(node.root + UNTESTED)
    site.configure("", WITHOUT)
    site.cluster.start()
    reason = "cannot plumb DuraVIP %s: the process does not hold cap_sys_resource" % SERVICE
    eventually(lambda: all(reason in node.panics() for node in site.nodes), "every node says what it lacks")
    assert site.holders() == []


def test_what_is_declared_untested_is_logged_and_must_be_something_that_the_machine_cannot_have(site: Site) -> None:
    node = site.nodes[0]
    node.write(node.root + UNTESTED, "cap_net_admin\n")
    with pytest.raises(AssertionError, match="'cap_net_admin' is none of: cap_sys_resource"):
        node.start()
    node.write(node.root + UNTESTED, "cap_sys_resource\n")
    if capability.can_be_had():
        with pytest.raises(AssertionError, match="this machine can have cap_sys_resource, so it is tested"):
            node.start()
    else:
        node.start()
        assert "NOT TESTED here: that DuraVIPs need cap_sys_resource" in node.panics()


def test_a_killed_nodes_address_is_taken_off_when_it_starts_again(site: Site) -> None:
    site.nodes[0].start()
    site.wait_for("mta1")
    site.nodes[0].kill()
    assert site.holders() == ["mta1"]
    site.configure('Duravip_Preference = "mta2"')
    site.nodes[1].start()
    eventually(lambda: "mta2" in site.holders(), "the other one has it")
    site.nodes[0].start()
    site.wait_for("mta2")
