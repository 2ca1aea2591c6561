# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PEM files as blocks (RFC 7468): what stands outside the blocks is commentary."""

import base64
import binascii
from typing import List, NamedTuple

_BEGIN, _END, _RIM = b"-----BEGIN ", b"-----END ", b"-----"


class Block(NamedTuple):
    """One block: its label, such as `CERTIFICATE`, and its text with both border lines and a final newline."""

    label: str
    text: bytes


def blocks(data: bytes) -> List[Block]:
    """All complete blocks of a file, in order. Line ends become newlines; an unfinished block is left out."""
    found: List[Block] = []
    label, lines = b"", []  # type: bytes, List[bytes]
    for line in data.splitlines():
        line = line.strip()
        if line.startswith(_BEGIN) and line.endswith(_RIM):
            label, lines = line[len(_BEGIN) : -len(_RIM)], [line]
        elif label:
            lines.append(line)
            if line == _END + label + _RIM:
                found.append(Block(label.decode("ascii", "replace"), b"\n".join(lines) + b"\n"))
                label = b""
    return found


def private_keys(data: bytes) -> List[bytes]:
    """The blocks that hold a private key of any format, encrypted or not."""
    return [block.text for block in blocks(data) if block.label.endswith("PRIVATE KEY")]


def certificates(data: bytes) -> List[bytes]:
    """The blocks that hold a certificate."""
    labels = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
    return [block.text for block in blocks(data) if block.label in labels]


def der(block: bytes) -> bytes:
    """The bytes inside a block, headers left out; b'' where they are no base64."""
    lines = [line for line in block.splitlines() if not line.startswith(_RIM) and b":" not in line]
    try:
        return base64.b64decode(b"".join(lines))
    except binascii.Error:
        return b""
