"""The interactive pieces: their arithmetic agrees with PyTorch over hundreds of settings, and they work by keyboard."""

import gzip
import itertools
from pathlib import Path

import pytest
import torch
from conftest import ROOT
from visits import settle

EXPLORERS = sorted((ROOT / "docs/assets/explorers").glob("*.js"))


@pytest.fixture(scope="module")
def blank(browser):
    """A page with every explorer's script and nothing else."""
    page = browser.new_page()
    page.set_content("<!doctype html><title>x</title>")
    for file in EXPLORERS:
        page.add_script_tag(content=file.read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.mark.parametrize("path", EXPLORERS, ids=lambda path: path.stem)
def test_an_explorer_is_small_and_stands_on_one_page(path: Path) -> None:
    assert len(gzip.compress(path.read_bytes())) <= 15_000
    pages = [
        page for page in (ROOT / "docs").rglob("*.md") if f"<!-- explorer: {path.stem} -->" in page.read_text(encoding="utf-8")
    ]
    assert len(pages) == 1, pages


def test_sizes_and_places_of_a_convolution_agree_with_torch(blank) -> None:
    settings = [
        (n, f, s, p, d)
        for n, f, s, p, d in itertools.product(range(1, 13), (1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2, 3))
        if n + 2 * p >= d * (f - 1) + 1
    ]
    assert len(settings) > 800
    found = blank.evaluate("all => all.map(([n, f, s, p, d]) => explorers.convolution.outputSize(n, f, s, p, d))", settings)
    for (n, f, s, p, d), size in zip(settings, found, strict=True):
        x = torch.zeros(1, 1, n, requires_grad=True)
        y = torch.nn.functional.conv1d(x, torch.ones(1, 1, f), stride=s, padding=p, dilation=d)
        assert size == y.shape[-1], (n, f, s, p, d)
        seen = blank.evaluate("([i, f, s, p, d]) => explorers.convolution.inputsSeen(i, f, s, p, d)", [size - 1, f, s, p, d])
        y[0, 0, -1].backward()
        assert [at for at in seen if 0 <= at < n] == x.grad[0, 0].nonzero().flatten().tolist(), (n, f, s, p, d)


def test_the_receptive_field_of_a_stack_agrees_with_the_gradient(blank) -> None:
    count = 0
    for layers, f, s, p, d in itertools.product((1, 2, 3), (1, 2, 3, 4), (1, 2), (0, 1), (1, 2)):
        x = torch.zeros(1, 1, 80, requires_grad=True)
        y, rows = x, [80]
        for _ in range(layers):
            y = torch.nn.functional.conv1d(y, torch.ones(1, 1, f), stride=s, padding=p, dilation=d)
            rows.append(y.shape[-1])
        middle = rows[-1] // 2
        y[0, 0, middle].backward()
        places = x.grad[0, 0].nonzero().flatten().tolist()
        found = blank.evaluate(
            """([n, layers, f, s, p, d, index]) => {
              const rows = explorers.convolution.sizes(n, layers, f, s, p, d);
              const seen = [...explorers.convolution.dependsOn(index, rows, f, s, p, d)[0]].sort((a, b) => a - b);
              return [rows, seen, explorers.convolution.receptiveField(layers, f, s, d)];
            }""",
            [80, layers, f, s, p, d, middle],
        )
        assert found == [rows, places, places[-1] - places[0] + 1], (layers, f, s, p, d)
        count += 1
    assert count == 96


def test_the_convolution_explorer_works_by_keyboard_and_says_what_it_draws(browser, origin) -> None:
    page = browser.new_page()
    page.goto(f"{origin}/layers/convolution/")
    place = page.locator("[data-explorer=convolution]")
    place.scroll_into_view_if_needed()
    settle(page)
    told = place.locator(".explorer-told")
    assert told.inner_text().startswith("Sizes 12 → 10 → 8. Output 3 reads places 3, 4, 5")
    place.locator("[name=s]").focus()
    page.keyboard.press("ArrowRight")
    assert told.inner_text().startswith("Sizes 12 → 5 → 2.")
    place.locator("[name=f]").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert "does not fit into" in told.inner_text()
    page.close()


def test_activations_agree_with_torch(blank) -> None:
    functional = torch.nn.functional
    known = {
        name: getattr(torch, name, None) or getattr(functional, name) for name in blank.evaluate("explorers.activations.names")
    }
    assert len(known) == 9
    x = torch.linspace(-9, 9, 181, dtype=torch.float64).round(decimals=1).requires_grad_()
    for name, function in known.items():
        y = function(x)
        (slope,) = torch.autograd.grad(y.sum(), x)
        script = "([name, all]) => all.map(x => [explorers.activations.value(name, x), explorers.activations.slope(name, x)])"
        found = torch.tensor(blank.evaluate(script, [name, x.tolist()]), dtype=torch.float64)
        assert torch.allclose(found, torch.stack([y, slope], 1), atol=2e-6), name


def test_the_share_of_saturated_inputs_agrees_with_torch(blank) -> None:
    z = torch.linspace(-8, 8, 400_001, dtype=torch.float64)
    weight = torch.exp(-(z**2) / 2)
    for name, function in {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}.items():
        for spread in (0.2, 1.0, 2.0, 5.0, 10.0):
            x = (spread * z).requires_grad_()
            (slope,) = torch.autograd.grad(function(x).sum(), x)
            share = (weight * (slope.abs() < 0.05)).sum() / weight.sum()
            found = blank.evaluate("([name, spread]) => explorers.activations.saturated(name, spread)", [name, spread])
            assert found == pytest.approx(share.item(), abs=2e-3), (name, spread)


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


def test_boxes_agree_with_torch(blank) -> None:
    torch.manual_seed(0)
    corners = torch.rand(400, 2, 2, 2, dtype=torch.float64).sort(dim=2).values  # (pairs, boxes, corners, x and y)
    one, two = corners.flatten(2).unbind(1)
    low, high = torch.maximum(one[:, :2], two[:, :2]), torch.minimum(one[:, 2:], two[:, 2:])
    shared = (high - low).clamp(min=0).prod(1)
    union = (one[:, 2:] - one[:, :2]).prod(1) + (two[:, 2:] - two[:, :2]).prod(1) - shared
    hull = (torch.maximum(one[:, 2:], two[:, 2:]) - torch.minimum(one[:, :2], two[:, :2])).prod(1)
    expected = torch.stack([shared / union, shared / union - (hull - union) / hull], 1)
    script = "pairs => pairs.map(([a, b]) => [explorers.boxes.iou(a, b), explorers.boxes.giou(a, b)])"
    found = torch.tensor(blank.evaluate(script, torch.stack([one, two], 1).tolist()), dtype=torch.float64)
    assert torch.allclose(found, expected, atol=1e-12) and (shared == 0).any() and (shared > 0).any()
    edges = [[[0, 0, 1, 1], [0, 0, 1, 1]], [[0, 0, 1, 1], [1, 0, 2, 1]], [[0, 0, 0, 0], [0, 0, 0, 0]]]
    assert blank.evaluate(script, edges) == [[1, 1], [0, 0], [0, 0]]


def test_suppression_agrees_with_torch(blank) -> None:
    torch.manual_seed(0)
    for trial in range(200):
        boxes = torch.rand(9, 2, 2, dtype=torch.float64).sort(dim=1).values.flatten(1)
        scores = torch.rand(9, dtype=torch.float64).round(decimals=1 + trial % 2)
        threshold = trial % 10 / 10
        low, high = torch.maximum(boxes[:, None, :2], boxes[:, :2]), torch.minimum(boxes[:, None, 2:], boxes[:, 2:])
        shared = (high - low).clamp(min=0).prod(2)
        area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        overlaps = shared / (area[:, None] + area - shared)  # (9, 9)
        left, kept = scores.argsort(descending=True, stable=True).tolist(), []
        while left:
            best = left.pop(0)
            kept.append(best)
            left = [n for n in left if overlaps[best, n] <= threshold]
        script = "([boxes, scores, threshold]) => explorers.boxes.nms(boxes, scores, threshold)"
        assert blank.evaluate(script, [boxes.tolist(), scores.tolist(), threshold]) == kept


@pytest.mark.parametrize(
    ("address", "name", "field", "says"),
    [
        ("training/activations/", "activations", "spread", "sigmoid (range 0 to 1): value 0.73, slope 0.20 at x = 1.0"),
        (
            "training/batch-normalization/",
            "batch-statistics",
            "momentum",
            "Batch: mean 4.00, variance 8.33 (biased, normalizes), 10.00",
        ),
        ("tasks/localization/", "boxes", "threshold", "IoU 0.209, GIoU"),
    ],
)
def test_an_explorer_says_what_it_shows_and_heeds_the_keyboard(browser, origin, address, name, field, says) -> None:
    page = browser.new_page()
    page.goto(f"{origin}/{address}")
    place = page.locator(f"[data-explorer={name}]")
    place.scroll_into_view_if_needed()
    settle(page)
    told = place.locator(".explorer-told")
    assert says in told.inner_text()
    before = place.inner_text()
    place.locator(f"[name={field}]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert place.inner_text() != before, "moving a slider by keyboard changes what is said"
    page.close()


def test_the_running_statistics_take_a_step_at_the_press_of_a_button(browser, origin) -> None:
    page = browser.new_page()
    page.goto(f"{origin}/training/batch-normalization/")
    place = page.locator("[data-explorer=batch-statistics]")
    place.scroll_into_view_if_needed()
    settle(page)
    place.get_by_role("button", name="Forward pass").press("Enter")
    assert "Running after 1 batches: mean 0.40, variance 1.90." in place.locator(".explorer-told").inner_text()
    page.close()


def test_a_box_is_dragged_by_a_pointer(browser, origin) -> None:
    page = browser.new_page()
    page.goto(f"{origin}/tasks/localization/")
    place = page.locator("[data-explorer=boxes]")
    place.scroll_into_view_if_needed()
    settle(page)
    place.locator("rect[data-box=two]").scroll_into_view_if_needed()
    before = place.locator(".explorer-told").inner_text()
    box = place.locator("rect[data-box=two]").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 90, box["y"] + 20, steps=4)
    page.mouse.up()
    assert place.locator(".explorer-told").inner_text() != before
    page.close()


@pytest.mark.parametrize(
    "address", ["training/activations/", "training/batch-normalization/", "tasks/localization/", "layers/convolution/"]
)
def test_an_explorer_is_whole_on_a_telephone(browser, origin, address) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(f"{origin}/{address}")
    drawing = page.locator(".explorer-drawing")
    drawing.scroll_into_view_if_needed()
    settle(page)
    assert drawing.evaluate("e => e.scrollWidth <= e.clientWidth"), "what is drawn has to be scrolled sideways"
    context.close()
