"""Data sets that installed packages offer."""

import subprocess
import sys


def test_a_spec_needs_no_import_of_the_embedded_data_set(tmp_path):
    program = (
        "from mtlkeras.data import source_schema\n"
        "from mtlkeras.data._tfds import _register\n"
        "import sys\n"
        "assert 'mtlkeras.datasets' not in sys.modules\n"
        "_register('complete_journey/sample')\n"
        "import tensorflow_datasets as tfds\n"
        "print(tfds.builder_cls('complete_journey').__module__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.strip().startswith("mtlkeras.datasets.complete_journey")
