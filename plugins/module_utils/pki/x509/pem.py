# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PEM files as blocks (RFC 7468). Text outside the blocks is commentary.

Programs differ in what they read. `parse` decodes whatever can be meant only one way, such as two blocks glued together without a
line end, and reports the rest: nothing that looks like a part of a block is dropped in silence. `obstacle` says why OpenSSL does not
read a file the same way. Whoever writes a file writes decoded blocks, which every program reads.
"""

import base64
import binascii
import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

CERTIFICATE = "CERTIFICATE"
CONTAINERS = ("PKCS7", "CMS", "PKCS #7 SIGNED DATA")  # may hold certificates, which nobody here decodes

_MARK = re.compile(rb"-----(BEGIN|END) ([^\r\n-]{1,64})-----")
# A border with too few dashes, or with dashes that a word processor has replaced (U+2010 to U+2015, U+2212).
_DAMAGED = re.compile(rb"(?:-|\xe2\x80[\x90-\x95]|\xe2\x88\x92)[ ]?(?:BEGIN|END) [A-Z0-9]")
# DER of a certificate, key or list begins with a sequence of more than 255 bytes: `MII` in base64.
_BARE = re.compile(rb"MII[A-Za-z0-9+/=]{45,}[ \t\r]*\Z")
_PAGE = re.compile(rb"\s*<(?:!doctype|html|head|body|\?xml)\b", re.IGNORECASE)
_NAMES = (CERTIFICATE, "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_WIDTH = 64  # RFC 7468, 2; OpenSSL before 1.1 reads no longer lines
_HEADER = re.compile(r"[A-Za-z0-9-]+:")


class Block(NamedTuple):
    """One block: its label, such as `CERTIFICATE`, its text (borders, lines of 64 characters, a final newline), and the
    number of the line in which it begins."""

    label: str
    text: bytes
    line: int


class Parsed(NamedTuple):
    """The blocks of a file in their order, and what could not be decoded, in sentences that begin with the line."""

    blocks: Tuple[Block, ...]
    problems: Tuple[str, ...]


def parse(data: bytes) -> Parsed:
    """Decode a file. Line ends, blanks around lines, and what is before or after a border in its line do not matter."""
    found: List[Block] = []
    problems: List[str] = []
    begin: Optional[Tuple[bytes, int, int]] = None  # label, line, end of its BEGIN line
    position, line = 0, 1
    outside: List[Tuple[int, bytes]] = []
    for mark in _MARK.finditer(data):
        first = line
        line += data.count(b"\n", position, mark.start())
        word, label = mark.group(1), mark.group(2)
        if begin is None:
            outside.append((first, data[position : mark.start()]))
        if word == b"BEGIN":
            if begin is not None:
                problems.append(_endless(begin))
            begin = (label, line, mark.end())
        elif begin is None:
            problems.append("line %d: a block %s ends that has no BEGIN line" % (line, _text(label)))
        else:
            problems += _close(begin, label, data[begin[2] : mark.start()], found)
            begin = None
        position = mark.end()
    if begin is not None:
        problems.append(_endless(begin))
    else:
        outside.append((line, data[position:]))
    problems += [words for first, text in outside for words in _stray(first, text)]
    return Parsed(tuple(found), tuple(problems))


def blocks(data: bytes) -> List[Block]:
    """The blocks of a file that can be decoded, in order."""
    return list(parse(data).blocks)


def private_keys(data: bytes) -> List[bytes]:
    """The blocks that hold a private key of any format, encrypted or not."""
    return [block.text for block in blocks(data) if is_key(block)]


def is_key(block: Block) -> bool:
    """Whether a block holds a private key of any format, encrypted or not."""
    return block.label.endswith("PRIVATE KEY")


def is_certificate(block: Block) -> bool:
    """Whether a block holds a certificate under one of the labels that OpenSSL knows for it."""
    return block.label in _NAMES


def certificates(data: bytes) -> List[bytes]:
    """The certificates of a file, each as a block `CERTIFICATE`."""
    return [plain_certificate(block) for block in blocks(data) if is_certificate(block)]


def plain_certificate(block: Block) -> bytes:
    """A certificate under the one label that every program knows, without the trust settings of `TRUSTED CERTIFICATE`,
    which follow it there (openssl-x509(1))."""
    if block.label == CERTIFICATE:
        return block.text
    content = der(block.text)
    return _write(CERTIFICATE, [], content[: _length(content)])


def der(block: bytes) -> bytes:
    """The bytes inside a block, headers left out; b'' where they are no base64."""
    _headers, body = _split([line for line in block.splitlines() if not line.startswith(b"-----")])
    try:
        return base64.b64decode(b"".join(body))
    except binascii.Error:
        return b""


def obstacle(data: bytes) -> str:
    """Why OpenSSL reads other blocks from a file than `parse`; '' where it reads the same.

    OpenSSL looks for a border at the beginning of a line, ignores blanks at its end, and takes no empty lines, PEM_read_bio(3).
    """
    parsed = parse(data)
    if parsed.problems:
        return parsed.problems[0]
    read = list(_as_openssl(data, len(data)))
    for block in parsed.blocks:
        if block not in read:
            return (
                "line %d: OpenSSL cannot read the block %s; its BEGIN and END lines need lines of their own, with nothing before "
                "them, and its base64 has no empty lines" % (block.line, block.label)
            )
    return ""


def is_plain(data: bytes) -> bool:
    """Whether OpenSSL of every version reads the same blocks from a file as `parse`: before 1.1 lines have at most 64 characters."""
    parsed = parse(data)
    return not parsed.problems and list(parsed.blocks) == list(_as_openssl(data, _WIDTH))


def foreign(data: bytes) -> str:
    """What a text without any block seems to be, with what converts it; '' if unknown."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:512]
    for form, words in _FORMS.items():
        if start[: len(form)].lower() == form:
            return words
    return ""


# What is met where PEM was meant, by how it begins (in lower case).
_FORMS: Dict[bytes, str] = {
    b"\x30\x82": "it is DER, convert it with openssl x509 -inform DER",
    b"\x30\x83": "it is DER, convert it with openssl x509 -inform DER",
    b"\xff\xfe": "it is UTF-16, save it as plain text",
    b"\xfe\xff": "it is UTF-16, save it as plain text",
    b"<": "it is a page of HTML or XML, download the certificates themselves",
}


def _close(begin: Tuple[bytes, int, int], label: bytes, body: bytes, found: List[Block]) -> List[str]:
    """Take a block whose end was found. Returns what is wrong with it."""
    name, line, _end = begin
    if label != name:
        return ["line %d: the block %s ends as %s" % (line, _text(name), _text(label))]
    headers, lines = _split(body.replace(b"\r", b"\n").split(b"\n"))
    try:
        content = base64.b64decode(b"".join(b"".join(lines).split()), validate=True)
    except binascii.Error:
        return ["line %d: what is in the block %s is not base64" % (line, _text(name))]
    if not content:
        return ["line %d: the block %s is empty" % (line, _text(name))]
    found.append(Block(_text(name), _write(_text(name), headers, content), line))
    return []


def _split(lines: List[bytes]) -> Tuple[List[bytes], List[bytes]]:
    """Headers (RFC 1421: up to an empty line), which old encrypted keys have, and the lines of base64."""
    stripped = [line.strip() for line in lines]
    while stripped and not stripped[0]:
        stripped.pop(0)
    if not stripped or not _HEADER.match(stripped[0].decode("latin-1")):
        return [], stripped
    if b"" not in stripped:
        return [], stripped
    end = stripped.index(b"")
    return stripped[:end], stripped[end + 1 :]


def _write(label: str, headers: List[bytes], content: bytes) -> bytes:
    text = base64.b64encode(content)
    body = [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]
    head = headers + [b""] if headers else []
    name = label.encode("latin-1")
    lines = [b"-----BEGIN " + name + b"-----"] + head + body + [b"-----END " + name + b"-----"]
    return b"\n".join(lines) + b"\n"


def _stray(first: int, text: bytes) -> Iterator[str]:
    """What stands outside the blocks and looks like a part of one."""
    bare = False
    for number, line in enumerate(text.split(b"\n"), first):
        if _DAMAGED.search(line):
            yield "line %d: a BEGIN or END line is damaged (five dashes on both sides, nothing else)" % number
        elif not bare and _BARE.match(line.lstrip(b"\xef\xbb\xbf \t")):
            bare = True
            yield "line %d: base64 without its BEGIN line" % number
        elif _PAGE.match(line):
            yield "line %d: a page of HTML or XML; download the certificates themselves" % number


def _as_openssl(data: bytes, width: int) -> Iterator[Block]:
    """The blocks as a version of OpenSSL reads them that takes lines of at most `width` characters."""
    label, begun = "", 0
    body: List[bytes] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        line = line.rstrip(b" \t\r")
        if not label:
            if line.startswith(b"-----BEGIN ") and line.endswith(b"-----") and b"\0" not in line:
                label, body, begun = _text(line[len(b"-----BEGIN ") : -len(b"-----")]), [], number
            continue
        if line == b"-----END " + label.encode("latin-1") + b"-----":
            headers, lines = _headed(body)
            if all(0 < len(one) <= width for one in lines):
                try:
                    content = base64.b64decode(b"".join(lines), validate=True)
                    yield Block(label, _write(label, headers, content), begun)
                except binascii.Error:
                    pass
            label = ""
        else:
            body.append(line)


def _headed(body: List[bytes]) -> Tuple[List[bytes], List[bytes]]:
    if b"" not in body:
        return [], body
    end = body.index(b"")
    return body[:end], body[end + 1 :]


def _length(content: bytes) -> int:
    """The bytes that the first element of DER takes, with its header (X.690, 8.1.3)."""
    if len(content) < 2 or not content[1] & 0x80:
        return len(content) if len(content) < 2 else 2 + content[1]
    octets = content[1] & 0x7F
    return 2 + octets + int.from_bytes(content[2 : 2 + octets], "big")


def _endless(begin: Tuple[bytes, int, int]) -> str:
    return "line %d: the block %s has no END line; the text is truncated" % (begin[1], _text(begin[0]))


def _text(label: bytes) -> str:
    return label.decode("latin-1")
