"""`mtlkeras.specs` loads quickly because it loads little."""

import subprocess
import sys

import mtlkeras.specs

HEAVY = ("tensorflow", "keras", "tensorflow_datasets", "pandas", "pyarrow", "numpy", "rich")


def modules_after(code):
    """Names of the modules that a fresh interpreter has loaded."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = [sys.executable, "-c", f"{code}\n{report}"]
    return set(subprocess.run(run, capture_output=True, text=True, check=True).stdout.split())


def test_reading_a_spec_loads_no_heavy_module(fixtures):
    code = f"""
from mtlkeras.specs import DataSpec, guess_spec
spec = DataSpec.from_yaml({str(fixtures / "shop.yaml")!r})
spec.to_yaml()
spec.json_schema()
"""
    loaded = modules_after(code)
    assert "mtlkeras" in loaded
    assert not loaded.intersection(HEAVY)


def test_guessing_loads_no_tensorflow(tmp_path):
    (tmp_path / "a.csv").write_text("price,clicked\n" + "1.5,0\n2.5,1\n1.5,1\n" * 20)
    code = f"from mtlkeras.specs import guess_spec; guess_spec({str(tmp_path / 'a.csv')!r})"
    loaded = modules_after(code)
    assert "pyarrow" in loaded
    assert not loaded.intersection({"tensorflow", "keras", "tensorflow_datasets"})


def test_all_names_exist():
    assert sorted(mtlkeras.specs.__all__) == mtlkeras.specs.__all__
    for name in mtlkeras.specs.__all__:
        assert getattr(mtlkeras.specs, name) is not None
