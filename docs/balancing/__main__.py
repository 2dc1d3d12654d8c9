"""Makes the page of balancing from its text, docstrings and results: `python -m docs.balancing`."""

from pathlib import Path

from .measured import RESULTS, read
from .methods import methods
from .page import page

FOLDER = Path(__file__).resolve().parent.parent


def main(folder: Path = FOLDER, results: Path = RESULTS) -> None:
    """Writes `balancing.md`.

    Args:
        folder: Where to write.
        results: Where the results of benchmarks are; those that are missing are left out.
    """
    found = methods()
    suites = ("balancing", "pareto", "weightings")
    measured = (read(results / f"{name}.json") for name in suites)
    (folder / "balancing.md").write_text(page(found, *measured), encoding="utf-8")
    print(f"{folder / 'balancing.md'}: {len(found)} weightings")


if __name__ == "__main__":
    main()
