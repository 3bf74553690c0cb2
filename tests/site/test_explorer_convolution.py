"""The explorer of convolution arithmetic agrees with PyTorch's sizes and gradients."""

import itertools

import torch
from explorers import shown


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
    with shown(browser, origin, "convolution") as (page, place):
        told = place.locator(".explorer-told")
        assert told.inner_text().startswith("Sizes 12 → 10 → 8. Output 3 reads places 3, 4, 5")
        place.locator("[data-index='4']").click()
        assert told.inner_text().startswith("Sizes 12 → 10 → 8. Output 4 reads places 4, 5, 6")
        place.locator("[name=s]").focus()
        page.keyboard.press("ArrowRight")
        assert told.inner_text().startswith("Sizes 12 → 5 → 2.")
        place.locator("[name=f]").focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        assert "does not fit into" in told.inner_text()
