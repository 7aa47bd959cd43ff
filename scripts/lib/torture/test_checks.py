"""Each invariant, broken by hand: a check that finds nothing here would find nothing at all."""

import unittest
from collections import Counter
from dataclasses import replace
from typing import Any

from . import checks
from .checks import Record
from .journals import Execution
from .warren import Footprint

CREATED = "2026-01-02T03:04:05Z"
ENDED = "2026-01-02T03:04:06.5Z"
CREATED_SECONDS = 1767323045.0

ATTEMPT = {"key": "k1", "path": "/v1/tasks", "body": {"labels": {"key": "k1", "kind": "plain"}}}
ANSWER = {"key": "k1", "status": 202, "id": "1", "at": CREATED_SECONDS}
TASK = {
    "id": "1",
    "state": "SUCCEEDED",
    "labels": {"key": "k1"},
    "createdAt": CREATED,
    "endedAt": ENDED,
    "round": 1,
}
RUN = [Execution("1", 1, False, "worker-1", CREATED), Execution("1", 1, True, "worker-1", ENDED)]
WELL = Record([ATTEMPT], [ANSWER], RUN, Counter(), faults=[], seen=[], tasks=[TASK])


def fault(began: float, seconds: float) -> dict[str, Any]:
    return {"fault": "kill", "name": "broker", "began": began, "healing": began + seconds, "healed": began + seconds}


class ChecksTest(unittest.TestCase):
    def assert_violated(self, words: str, record: Record) -> None:
        found = checks.violations(record)
        self.assertTrue(any(words in violation for violation in found), found)

    def task(self, **changes: Any) -> Record:
        return replace(WELL, tasks=[{**TASK, **changes}])

    def test_finds_nothing_where_all_is_well(self) -> None:
        self.assertEqual([], checks.violations(WELL))

    def test_finds_an_accepted_task_that_is_unknown(self) -> None:
        self.assert_violated("I1 1 (plain) got a 202", replace(WELL, tasks=[]))

    def test_finds_a_task_that_has_not_ended(self) -> None:
        self.assert_violated("I1 1 has not ended", self.task(state="RUNNING", endedAt=None))

    def test_finds_an_end_that_its_kind_does_not_allow(self) -> None:
        self.assert_violated("ended as DEAD", self.task(state="DEAD"))

    def test_finds_an_end_that_has_changed(self) -> None:
        seen = {"id": "1", "state": "DEAD", "endedAt": ENDED, "round": 1}
        self.assert_violated("I2 1 was DEAD", replace(WELL, seen=[seen]))

    def test_finds_what_nobody_sent(self) -> None:
        self.assert_violated("I3 nobody sent", self.task(labels={"key": "k2"}))

    def test_finds_one_attempt_that_became_two_tasks(self) -> None:
        self.assert_violated("I3 k1 was sent once", replace(WELL, tasks=[TASK, {**TASK, "id": "2"}]))

    def test_finds_an_execution_of_an_unknown_task(self) -> None:
        stray = Execution("2", 1, False, "worker-1", CREATED)
        self.assert_violated("I3 2 was executed", replace(WELL, executions=[*RUN, stray]))

    def test_finds_a_success_that_nobody_worked_for(self) -> None:
        self.assert_violated("no worker ever finished", replace(WELL, executions=RUN[:1]))

    def test_finds_what_ran_early(self) -> None:
        self.assert_violated("1.500 s early", self.task(notBefore=ENDED))

    def test_finds_what_was_late(self) -> None:
        self.assert_violated("I5 1 ended 115 s later", self.task(endedAt="2026-01-02T03:06:00Z"))

    def test_does_not_call_late_what_a_fault_explains(self) -> None:
        late = self.task(endedAt="2026-01-02T03:06:00Z")
        explained = replace(late, faults=[fault(CREATED_SECONDS, 60)], answers=[{**ANSWER, "at": CREATED_SECONDS + 61}])
        self.assertEqual([], checks.violations(explained))

    def test_calls_late_what_waited_for_a_dead_worker(self) -> None:
        dead = {**fault(CREATED_SECONDS, 100), "name": "worker-1"}
        self.assert_violated("I5 1 ended 85 s later", replace(WELL, tasks=[{**TASK, "endedAt": "2026-01-02T03:06:00Z"}], faults=[dead]))

    def test_finds_a_slow_recovery(self) -> None:
        self.assert_violated("I5 after kill broker", replace(WELL, faults=[fault(CREATED_SECONDS - 60, 10)]))

    def test_finds_no_recovery_at_all(self) -> None:
        self.assert_violated("after None s", replace(WELL, faults=[fault(CREATED_SECONDS + 60, 10)]))

    def test_finds_threads_that_grow(self) -> None:
        found = list(checks.bounded({"w": Footprint(30, 50)}, {"w": Footprint(90, 50)}))
        self.assertEqual(1, len(found))

    def test_counts_attempts_begun_again(self) -> None:
        self.assertEqual({"1": 1}, checks.repeated([RUN[0], RUN[0], RUN[1]]))


if __name__ == "__main__":
    unittest.main()
