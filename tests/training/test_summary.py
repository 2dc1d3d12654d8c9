from mtlkeras.training._summary import running_losses, summary

LOGS = {
    "loss": 1.5,
    "click_loss": 0.5,
    "click_auc": 0.75,
    "spend_loss": 1.0,
    "val_loss": 1.75,
    "val_click_loss": 0.6,
    "val_click_auc": 0.7,
    "val_spend_loss": 1.15,
    "val_spend_mae": 3.0,
}


def test_an_epoch_in_a_line_speaks_of_validation():
    assert summary(LOGS, ["click", "spend"]) == (
        "loss 1.5000  val_loss 1.7500  val_click auc 0.7000  val_spend mae 3.0000"
    )


def test_an_epoch_without_validation_speaks_of_training():
    logs = {name: value for name, value in LOGS.items() if not name.startswith("val_")}
    assert summary(logs, ["click", "spend"]) == ("loss 1.5000  click auc 0.7500  spend loss 1.0000")


def test_running_losses():
    assert running_losses(LOGS, ["click", "spend"]) == "loss 1.5000  click 0.5000  spend 1.0000"


def test_tasks_that_do_not_count_wholly_are_named():
    logs = {"loss": 1.5, "click_pace": 1.0, "spend_pace": 0.25, "val_loss": 1.0}
    for line in (running_losses, summary):
        assert line(logs, ["click", "spend"]).endswith("  spend counts 25.0 %")
        assert "click counts" not in line(logs, ["click", "spend"])
