# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight of a node on which the stand-in runs, and of the same node with another mail server at its port."""

from typing import Any

import node
import plays

PREFLIGHT = "msys.momentum.preflight"
# What differs between machines that the container runs on: their kernel, disks, memory, clock, resolver and security modules.
OF_THE_MACHINE = {
    "architecture",
    "cluster_ports",
    "disk_space",
    "dns_forward",
    "dns_reverse",
    "ephemeral_ports",
    "fips",
    "kernel_parameters",
    "limits",
    "memory",
    "selinux_denials",
    "selinux_mode",
    "spool_filesystem",
    "time",
    "tmp_noexec",
}
SERVER = "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 2600)); s.listen(1); time.sleep(600)"


def test_the_findings_of_a_secured_node_are_known_and_none_stops_a_run(host: Any) -> None:
    before = node.pid(host), node.checksums(host)
    run = plays.play(book=PREFLIGHT)
    assert run.code == 0, run.output
    assert run.changed() == [] and len(run.reached()) == 1
    result = run.of(PREFLIGHT).result
    assert (result["stops"], result["installed"]) == ([], True)
    found = {one["name"]: one["what"] for one in result["findings"]}
    # The scenario has root's shells with the umask of the vendor's warning, and a host name without a domain.
    assert set(found) - OF_THE_MACHINE == {"umask", "hostname", "spool_shared"}
    assert "/root/.bashrc:" in found["umask"] and found["umask"].endswith(": 0027")
    unknown = {one["name"] for one in result["unknown"]}
    # Root in a container without CAP_SYS_PTRACE does not see that the port is the stand-in's.
    assert unknown <= OF_THE_MACHINE | {"smtp_port"}
    assert unknown & set(result["checked"]) == set()
    assert (node.pid(host), node.checksums(host)) == before


def test_a_program_at_a_port_that_the_configuration_names_stops_a_run_by_name(host: Any) -> None:
    host.check_output('systemd-run --unit=another-server python3 -c "%s"' % SERVER)
    host.check_output(
        "sh -c 'for i in 1 2 3 4 5 6 7 8 9; do grep -q :0A28 /proc/net/tcp && exit 0; sleep 1; done; exit 1'"
    )
    try:
        host.check_output(
            'sh -c \'mkdir -p /root/other && echo "ESMTP_Listener { Listen \\":2600\\" { } }" > /root/other/ecelerity.conf\''
        )
        run = plays.task(PREFLIGHT, main="/root/other/ecelerity.conf")
        (found,) = [one for one in run.of(PREFLIGHT).result["findings"] if one["name"] == "smtp_port"]
        assert found["severity"] == "stops" and "port 2600 is taken at 127.0.0.1 by /usr/bin/python3" in found["what"]
    finally:
        host.check_output("systemctl stop another-server")
        host.check_output("rm -r /root/other")
