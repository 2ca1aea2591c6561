# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tags of a command line that nothing has."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Iterable, Sequence

COLLECTION = Path(__file__).resolve().parents[2]
NAME = "msys.momentum."
# What Ansible itself gives a meaning.
SPECIAL = {"all", "always", "never", "tagged", "untagged"}
# The share of letters in common from which on a name is suggested.
NEAR = 0.6


def unknown(tags: Iterable[str], known: Sequence[str], playbooks: Sequence[str]) -> list[str]:
    """Return the tags that are not known, each with the one that is meant, if any; none if a playbook of somebody else's may have them.

    playbooks: those of the command line, by the collection's name or as files.
    """
    strange = sorted(set(tags) - SPECIAL - set(known))
    if not playbooks or not all(_is_ours(playbook) for playbook in playbooks):
        return []
    found = []
    for tag in strange:
        near = difflib.get_close_matches(tag.lower(), known, 1, NEAR)
        found.append("%s (%s?)" % (tag, near[0]) if near else tag)
    return found


def _is_ours(playbook: str) -> bool:
    return playbook.startswith(NAME) or Path(playbook).resolve().parent == COLLECTION / "playbooks"
