"""The fake provider as a process that answers each question in the way the question names.

`python -m tests.faults.model PORT`; a question with `mode:stall` stalls, one without is answered.
"""

from __future__ import annotations

import re
import sys
import threading

from tests.llm_bridge.fake_modes import MODES, Reply
from tests.llm_bridge.fake_provider import FakeProvider

NAME = "as-asked"


async def answer_as_asked(reply: Reply) -> None:
    question = reply.request["messages"][-1]["content"]
    found = re.search(r"mode:([a-z-]+)", question)
    await MODES[found[1] if found else "ok"](reply)


if __name__ == "__main__":
    MODES[NAME] = answer_as_asked
    with FakeProvider(port=int(sys.argv[1])):
        threading.Event().wait()
