import pytest

from mtlkeras.specs import DataSpec
from mtlkeras.training import TrainOptions, train
from mtlkeras.training._check_parts import check_parts


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"trunk": "mmeo"}, r"`trunk` should be one of .*Did you mean 'mmoe'"),
        ({"trunk_options": {"num_expert": 3}}, r"Did you mean 'num_experts'"),
        ({"weighting": "fomo"}, r"`weighting` should be one of .*Did you mean 'famo'"),
        ({"weighting": "famo", "weighting_options": {"decay": -1}}, r"FAMO: decay must be"),
        ({"interaction": "cros_net"}, r"`interaction` should be one of .*Did you mean 'cross_net'"),
        ({"funnel": "esm"}, r"`funnel` should be one of .*Did you mean 'esmm'"),
        ({"encoders": {"hist": "dni"}}, r"encoders\['hist'\]` should be one of .*'dni'"),
        ({"optimizer": "adagrat"}, r"`optimizer` should be one of .*Did you mean 'adagrad'"),
    ],
)
def test_a_part_that_cannot_be_made_is_told(settings, text):
    with pytest.raises(ValueError, match=text):
        check_parts(TrainOptions(**settings))


def test_it_is_told_before_anything_is_read(tmp_path):
    """There are no rows at all."""
    spec = DataSpec.from_dict(
        {
            "name": "shop",
            "source": {"format": "csv", "train": "nothing.csv"},
            "features": {"price": {"type": "number"}},
            "tasks": {"click": {"type": "binary"}},
        }
    )
    with pytest.raises(ValueError, match="Did you mean 'famo'"):
        train(spec, tmp_path / "run", weighting="fomo")
    assert not (tmp_path / "run").exists()
