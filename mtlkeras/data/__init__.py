"""Readers, preprocessing and tf.data batches.

`load_data` reads what a data spec describes, validates it, fits the preprocessing on the
training split and returns `(features, labels, sample_weight)` batches.
"""

from ._by_labels import rows_by_labels
from ._chunk import Chunk
from ._data import Data
from ._errors import DataError, DataWarning, Problem
from ._inputs import FeatureInput, TaskTarget
from ._load import load_data, load_split
from ._mix import Mixture
from ._own_units import own_units, restored
from ._prepare import prepare
from ._prepared import Prepared
from ._preprocessing import Preprocessing
from ._rates import lag_rates, size_rates
from ._read import has_split, read_chunks, source_files, source_schema
from ._report import Report, SplitReport
from ._vocabulary import RESERVED
from ._waiting import Waiting, timed

__all__ = [
    "RESERVED",
    "Chunk",
    "Data",
    "DataError",
    "DataWarning",
    "FeatureInput",
    "Mixture",
    "Prepared",
    "Preprocessing",
    "Problem",
    "Report",
    "SplitReport",
    "TaskTarget",
    "Waiting",
    "has_split",
    "lag_rates",
    "load_data",
    "load_split",
    "own_units",
    "prepare",
    "read_chunks",
    "restored",
    "rows_by_labels",
    "size_rates",
    "source_files",
    "source_schema",
    "timed",
]
