# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A browser for pages on disk: what it renders, measured by a script that only the tests add."""

import json
import re
import shutil
import subprocess
import sys
from html import escape, unescape
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "report"))

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
SCHEMES = {"dark": 0, "light": 1}
NARROWEST = 500  # pixels of a window; what is narrower is shown in a frame of that width


class Browser:
    """Headless Chromium with a profile of its own that is thrown away."""

    def __init__(self, program, directory):
        self.program = program
        self.directory = directory

    def run(self, page, *options, scheme="light", width=1280, height=900):
        arguments = [self.program, *QUIET, "--user-data-dir=%s" % (self.directory / "profile")]
        arguments += ["--blink-settings=preferredColorScheme=%d" % SCHEMES[scheme]]
        arguments += ["--window-size=%d,%d" % (width, height), *options, page.as_uri()]
        return subprocess.run(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=300, check=True
        ).stdout

    def measure(self, markup, script, **view):
        """Show a page and return what the expression `script` gives in it."""
        page = self.directory / "page.html"
        # The page forbids scripts, as a test of its own sees to; measuring needs one.
        loosened, count = POLICY.subn("", markup)
        assert count == 1
        probe = "<script>document.body.dataset.measured = JSON.stringify((() => { %s })())</script></body>" % script
        probed = loosened.replace("</body>", probe)
        if view.get("width", NARROWEST) < NARROWEST:
            probed = _framed(
                probed.replace("document.body.dataset.measured", "parent.document.body.dataset.measured"), view
            )
            view = {key: value for key, value in view.items() if key != "width"}
        page.write_text(probed, encoding="utf-8")
        dom = self.run(page, "--dump-dom", **view)
        found = re.search(r'data-measured="([^"]*)"', dom)
        assert found, "the browser returned no measurement: %s" % dom[:500]
        return json.loads(unescape(found.group(1)))


def _framed(markup, view):
    frame = '<!DOCTYPE html><body><iframe style="border: 0; width: %dpx; height: %dpx" srcdoc="%s"></iframe></body>'
    return frame % (view["width"], view.get("height", 900), escape(markup))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if program is None:
        pytest.skip(
            "no Chromium on this machine: what a browser makes of the report is NOT tested (tools/package chromium chromium)"
        )
    return Browser(program, tmp_path_factory.mktemp("browser"))
