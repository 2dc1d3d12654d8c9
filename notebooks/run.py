"""Execute the notebooks from a clean kernel; a cell that fails fails the run.

python notebooks/run.py            # execute all, change nothing
python notebooks/run.py --write    # execute all and keep the new outputs
"""

import argparse
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).resolve().parent


def execute(path: Path, write: bool) -> bool:
    """Run one notebook in its own kernel; returns whether every cell finished."""
    notebook = nbformat.read(path, as_version=4)
    started = time.monotonic()
    client = NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    try:
        client.execute()
    except CellExecutionError as error:
        print(f"{path.name}: failed\n{error}", file=sys.stderr)
        return False
    if write:
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
            # What libraries log of the machine is of no interest on another one.
            if "outputs" in cell:
                cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        nbformat.write(notebook, path)
    print(f"{path.name}: {len(notebook.cells)} cells in {time.monotonic() - started:.0f} s")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", help="names; all where left out")
    parser.add_argument("--write", action="store_true", help="keep the outputs in the files")
    arguments = parser.parse_args()
    # The kernel is the interpreter that runs this file, whatever kernels the machine has.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    paths = [FOLDER / name for name in arguments.notebooks] or sorted(FOLDER.glob("[0-9]*.ipynb"))
    done = [execute(path, arguments.write) for path in paths]  # Each one, also after a failure.
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
