# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Momentum's version control of configurations, through the vendor's `eccfg` (page 4/executable/eccfg) and Subversion's own `svn`."""
