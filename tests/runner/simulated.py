# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated nodes: a directory each instead of a machine, and a collection that leaves the daemon out.

What a node would have below /opt and /var lies below its own directory; the connection is local. The role `standalone` does to it
what it does to a real node, but for the part `service`: there is no daemon to reload and no listener to ask.
"""

import grp
import json
import os
import pwd
import shutil
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
GROUP = "momentum_standalone"
DAEMON = "msys.momentum.service"
PART = "\n  service: true\n"  # among the conditions of a role's parts
SHIPPED = ("galaxy.yml", "meta", "playbooks", "plugins", "roles")

# As an installation may be found: old words of TLS, no Security stanza, many bindings.
CONFIGURATION = """\
# {name}, set up by hand
Max_Retries = 12
TLS_Protocols = "+ALL:-SSLv2" # as it came
TLS_Ciphers = "DEFAULT:!EXPORT"
ESMTP_Listener {{
  Listen ":25" {{
    Enable = on
  }}
  Listen ":587" {{
    AuthLoginParameters = [ uri = "/opt/msys/ecelerity/etc/unsafe_passwd" ]
  }}
}}
Control_Listener {{
  Listen "/tmp/2025" {{
  }}
}}
{groups}"""
BINDING = """\
Binding_Group "customers-{number}" {{
  Binding "customer-{number}" {{
    Bind_Address = "10.0.{number}.1"
    EHLO_Hostname = "out{number}.{name}"
    Domain "partner{number}.example" {{
      Max_Outbound_Connections = {number}
      TLS = "ifavailable"
    }}
  }}
}}
"""
BINDINGS = 40


class Node(NamedTuple):
    """One simulated node: its name, and the directory that stands for its file system."""

    name: str
    directory: Path

    @property
    def configuration(self) -> Path:
        """The main configuration file."""
        return self.directory / "msys" / "ecelerity" / "etc" / "conf" / "default" / "ecelerity.conf"


def grow(root: Path, count: int) -> List[Node]:
    """Lay out so many nodes below a directory; they are called as the documentation calls nodes."""
    found = [Node(f"mta{number:03}.example.com", root / f"mta{number:03}") for number in range(1, count + 1)]
    for node in found:
        node.configuration.parent.mkdir(parents=True)
        groups = "".join(BINDING.format(number=number, name=node.name) for number in range(BINDINGS))
        node.configuration.write_text(CONFIGURATION.format(name=node.name, groups=groups))
    return found


def variables(python: str) -> Dict[str, Any]:
    """What the group says: everything lies below the node's directory, and nothing outside of it is managed."""
    account = pwd.getpwnam("nobody")
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": python,
        "ansible_remote_tmp": "{{ node_directory }}/tmp",
        "momentum_prefix": "{{ node_directory }}/msys/ecelerity",
        "momentum_state_dir": "{{ node_directory }}/state",
        "momentum_version": "5.3.0",
        "momentum_security_user": account.pw_name,
        "momentum_security_group": grp.getgrgid(account.pw_gid).gr_name,
        "momentum_settings": [
            {"option": "Max_Retries", "value": 20},
            {"scope": ["ESMTP_Listener", 'Listen ":25"'], "option": "Enable", "value": True},
        ],
        # Owners can be given by root alone. The parts that are left out lie outside of the prefix.
        # The console's directory and its file for the boot are outside of the directory that is the node.
        "momentum_control": "ignore",
        "momentum_permissions": "enforce" if os.geteuid() == 0 else "audit",
        "momentum_permissions_leave": ["logs", "services", "spool"],
        # The directories above the nodes belong to this machine: whether others may enter them is not for a simulation to fix.
        "momentum_permissions_umask": "report",
    }


def inventory(nodes: List[Node], python: str) -> Dict[str, Any]:
    """The inventory of nodes, in the form that a YAML or JSON file has."""
    hosts = {node.name: {"node_directory": str(node.directory)} for node in nodes}
    return {GROUP: {"hosts": hosts, "vars": variables(python)}}


def write(path: Path, value: Any) -> Path:
    """Write a value as JSON, which Ansible reads as YAML; for its owner alone, as an inventory should be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(value, file, indent=1)
    return path


def copy_collection(directory: Path) -> Path:
    """Copy the collection into a directory of collections, without the tasks about the daemon; returns the directory.

    Raises ValueError if there was no such task: then the simulation does not know the roles any more.
    """
    collection = directory / "ansible_collections" / "msys" / "momentum"
    for name in SHIPPED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        collection.mkdir(parents=True, exist_ok=True)
        copy(str(source), str(collection / name))
    if not sum(_leave_out(path) for path in sorted(collection.glob("roles/*/tasks/*.yml"))):
        raise ValueError(f"no task of the roles calls {DAEMON}")
    for path in collection.glob("roles/*/vars/main.yml"):
        path.write_text(path.read_text().replace(PART, PART.replace("true", "false")))
    if PART not in (ROOT / "roles" / "standalone" / "vars" / "main.yml").read_text():
        raise ValueError(f"the role standalone has no part {PART.strip()!r}")
    return directory


def _leave_out(path: Path) -> int:
    """Rewrite one file of tasks if some are about the daemon; returns how many were."""
    tasks = yaml.safe_load(path.read_text()) or []
    count = _remove(tasks)
    if count:
        path.write_text(yaml.safe_dump(tasks, sort_keys=False))
    return count


def _remove(tasks: List[Dict[str, Any]]) -> int:
    """Take the tasks about the daemon out of a list and its blocks; returns how many were."""
    kept = [task for task in tasks if DAEMON not in task]
    count = len(tasks) - len(kept)
    tasks[:] = kept
    inner = [task[key] for task in kept for key in ("block", "rescue", "always") if key in task]
    return count + sum(_remove(one) for one in inner)
