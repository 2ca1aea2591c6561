# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which addresses were moved off a node for maintenance, and so are to be given back to it.

A move stays in force until another one (page *Console Commands for the Cluster Manager*). The record lies in the state directory
of the manager, from before the first move until the addresses were ordered back, so that a run that was cut off in between
leaves nothing behind that the next one does not know.
"""

import os
from typing import Any, Dict, List, Sequence

from ..state import records
from ..text import grammar

NAME = "handover.json"


def read(state_dir: str) -> Dict[str, List[str]]:
    """Addresses by node; nothing without a record. Raises RecordDamaged, UnsafePath, OSError."""
    return records.read(
        os.path.join(state_dir, NAME), _addresses, {}, "move the addresses back by hand, then remove the record"
    )


def _addresses(data: Any) -> Dict[str, List[str]]:
    if not all(isinstance(addresses, list) for addresses in data.values()):
        raise TypeError("addresses are no list")
    return {
        grammar.node_name("node", node): [grammar.address("address", one) for one in addresses]
        for node, addresses in data.items()
    }


def due(state_dir: str, node: str) -> List[str]:
    """The addresses that are to be given back to a node. Raises as `read`."""
    return read(state_dir).get(node.lower(), [])


def record(state_dir: str, node: str, addresses: Sequence[str]) -> None:
    """Keep in mind that these addresses, beside those that are on record, belong back to a node. Nodes of one batch do so at the
    same time. Raises as `read`, LockTimeout."""
    with records.locked(state_dir):
        known = read(state_dir)
        known[node.lower()] = sorted(set(known.get(node.lower(), [])) | set(addresses))
        _write(state_dir, known)


def forget(state_dir: str, node: str) -> None:
    """The addresses of a node were ordered back. Raises as `record`."""
    if node.lower() not in read(state_dir):
        return
    with records.locked(state_dir):
        known = read(state_dir)
        if known.pop(node.lower(), None) is not None:
            _write(state_dir, known)


def _write(state_dir: str, known: Dict[str, List[str]]) -> None:
    records.write(os.path.join(state_dir, NAME), known)
