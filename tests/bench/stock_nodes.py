# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of tests/bench/stock.py: directories that look like a node which somebody has set up by hand, and their inventory."""

import sys
from pathlib import Path
from typing import Any, Dict, List

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "runner"))

import simulated

FRAGMENTS = {
    "retries": "Max_Retries = 12\nRetry_Interval = 1200\nMax_Retry_Interval = 43200\nMessage_Expiration = 86400\n",
    "timeouts": "Connect_Timeout = 300\nEHLO_Timeout = 300\nMailFrom_Timeout = 300\nBody_Timeout = 600\n",
    "queues": "Max_Resident_Messages = 32768\nMax_Resident_Active_Queue = 250\nMax_Outbound_Connections = 32\n",
    "messages": "Growbuf_Size = 16384\nLarge_Message_Threshold = 131072\n",
    "bounces": "Generate_Bounces = false\nMax_Deliveries_Per_Connection = 0\n",
}
POOLS = range(1, 6)
POOL = """\
Binding_Group "pool-{number}" {{
  Binding "out{number}" {{
    Bind_Address = "10.0.0.{number}"
    EHLO_Hostname = "out{number}.example.net"
    Max_Outbound_Connections = 32
  }}
}}
"""
MAIN = """\
# Set up by hand.
{includes}
TLS_Protocols = "+ALL:-SSLv2"
TLS_Ciphers = "DEFAULT:!EXPORT"
ESMTP_Listener {{
  SMTP_Extensions = ( "8BITMIME" "PIPELINING" "ENHANCEDSTATUSCODES" "STARTTLS" )
  Listen ":25" {{
    Enable = on
  }}
  Listen ":465" {{
    Enable = on
  }}
  Listen ":587" {{
    Enable = on
  }}
}}
"""
DIRECTORIES = ("bin", "sbin", "lib", "libexec", "modules", "etc/certs", "etc/conf/default/dkim")
KEYS = 200


def grow(root: Path, count: int) -> List[simulated.Node]:
    """Lay out so many nodes below a directory."""
    nodes = [simulated.Node(f"mta{number:03}.example.com", root / f"mta{number:03}") for number in range(1, count + 1)]
    for node in nodes:
        _lay_out(node)
    return nodes


def _lay_out(node: simulated.Node) -> None:
    directory = node.configuration.parent
    for name in DIRECTORIES:
        (node.directory / "msys" / "ecelerity" / name).mkdir(parents=True)
    pools = {f"pool-{number}": POOL.format(number=number) for number in POOLS}
    files = dict(FRAGMENTS, **pools, local="# For what is of this host alone.\n")
    for name, text in files.items():
        (directory / f"{name}.conf").write_text(text)
    node.configuration.write_text(MAIN.format(includes="\n".join(f'include "{name}.conf"' for name in files)))
    for number in range(KEYS):
        (directory / "dkim" / f"customer{number:03}.key").write_text("a key of a customer\n")


def inventory(nodes: List[simulated.Node], python: str) -> Dict[str, Any]:
    """The inventory of both sides: where a node is, and its accounts."""
    variables = simulated.variables(python)
    del variables["momentum_settings"]  # what is requested is in collection/group_vars
    variables["mta_root"] = "{{ node_directory }}/msys"
    variables["mta_user"], variables["mta_group"] = (variables["momentum_security_" + name] for name in ("user", "group"))
    variables["mta_reload_command"] = ["true"]  # there is no daemon
    hosts = {node.name: {"node_directory": str(node.directory)} for node in nodes}
    return {simulated.GROUP: {"hosts": hosts, "vars": variables}}
