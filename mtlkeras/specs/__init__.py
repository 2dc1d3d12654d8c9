"""Data specs: what the columns and the tasks of a data set are. Imports no TensorFlow."""
