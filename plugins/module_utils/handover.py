# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which addresses were moved off a node for maintenance, and so are to be given back to it.

A move stays in force until another one (page *Console Commands for the Cluster Manager*). The record lies in the state directory
of the manager, from before the first move until the addresses were ordered back, so that a run that was cut off in between
leaves nothing behind that the next one does not know.
"""

import json
import os
from typing import Dict, List, Sequence

from . import grammar, reading
from .errors import PlanError

NAME = "handover.json"


def read(state_dir: str) -> Dict[str, List[str]]:
    """Addresses by node; nothing without a record. ValueError, with the path, for a damaged one."""
    path = os.path.join(state_dir, NAME)
    try:
        data = json.loads(reading.read(path).decode("utf-8"))
        return {
            grammar.node_name("node", node): [grammar.address("address", one) for one in addresses]
            for node, addresses in data.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError, PlanError):
        raise ValueError("%s is damaged; move the addresses back by hand, then remove it" % path)


def due(state_dir: str, node: str) -> List[str]:
    """The addresses that are to be given back to a node."""
    return read(state_dir).get(node.lower(), [])


def record(state_dir: str, node: str, addresses: Sequence[str]) -> None:
    """Keep in mind that these addresses, beside those that are on record, belong back to a node."""
    known = read(state_dir)
    known[node.lower()] = sorted(set(known.get(node.lower(), [])) | set(addresses))
    _write(state_dir, known)


def forget(state_dir: str, node: str) -> None:
    """The addresses of a node were ordered back."""
    known = read(state_dir)
    if known.pop(node.lower(), None) is not None:
        _write(state_dir, known)


def _write(state_dir: str, known: Dict[str, List[str]]) -> None:
    from .files import ensure_directory, write_file

    if not os.path.isdir(state_dir):
        ensure_directory(state_dir, os.geteuid(), os.getegid(), 0o700)
    content = json.dumps(known, sort_keys=True, indent=1).encode() + b"\n"
    write_file(os.path.join(state_dir, NAME), content, os.geteuid(), os.getegid(), 0o600)
