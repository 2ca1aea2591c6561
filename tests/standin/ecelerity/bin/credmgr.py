# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""credmgr: the passwords of data sources, encrypted, in SQLite. A stand-in for tests; openssl does the encryption.

Actions: create_db, create_key (the entries are encrypted anew), set_cred, get_cred, del_cred."""

import argparse
import grp
import os
import secrets
import sqlite3
import subprocess
import sys

PREFIX = os.environ.get("MOMENTUM_STANDIN_ROOT", "").rstrip("/") + "/opt/msys/ecelerity"
ACTIONS = ("create_db", "create_key", "set_cred", "get_cred", "del_cred")
FACILITIES = ("pgsql", "odbc", "mysql", "ldap", "proxy", "ecdb", "ecconfigd", "eccfg")
TABLE = "CREATE TABLE credentials (username TEXT, hostname TEXT, facility TEXT, password TEXT, PRIMARY KEY (username, hostname, facility))"
WHERE = "WHERE username = ? AND hostname = ? AND facility = ?"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="credmgr", description=__doc__, add_help=False)
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("-d", metavar="FILE", default=PREFIX + "/etc/credentials.db")
    parser.add_argument("-k", metavar="FILE", default=PREFIX + "/etc/credentials.key")
    parser.add_argument("-h", "--hostname", default="")
    parser.add_argument("-u", "--username", default="")
    parser.add_argument("-f", "--facility", choices=FACILITIES)
    parser.add_argument("-p", "--password", help="also seen by everybody who lists processes")
    parser.add_argument("-P", action="store_true", help="show the password in clear text")
    parser.add_argument("--cipher", default="aes", choices=["aes"])
    parser.add_argument("--key_size", type=int, default=32, choices=[16, 24, 32])
    parser.add_argument("--block_mode", default="cbc", choices=["cbc"])
    parser.add_argument("--help", action="help")
    return parser.parse_args()


def crypt(key: str, bits: int, text: str, back: bool) -> str:
    """Encrypt, or decrypt. The key stays in its file, the text goes through a pipe."""
    command = ["openssl", "enc", "-aes-%d-cbc" % bits, "-pbkdf2", "-a", "-A", "-pass", "file:" + key] + (
        ["-d"] if back else []
    )
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit("credmgr: cannot %s with %s" % ("decrypt" if back else "encrypt", key))
    return done.stdout.decode()


def protect(path: str) -> None:
    """Read and write for root, read for the group of ecuser (page "credmgr")."""
    os.chmod(path, 0o640)
    if os.geteuid() == 0:
        try:
            os.chown(path, 0, grp.getgrnam("ecuser").gr_gid)
        except KeyError:
            os.chmod(path, 0o600)


def create_db(given: argparse.Namespace) -> None:
    if os.path.exists(given.d):
        sys.exit("credmgr: %s is already there" % given.d)
    os.close(os.open(given.d, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with sqlite3.connect(given.d) as database:
        database.execute(TABLE)
    protect(given.d)


def create_key(given: argparse.Namespace) -> None:
    rows = []
    if os.path.exists(given.k) and os.path.exists(given.d):
        with sqlite3.connect(given.d) as database:
            rows = list(database.execute("SELECT username, hostname, facility, password FROM credentials"))
    clear = [(crypt(given.k, given.key_size * 8, row[3], True),) + row[:3] for row in rows]
    with os.fdopen(os.open(given.k + ".new", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_hex(given.key_size) + "\n")
    os.rename(given.k + ".new", given.k)
    protect(given.k)
    if clear:
        with sqlite3.connect(given.d) as database:
            for password, *key in clear:
                value = crypt(given.k, given.key_size * 8, password, False)
                database.execute("UPDATE credentials SET password = ? " + WHERE, [value] + key)


def change(given: argparse.Namespace) -> None:
    """set_cred, get_cred, del_cred. A user that is not there prints nothing, as documented."""
    key = [given.username, given.hostname, given.facility]
    bits = given.key_size * 8
    with sqlite3.connect(given.d) as database:
        if given.action == "set_cred":
            value = crypt(given.k, bits, given.password or "", False)
            database.execute("INSERT OR REPLACE INTO credentials VALUES (?, ?, ?, ?)", key + [value])
        elif given.action == "del_cred":
            database.execute("DELETE FROM credentials " + WHERE, key)
        else:
            for (value,) in database.execute("SELECT password FROM credentials " + WHERE, key):
                print(*key, crypt(given.k, bits, value, True) if given.P else "********")


def main() -> None:
    given = options()
    actions = {"create_db": create_db, "create_key": create_key}
    try:
        actions.get(given.action, change)(given)
    except (sqlite3.Error, OSError) as error:
        sys.exit("credmgr: %s" % error)


if __name__ == "__main__":
    main()
