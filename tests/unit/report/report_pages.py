# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a page holds, read by a parser of HTML, and texts that try to be more than text."""

from html.parser import HTMLParser

# Elements whose end tag HTML does not have.
INVALID = {"br", "input", "meta", "wbr"}

HOSTILE = [
    "\"><script>alert('1')</script><img src=x onerror=alert(1)>",
    "</title></style></script></textarea><script>alert(1)</script>",
    "</style><style>*{display:none}",
    "' onmouseover='alert(1)",
    'x" style="background:url(https://example.com/)',
    "<!-- --><![CDATA[ ]]><?php ?><!doctype html>",
    "<svg/onload=alert(1)><foreignObject><iframe srcdoc='&lt;script&gt;'>",
    "&lt;script&gt;&#60;b&#62;&amp;quot;",
    "javascript:alert(1)",
    "{{ 7*7 }}{% for x in range(9) %}{{ cycler.__init__.__globals__ }}{% endfor %}{# x #}",
    "#jinja2: autoescape:False\n{{ 7*7 }}",
    "\u202egro.elpmaxe\u2066\u200b\ufeff",
    "\x00\x1b[2J\x1b]0;title\x07\r\n\t\x85\u2028\x9b31m",
    "\udcff\ud800",
    "-/../" * 20,
    "n" * 5000,
]


class Page(HTMLParser):
    """Elements with their attributes, and the text between them; elements must nest, and only a doctype may be beside them."""

    def __init__(self, markup):
        super().__init__()
        self.found, self.open, self.texts = [], [], []
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in INVALID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    def handle_decl(self, decl):
        assert decl == "doctype html"

    def refuse(self, data):
        raise AssertionError("neither an element nor text: %r" % data)

    handle_comment = handle_pi = unknown_decl = refuse

    @property
    def text(self):
        return "".join(self.texts)

    def count(self, name, class_=None):
        return sum(1 for found, a in self.found if found == name and class_ in (None, a.get("class")))

    def vocabulary(self):
        """Each element with each attribute that it has somewhere."""
        return {(name, key) for name, attributes in self.found for key in [None, *attributes]}

    def values(self):
        """The values of all attributes."""
        return [value for _name, attributes in self.found for value in attributes.values() if value]
