"""The explorer of batch statistics agrees with PyTorch's BatchNorm."""

import pytest
import torch
from explorers import shown


def test_batch_statistics_agree_with_torch(blank) -> None:
    torch.manual_seed(0)
    for trial in range(200):
        momentum = [0.05, 0.1, 0.5, 1.0][trial % 4]
        bn = torch.nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
        running = {"mean": 0.0, "variance": 1.0}
        for training in (True, True, False):
            batch = 3 + 4 * torch.randn(2 + trial % 7, 1, dtype=torch.float64)
            bn.train(training)
            expected = bn(batch).flatten().tolist()
            script = "([x, running, training, momentum]) => explorers.batchStatistics.batchNorm(x, running, training, momentum)"
            found = blank.evaluate(script, [batch.flatten().tolist(), running, training, momentum])
            running = found["running"]
            assert found["y"] == pytest.approx(expected, abs=1e-9)
            assert (running["mean"], running["variance"]) == pytest.approx((bn.running_mean.item(), bn.running_var.item()))


def test_it_says_what_it_shows(browser, origin) -> None:
    with shown(browser, origin, "batch-statistics") as (_, place):
        assert "Batch: mean 4.00, variance 8.33 (biased, normalizes), 10.00" in place.locator(".explorer-told").inner_text()


def test_the_running_statistics_take_a_step_at_the_press_of_a_button(browser, origin) -> None:
    with shown(browser, origin, "batch-statistics") as (_, place):
        told = place.locator(".explorer-told")
        place.get_by_role("button", name="Forward pass").press("Enter")
        assert "Running after 1 batches: mean 0.40, variance 1.90." in told.inner_text()
        place.get_by_role("button", name="Reset").press("Enter")
        assert "Running after 0 batches: mean 0.00, variance 1.00." in told.inner_text()


def test_a_point_of_the_batch_is_dragged_by_a_pointer(browser, origin) -> None:
    with shown(browser, origin, "batch-statistics") as (page, place):
        point = place.locator("[data-index='0']")
        point.scroll_into_view_if_needed()
        before, box = place.locator("[name=x]").first.input_value(), point.bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(box["x"] - 60, box["y"] + 5, steps=4)
        page.mouse.up()
        moved = place.locator("[name=x]").first.input_value()
        assert float(moved) < float(before)
        page.mouse.move(box["x"] + 60, box["y"] + 5)
        assert place.locator("[name=x]").first.input_value() == moved, "let go, it stays"
