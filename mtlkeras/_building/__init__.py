"""What `build_model` is made of: tables, encoders, the trunk's inputs, names of layers."""

from ._answers import answer
from ._encode import with_tables
from ._executions import steps_per_execution, usual_executions
from ._feature_plan import plan_features
from ._interact import interact, reads_apart, with_interaction
from ._memory import TableMemory, TableMemoryError, check_memory, readable, table_memory
from ._names import namer
from ._share import share, with_tasks
from ._sides import find_sides
from ._tables import make_tables, split_tables
from ._weighting import turn, weighting_of

__all__ = [
    "TableMemory",
    "TableMemoryError",
    "answer",
    "check_memory",
    "find_sides",
    "interact",
    "make_tables",
    "namer",
    "plan_features",
    "readable",
    "reads_apart",
    "share",
    "split_tables",
    "steps_per_execution",
    "table_memory",
    "turn",
    "usual_executions",
    "weighting_of",
    "with_interaction",
    "with_tables",
    "with_tasks",
]
