# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write down what every task of a run did, one JSON object a line, for tests that compare runs."""

DOCUMENTATION = r"""
name: record
type: aggregate
short_description: Write the result of every task to a file
description:
  - One JSON object for each task and host, and one for each item of a loop, goes to the file that the environment variable
    MOMENTUM_RECORD names.
author:
  - msys.momentum contributors (@msys)
"""

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import action_loader

INCLUDES = ("include_tasks", "import_tasks", "include_role", "import_role", "meta")


def reaches_node(action: str) -> bool:
    """Tell whether a task of this action opens a connection: Ansible's own actions say themselves when they do not."""
    if action.rsplit(".", 1)[-1] in INCLUDES:
        return False
    plugin = action_loader.get(action, class_only=True)
    return plugin is None or getattr(plugin, "_requires_connection", True)


class CallbackModule(CallbackBase):
    """The recorder."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, result: Any, status: str) -> None:
        task, outcome = result._task, result._result
        entry = {
            "host": result._host.get_name(),
            "task": task.get_name(),
            "action": task.action,
            "status": status,
            "changed": status != "item" and bool(outcome.get("changed")),
            # A loop reaches the node once for each item.
            "reached": status != "skipped" and (status == "item" or not task.loop) and reaches_node(task.action),
            # What the base class gives for display lacks the diff.
            "result": dict(json.loads(self._dump_results(outcome)), diff=outcome.get("diff") or []),
        }
        with open(os.environ["MOMENTUM_RECORD"], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._record(result, "item")

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._record(result, "item")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._record(result, "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record(result, "unreachable")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record(result, "skipped")
