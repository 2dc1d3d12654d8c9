"""The command line: `mtlkeras init, validate, trunks, weightings, train, compare, ...`."""

from ._affinity import affinity
from ._app import app
from ._compare import compare
from ._evaluate import evaluate
from ._export import export
from ._init import init
from ._predict import predict
from ._prepare import prepare
from ._quickstart import quickstart
from ._score import score
from ._train import train
from ._trunks import trunks
from ._validate import validate
from ._weightings import weightings

COMMANDS = (
    init,
    validate,
    trunks,
    weightings,
    prepare,
    train,
    compare,
    evaluate,
    affinity,
    score,
    export,
    predict,
    quickstart,
)
for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Runs the command line of this process."""
    app()


__all__ = ["app", "main"]
