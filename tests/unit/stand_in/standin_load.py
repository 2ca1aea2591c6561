# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""standin_load.py HOST PORT: send messages until standard input ends; each with its number as subject. Prints one line for each:
accepted N, refused N (no connection was had because somebody said so), or broken N (anything else, the message is not counted)."""

import smtplib
import sys
import threading


def attempt(host: str, port: int, number: int) -> str:
    """One session with one message."""
    try:
        with smtplib.SMTP(host, port, "load.example", timeout=20) as client:
            refused = client.sendmail("a@a.example", ["b@b.example"], "Subject: %d\r\n\r\nx\r\n" % number)
    except ConnectionRefusedError:
        return "refused"
    except (OSError, smtplib.SMTPException):
        return "broken"
    return "broken" if refused else "accepted"


def main(host: str, port: int) -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    number = 0
    while not ended.is_set():
        number += 1
        print("%s %d" % (attempt(host, port, number), number), flush=True)
        ended.wait(0.02)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
