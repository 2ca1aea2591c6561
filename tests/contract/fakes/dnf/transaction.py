# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a transaction."""

PKG_INSTALL, PKG_OBSOLETE, PKG_UPGRADE, PKG_DOWNGRADE, PKG_REINSTALL, PKG_UPGRADED, PKG_ERASE = range(7)
FORWARD = (PKG_INSTALL, PKG_OBSOLETE, PKG_UPGRADE, PKG_DOWNGRADE, PKG_REINSTALL)
