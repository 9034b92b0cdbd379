"""Commands: a cancelled waiter does not cancel the command; every task's end is heard."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

import pytest
from PySide6.QtWidgets import QApplication

from echodesk.desk.gateway import Gateway
from echodesk.errors import EchoDeskError, WorkerStopped
from echodesk.messages import Command, CommandDone, CommandReply, TryAgain


class OneAnswer:
    """A worker whose one answer the test gives."""

    def __init__(self) -> None:
        self.answer: Future[CommandReply] = Future()

    def start(self) -> None: ...

    def submit(self, command: Command) -> Future[CommandReply]:
        return self.answer

    def request_stop(self) -> None: ...

    def join(self, timeout_s: float) -> bool:
        return True


def gateway_of(worker: OneAnswer | None) -> tuple[Gateway, list[BaseException], list[object]]:
    defects: list[BaseException] = []
    said: list[object] = []
    gateway = Gateway(defects.append)
    gateway.troubled.connect(said.append)
    gateway.answered.connect(said.append)
    if worker is not None:
        gateway.attach(worker)
    return gateway, defects, said


def test_cancelling_the_waiter_leaves_the_command_alone(qapp: QApplication) -> None:
    worker = OneAnswer()

    async def main() -> None:
        gateway, _, _ = gateway_of(worker)
        waiting = asyncio.get_running_loop().create_task(gateway.ask(TryAgain("Ann")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not worker.answer.cancelled()
        worker.answer.set_result(CommandDone("done"))
        await asyncio.sleep(0)

    asyncio.run(main())


def test_without_a_worker_a_command_is_refused(qapp: QApplication) -> None:
    async def main() -> None:
        gateway, _, _ = gateway_of(None)
        with pytest.raises(WorkerStopped):
            await gateway.ask(TryAgain("Ann"))

    asyncio.run(main())


@pytest.mark.parametrize(
    ("outcome", "heard"),
    [
        (CommandDone("7 lessons will be read again", 7), "said"),
        (CommandDone(""), "nothing"),
        (EchoDeskError("No", "It is paused.", "Resume."), "said"),
        (ValueError("a defect"), "defect"),
    ],
)
def test_every_end_of_a_command_is_heard_where_it_belongs(
    qapp: QApplication, outcome: CommandDone | Exception, heard: str
) -> None:
    worker = OneAnswer()
    then: list[str] = []

    async def main() -> None:
        gateway, defects, said = gateway_of(worker)
        gateway.send(TryAgain("Ann"), lambda: then.append("replied"))
        await asyncio.sleep(0)
        assert then == []
        if isinstance(outcome, Exception):
            worker.answer.set_exception(outcome)
        else:
            worker.answer.set_result(outcome)
        for _ in range(5):
            await asyncio.sleep(0)
        assert said == ([outcome] if heard == "said" else [])
        assert defects == ([outcome] if heard == "defect" else [])

    asyncio.run(main())
    assert then == ["replied"]


def test_finishing_cancels_what_waits(qapp: QApplication) -> None:
    worker = OneAnswer()

    async def main() -> None:
        gateway, defects, said = gateway_of(worker)
        gateway.send(TryAgain("Ann"))
        await asyncio.sleep(0)
        await gateway.finish()
        assert (defects, said) == ([], [])

    asyncio.run(main())
