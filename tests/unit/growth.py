# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How work grows with what there is to do: counted, never timed. A count is the same on any machine."""

import sys

from plugins.module_utils.ecconf.syntax import document

TWICE = 2.4  # twice the work, sorting, and what an example has beside


class Count:
    """The lines of Python that ran, and the characters of documents that were put together."""

    def __init__(self):
        self.lines = 0
        self.characters = 0


def work(function, *arguments):
    """Count what a call takes."""
    count = Count()
    joined = document.Document.__str__

    def counted(self):
        text = joined(self)
        count.characters += len(text)
        return text

    def trace(_frame, event, _argument):
        count.lines += event == "line"
        return trace

    before = sys.gettrace()
    document.Document.__str__ = counted
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
        document.Document.__str__ = joined
    return count


def is_linear(example, size):
    """Run an example, a function that makes a call ready for a size, for a size and its double; say what grew too fast."""
    once, twice = (work(example(count)) for count in (size, 2 * size))
    assert twice.lines <= once.lines * TWICE, "%d lines, then %d" % (once.lines, twice.lines)
    assert twice.characters <= once.characters * TWICE, "%d characters, then %d" % (once.characters, twice.characters)
