"""What is written down outside of the system: append-only files of one JSON object a line."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What a worker logs of each task, in front of "in 1.0s"; the tasks of type chaos also write a journal of their own.
_DONE = re.compile(r" : (worker-\d+) done (\S+) ")


class Journal:
    """One file; each line is in it before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", buffering=1, encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:
        with self._lock:
            self._file.write(json.dumps({"at": round(time.time(), 3), **entry}) + "\n")

    def read(self) -> list[dict[str, Any]]:
        with self._path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]


@dataclass(frozen=True)
class Execution:
    """One line of a worker: it began or ended an attempt of a task."""

    id: str
    attempt: int
    is_end: bool
    worker: str
    at: str


def executions(journal: Path) -> list[Execution]:
    """What the tasks of type chaos wrote themselves; a line cut off by a kill is left out."""
    if not journal.exists():
        return []
    lines = journal.read_text(encoding="utf-8", errors="replace").splitlines()
    return [entry for line in lines if (entry := _execution(line))]


def _execution(line: str) -> Execution | None:
    words = line.split()
    if len(words) != 5 or words[2] not in ("start", "end") or not words[1].isdigit():
        return None
    return Execution(words[0], int(words[1]), words[2] == "end", words[3], words[4])


def done_lines(logs: Path) -> Iterator[str]:
    """The ids that the workers' logs call done, one for each time."""
    for log in sorted(logs.glob("worker-*.log")):
        with log.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if match := _DONE.search(line):
                    yield match[2]
