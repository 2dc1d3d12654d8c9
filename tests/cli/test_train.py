"""`mtlkeras train`: how the command line becomes arguments of `mtlkeras.train`."""

import inspect
from pathlib import Path
from types import SimpleNamespace

import pytest

import mtlkeras as mtl
from mtlkeras.cli._parse import parse_options, parse_widths
from mtlkeras.cli._train import train


@pytest.fixture
def trained(monkeypatch):
    """Catches the call of `mtlkeras.train`."""
    calls = []

    def caught(*arguments, **settings):
        calls.append((arguments, settings))
        return SimpleNamespace(evaluation={"validation": "no table", "test": "the table"})

    monkeypatch.setattr(mtl, "train", caught, raising=False)
    return calls


def test_defaults_are_left_to_train(run, spec, trained, tmp_path):
    result = run("train", spec, "--output", tmp_path / "run")
    assert result.exit_code == 0, result.output
    ((loaded, output), settings) = trained[0]
    assert loaded.name == "shop"
    assert output == tmp_path / "run"
    assert settings == {}
    assert "The best epoch on the test rows:\nthe table\n" in result.stdout
    assert f"tensorboard --logdir {tmp_path / 'run'}" in result.stdout
    assert f"mtlkeras evaluate {tmp_path / 'run'}" in result.stdout
    assert f"mtlkeras export {tmp_path / 'run'} exports/run" in result.stdout


def test_every_option_arrives(run, spec, trained, tmp_path):
    options = {
        "--trunk": "mmoe",
        "--funnel": "escm2",
        "--interaction": "cross_net",
        "--tower": "16,8",
        "--weighting": "uncertainty",
        "--optimizer": "adagrad",
        "--dense-optimizer": "sgd",
        "--learning-rate": 0.01,
        "--schedule": "cosine",
        "--epochs": 5,
        "--batch-size": 256,
        "--seed": 7,
        "--cache": "disk",
        "--prepared": "prepared/shop",
        "--monitor": "val_click_auc",
        "--monitor-gradients": 50,
        "--patience": 3,
        "--task-patience": 2,
    }
    trunk = ["--trunk-option", "num_experts=4", "--trunk-option", "units=64,32"]
    trunk += ["--funnel-option", "estimator=ips", "--funnel-option", "max_weight=20"]
    trunk += ["--interaction-option", "rank=16", "--weighting-option", "forms=regression"]
    encoder = ["--encoder", "hist=din", "--encoder-option", "hist.units=36,18"]
    encoder += ["--introduce", "purchase=2:4", "--introduce", "spend=3:3"]
    encoder += ["--head", "rating=two_tower", "--head-option", "rating.user=user_id,age"]
    words = [
        *trunk,
        *encoder,
        "--histograms",
        "--overwrite",
        *(w for item in options.items() for w in item),
    ]
    result = run("train", spec, "-o", tmp_path / "run", *words)
    assert result.exit_code == 0, result.output
    assert trained[0][1] == {
        "trunk": "mmoe",
        "trunk_options": {"num_experts": 4, "units": (64, 32)},
        "encoders": {"hist": "din"},
        "encoder_options": {"hist": {"units": (36, 18)}},
        "funnel": "escm2",
        "funnel_options": {"estimator": "ips", "max_weight": 20},
        "interaction": "cross_net",
        "interaction_options": {"rank": 16},
        "heads": {"rating": "two_tower"},
        "head_options": {"rating": {"user": ("user_id", "age")}},
        "tower": (16, 8),
        "weighting": "uncertainty",
        "weighting_options": {"forms": "regression"},
        "optimizer": "adagrad",
        "dense_optimizer": "sgd",
        "learning_rate": 0.01,
        "schedule": "cosine",
        "epochs": 5,
        "batch_size": 256,
        "seed": 7,
        "cache": "disk",
        "prepared": Path("prepared/shop"),
        "monitor": "val_click_auc",
        "monitor_gradients": 50,
        "patience": 3,
        "task_patience": 2,
        "introduce": {"purchase": (2, 4), "spend": (3, 3)},
        "histograms": True,
        "overwrite": True,
    }


def test_none_and_zero_are_given_not_left_out(run, spec, trained, tmp_path):
    words = ["--cache", "none", "--patience", "0", "--seed", "0", "--tower", "none"]
    run("train", spec, "-o", tmp_path / "run", *words)
    assert trained[0][1] == {"cache": None, "patience": None, "seed": 0, "tower": ()}


def test_defaults_shown_are_those_of_train_options():
    defaults = mtl.TrainOptions()
    shown = {}
    for name, parameter in inspect.signature(train, eval_str=True).parameters.items():
        text = getattr(parameter.annotation.__metadata__[0], "help", "") if hasattr(
            parameter.annotation, "__metadata__") else ""  # fmt: skip
        if "Default: " in text:
            shown[name] = text.rpartition("Default: ")[2].rstrip(".")
    for name, text in shown.items():
        value = getattr(defaults, name)
        if name == "tower":
            value = ",".join(map(str, value))
        words = {
            "weighting": "plain sum",
            "dense_optimizer": "the same",
            "steps_per_execution": "1 to 32, by the epoch",
        }
        assert text == (words[name] if value is None else str(value))
    assert len(shown) == 14


def test_data_may_lie_elsewhere(run, spec, trained, tmp_path):
    run("train", spec, "-o", tmp_path / "run")
    run("train", spec, "-o", tmp_path / "run", "--data", Path.cwd())
    assert [call[0][0].folder for call in trained] == [spec.parent, Path.cwd()]


def test_a_broken_spec_is_told_before_anything_is_trained(run, spec, trained, tmp_path):
    spec.write_text(spec.read_text().replace("number", "numbr"))
    result = run("train", spec, "--output", tmp_path / "run")
    assert result.exit_code == 2
    assert "numbr" in result.stderr
    assert trained == []


@pytest.mark.parametrize(("option", "name"), [("--trunk", "mmeo"), ("--weighting", "fomo")])
def test_a_bad_name_is_told_before_the_spec_is_read(run, trained, tmp_path, option, name):
    result = run("train", tmp_path / "nothing.yaml", "-o", tmp_path / "run", option, name)
    assert result.exit_code == 2
    assert f"`{option[2:]}` should be one of" in result.stderr
    assert "Did you mean" in result.stderr
    assert trained == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x=4", 4),
        ("x=-0.5", -0.5),
        ("x=1e-3", 0.001),
        ("x=relu", "relu"),
        ("x=true", True),
        ("x=False", False),
        ("x=none", None),
        ("x=64,32", (64, 32)),
        ("x=[64, 32]", (64, 32)),
        ("x=(64,)", (64,)),
        ("x=[]", ()),
        ('x={"purchase": ["like", "cart"]}', {"purchase": ["like", "cart"]}),
        (" x = a=b ", "a=b"),
    ],
)
def test_values_of_trunk_options(text, value):
    parsed = parse_options([text])["x"]
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", ["num_experts", "=4", ""])
def test_trunk_options_need_key_and_value(text):
    with pytest.raises(ValueError, match=r"written KEY=VALUE, such as num_experts=4\. Received"):
        parse_options([text])


def test_an_option_that_is_a_dict_is_json():
    with pytest.raises(ValueError, match=r"is a dict is written as JSON, such as .*\{purchase"):
        parse_options(["relations={purchase: like}"])


def test_a_bad_funnel_option_is_told_as_one():
    with pytest.raises(ValueError, match=r"A funnel option is written KEY=VALUE, such as estim"):
        parse_options(["estimator"], "funnel", "estimator=ips")
    with pytest.raises(ValueError, match=r"An interaction option is written KEY=VALUE, such as ra"):
        parse_options(["rank"], "interaction", "rank=16")


@pytest.mark.parametrize("text", ["a", "0", "64,-1", "64,", ""])
def test_widths_are_positive_integers(text):
    with pytest.raises(ValueError, match=r"--tower takes widths separated by commas.*Received"):
        parse_widths(text)


def test_bad_trunk_option_ends_with_a_usage_error(run, spec, trained, tmp_path):
    result = run("train", spec, "-o", tmp_path / "run", "--trunk-option", "num_experts")
    assert result.exit_code == 2
    assert "KEY=VALUE" in result.stderr
