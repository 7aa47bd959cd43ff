"""Runs the load and the nemesis, waits for quiet, and checks."""

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from . import checks, journals, nemesis, report
from .journals import Journal
from .load import Load
from .nemesis import Nemesis
from .warren import Unanswered, Warren, wait_until
from .watching import Watcher

WARM_UP_SECONDS = 5
QUIET_LIMIT_SECONDS = 240


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/torture")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=30)
    parser.add_argument("--faults", default="", help="such as kill-worker,freeze-broker; all when not said")
    parser.add_argument("--url", required=True)
    parser.add_argument("--run-dir", type=Path, required=True)
    parser.add_argument("--database", action="store_true")
    return parser.parse_args()


def chosen_faults(names: str, has_database: bool) -> list[nemesis.Fault]:
    possible = nemesis.faults(has_database)
    wanted = set(filter(None, names.split(",")))
    if unknown := wanted - {f"{fault.what}-{fault.whom}" for fault in possible}:
        sys.exit(f"error: no such fault: {', '.join(sorted(unknown))}")
    return [fault for fault in possible if not wanted or f"{fault.what}-{fault.whom}" in wanted]


def say(line: str) -> None:
    print(f"{time.strftime('%T')} {line}", flush=True)


def main() -> None:
    asked = arguments()
    chosen = chosen_faults(asked.faults, asked.database)
    warren = Warren(asked.run_dir, asked.url, asked.database)
    attempts, answers, faults, seen = (
        Journal(asked.run_dir / f"{name}.jsonl") for name in ("attempts", "answers", "faults", "seen")
    )
    load = Load(warren.address, asked.rate, asked.seed, attempts, answers)
    watcher = Watcher(warren, load.accepted, seen, asked.seed)
    harm = Nemesis(warren, asked.seed, chosen, faults)
    over = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: over.set())
    signal.signal(signal.SIGTERM, lambda *_: over.set())

    say(f"{asked.seconds} s with seed {asked.seed}, {asked.rate} tasks/s, faults: {', '.join(map(str, chosen))}")
    load.start()
    watcher.start()
    over.wait(WARM_UP_SECONDS)
    before = warren.footprints()
    harm.run(asked.seconds - WARM_UP_SECONDS, say, over)
    load.stop()
    say("quiet; waiting until every task has ended")
    quiet = wait_until(warren.is_idle, QUIET_LIMIT_SECONDS)
    say(f"quiet after {quiet:.0f} s" if quiet is not None else f"not quiet after {QUIET_LIMIT_SECONDS} s")
    watcher.stop()

    try:
        tasks = list(warren.tasks())
    except Unanswered as problem:
        sys.exit(f"error: the ledger cannot be read: {problem}")
    ledger = Journal(asked.run_dir / "ledger.jsonl")
    for task in tasks:
        ledger.write(**task)
    record = checks.Record(
        attempts=attempts.read(),
        answers=answers.read(),
        executions=journals.executions(asked.run_dir / "executions"),
        done=Counter(journals.done_lines(asked.run_dir / "log")),
        faults=faults.read(),
        seen=seen.read(),
        tasks=tasks,
    )
    after = warren.footprints()
    found = [f"I5 {failure}" for failure in harm.failures]
    found += checks.violations(record) + list(checks.bounded(before, after))
    report.print_report(record, before, after)
    report.print_violations(found)
    if found:
        sys.exit(1)
    print(f"ok: {len(record.accepted())} accepted, each ended once and as it should")


main()
