"""One thing done behind what goes on: the next lines are read while the database takes in the last ones."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from typing import Self


class Behind:
    """Does one thing at a time, in a thread. Who needs what it uses (a session) waits first. To be entered.

    What went wrong in it is raised by the next `do` or `wait`, at the latest where it is left.
    """

    def __enter__(self) -> Self:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._under_way: Future[None] | None = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()
        if kind is None:
            self.wait()

    def do(self, act: Callable[[], None]) -> None:
        self.wait()
        self._under_way = self._thread.submit(copy_context().run, act)

    def wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way:
            under_way.result()
