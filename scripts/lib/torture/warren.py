"""The system under torture: its scripts, its processes, and what it answers."""

import http.client
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

NOT_ENDED = ("SCHEDULED", "QUEUED", "RUNNING", "RETRY_WAIT")
ENDED = ("SUCCEEDED", "DEAD", "EXPIRED", "CANCELLED")

_SCRIPT_SECONDS = 150
_PAGE = 200


class Unanswered(Exception):
    """A read was not answered with 200."""


@dataclass(frozen=True)
class Footprint:
    """What a process holds of its machine."""

    threads: int
    descriptors: int


class Warren:
    def __init__(self, run_dir: Path, url: str, has_database: bool) -> None:
        self.run_dir = run_dir
        self.address = urlsplit(url).netloc
        self.has_database = has_database

    @property
    def workers(self) -> list[str]:
        return sorted(file.stem for file in self.run_dir.glob("worker-*.pid"))

    def fault(self, what: str, name: str) -> None:
        """Does scripts/fault; raises where that fails."""
        subprocess.run(
            ["scripts/fault", what, name], check=True, timeout=_SCRIPT_SECONDS, stdout=subprocess.DEVNULL
        )

    def footprints(self) -> dict[str, Footprint]:
        return {name: self._footprint(name) for name in ["sender-api", *self.workers]}

    def _footprint(self, name: str) -> Footprint:
        pid = (self.run_dir / f"{name}.pid").read_text().split()[0]
        return Footprint(*(len(os.listdir(f"/proc/{pid}/{what}")) for what in ("task", "fd")))

    def get(self, path: str) -> Any:
        connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as problem:
            raise Unanswered(f"GET {path}: {problem}") from problem
        finally:
            connection.close()
        if answer.status != 200:
            raise Unanswered(f"GET {path}: {answer.status} {body[:300]!r}")
        return json.loads(body)

    def tasks(self, query: str = "view=FULL") -> Iterator[dict[str, Any]]:
        """All that the ledger knows, newest first."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(f"/v1/tasks?limit={_PAGE}&{query}" + (f"&cursor={quote(cursor)}" if cursor else ""))
            yield from page["data"]
            cursor = page.get("nextCursor")

    def task(self, task_id: str) -> dict[str, Any]:
        return dict(self.get(f"/v1/tasks/{task_id}"))

    def is_idle(self) -> bool:
        """Whether no task that the ledger knows has yet to end."""
        try:
            return not self.get("/v1/tasks?limit=1&state=" + ",".join(NOT_ENDED))["data"]
        except Unanswered:
            return False


def wait_until(condition: Callable[[], bool], seconds: float) -> float | None:
    """How long it took, or None when the time was up."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.5)
    return None
