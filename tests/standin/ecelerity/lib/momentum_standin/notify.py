# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""sd_notify(3): tell systemd that the daemon serves. Connected before chroot, sent when it is true."""

import os
import socket
from typing import Optional


class Notifier:
    """The socket of NOTIFY_SOCKET, or none."""

    def __init__(self) -> None:
        self.socket: Optional[socket.socket] = None
        path = os.environ.pop("NOTIFY_SOCKET", "")
        if path:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.socket.connect("\0" + path[1:] if path.startswith("@") else path)

    def ready(self) -> None:
        """The daemon serves."""
        if self.socket is not None:
            self.socket.sendall(b"READY=1")
            self.socket.close()
            self.socket = None
