# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The name that was probably meant by one that nobody knows."""

from typing import Iterable

NEAR = 0.7  # near enough for a remedy
MISSPELLED = 0.85  # so near that the other name was meant: a letter or two of a word


def near(word: str, known: Iterable[str], cutoff: float = NEAR) -> str:
    """The known name that was probably meant, whatever its letter case; empty if none is near. `cutoff`: NEAR or MISSPELLED."""
    import difflib

    by_case = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), list(by_case), n=1, cutoff=cutoff)
    return by_case[found[0]] if found else ""


def suggestion(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a name that is not known: the one that was probably meant, or other advice."""
    meant = near(word, known)
    return "did you mean %s?" % meant if meant else otherwise


def hint(word: str, known: Iterable[str]) -> str:
    """The name that was probably meant in brackets, to stand within a sentence; empty if none is near."""
    meant = near(word, known)
    return " (did you mean %s?)" % meant if meant else ""
