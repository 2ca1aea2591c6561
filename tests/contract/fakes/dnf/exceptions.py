# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dnf raises."""


class Error(Exception):
    pass


class DownloadError(Error):
    def __str__(self):
        return "; ".join("%s: %s" % (one, words[0]) for one, words in self.args[0].items())


class DepsolveError(Error):
    pass
