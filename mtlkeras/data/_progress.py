"""A progress line a pass over the data, where asked for."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Track = Callable[[Iterable, str, Callable[[object], int]], Iterator]


@contextmanager
def shown_progress(enabled: bool) -> Iterator[Track]:
    """Yields a function that shows how many rows an iterable has given.

    Args:
        enabled: Whether anything is shown.

    Yields:
        `track(iterable, text, rows)`, where `rows(item)` says how many rows an item has.
    """
    if not enabled:
        yield lambda items, text, rows: iter(items)
        return
    columns = "{task.description}", "{task.completed:,.0f} rows"
    with Progress(SpinnerColumn(), *map(TextColumn, columns), TimeElapsedColumn()) as progress:

        def track(items: Iterable, text: str, rows: Callable[[object], int]) -> Iterator:
            task = progress.add_task(text, total=None)
            for item in items:
                yield item
                progress.advance(task, rows(item))
            progress.update(task, total=progress.tasks[task].completed)

        yield track
