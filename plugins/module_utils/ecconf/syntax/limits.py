# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a configuration may have at most. No honest one comes near; whoever may lay an include could else use up a node.

Nesting counts because programs that walk a value call themselves for each level of it, with Python's 1000 calls for all:
up to four for a level on the controller, above the hundred of Ansible itself.
"""

from typing import Any, List, Tuple

NESTING = 64  # scopes inside one another, or lists and dictionaries; documented are 4 and 2
STATEMENTS = 1000000  # of all files together; in memory each takes up to 260 bytes
BYTES = 32 << 20  # of all files together
FILES = 10000
INCLUSIONS = 20000  # includes, and files that they name, each as often as it is named
INCLUDE_DEPTH = 100  # files that include one another


def too_deep(value: Any) -> bool:
    """Whether lists and dictionaries lie in one another deeper than NESTING."""
    todo: List[Tuple[Any, int]] = [(value, 0)]
    while todo:
        item, depth = todo.pop()
        if isinstance(item, (dict, list, tuple)):
            if depth >= NESTING:
                return True
            todo.extend((inner, depth + 1) for inner in (item.values() if isinstance(item, dict) else item))
    return False
