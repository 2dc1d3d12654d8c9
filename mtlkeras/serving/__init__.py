"""Serving: export a trained model, load an export, answer the rows of files."""

from ._export import export_saved_model
from ._load import Export, load_export
from ._predict import predict

__all__ = ["Export", "export_saved_model", "load_export", "predict"]
