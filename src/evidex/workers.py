"""Documents to worker processes, records back as they finish.

Each document is examined in a process that can be killed alone: a hanging or crashing decoder costs that document, never
the batch. The loop knows only "submit, take the next finished", so any `concurrent.futures.Executor` will do.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pebble

from evidex.errors import ReadFailed
from evidex.pipeline import examine_safely, failed_record
from evidex.schema import EvidenceRecord
from evidex.settings import Settings


def run(
    documents: Iterator[Path], settings: Settings, jobs: int, timeout: float, executor: Executor | None
) -> Iterator[tuple[Path, EvidenceRecord]]:
    """Keep the workers busy with a short queue, and give the records as they finish."""
    running: dict[Future[EvidenceRecord], Path] = {}
    with ExitStack() as stack:
        submit = executor.submit if executor else _own_workers(stack, jobs, timeout)
        exhausted = False
        while running or not exhausted:
            while not exhausted and len(running) < 2 * jobs + 2:
                path = next(documents, None)
                if path is None:
                    exhausted = True
                else:
                    running[_submitted(submit, path, settings)] = path
            if running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    path = running.pop(future)
                    yield path, _result(future, path, settings)


def _submitted(submit: Callable[..., Future[EvidenceRecord]], path: Path, settings: Settings) -> Future[EvidenceRecord]:
    """The task's future; a refusal by the executor is a future that failed."""
    try:
        return submit(examine_safely, path, settings)
    except Exception as error:  # a broken pool must not lose the document
        refused: Future[EvidenceRecord] = Future()
        refused.set_exception(error)
        return refused


def _own_workers(stack: ExitStack, jobs: int, timeout: float) -> Callable[..., Future[EvidenceRecord]]:
    pool = pebble.ProcessPool(max_workers=jobs, context=multiprocessing.get_context("spawn"))
    stack.callback(pool.join)
    stack.callback(pool.stop)  # unwound first: on Ctrl-C and after the last document, the workers go

    def submit(task: Callable[..., Any], *args: object) -> Future[EvidenceRecord]:
        future: Future[EvidenceRecord] = pool.schedule(task, args=list(args), timeout=timeout)
        return future

    return submit


def _result(future: Future[EvidenceRecord], path: Path, settings: Settings) -> EvidenceRecord:
    try:
        return future.result()
    except TimeoutError:
        return failed_record(path, settings, ReadFailed("the document took longer than its time limit"))
    except Exception as error:  # the worker died, or could not send its answer: the batch goes on
        return failed_record(path, settings, ReadFailed(f"the worker process died ({type(error).__name__})"))
