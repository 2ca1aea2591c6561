# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for Momentum: an honest double of its documented interface, for tests only.

Nothing of the vendor's software is in it, and nothing of the collection that it helps to test: it reads the configuration
language with a reader of its own, so that a fault of the collection's reader cannot hide here.
"""
