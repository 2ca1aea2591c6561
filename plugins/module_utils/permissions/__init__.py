# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Owners and modes of whole trees, set and judged without ever trusting a path.

manifest: entries (built-in and the user's) become rules; rules: which rule holds for a name; judge: what is to be done
with one object; walk: the way through the trees; apply: the change of one object; takeover: what is taken from an account
becomes a new file; undo: what a walk has changed is put back; umask: what the service cannot reach.
"""
