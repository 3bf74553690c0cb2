"""The explorer of boxes agrees with what PyTorch computes of overlaps and suppression."""

import torch
from explorers import shown


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


def test_it_says_what_it_shows(browser, origin) -> None:
    with shown(browser, origin, "boxes") as (_, place):
        assert "IoU 0.209, GIoU" in place.locator(".explorer-told").inner_text()


def test_a_box_is_dragged_by_a_pointer(browser, origin) -> None:
    with shown(browser, origin, "boxes") as (page, place):
        two = place.locator("rect[data-box=two]")
        two.scroll_into_view_if_needed()
        before, box = place.locator(".explorer-told").inner_text(), two.bounding_box()
        page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 90, box["y"] + 20, steps=4)
        page.mouse.up()
        assert place.locator(".explorer-told").inner_text() != before


def test_a_side_pushes_the_other_along(browser, origin) -> None:
    with shown(browser, origin, "boxes") as (page, place):
        left = place.locator("[name=one]").first
        left.focus()
        page.keyboard.press("End")
        sides = place.locator("[name=one]").evaluate_all("all => all.map((side) => Number(side.value))")
        assert sides[0] == sides[2] == 240
