"""The explorer of activations agrees with PyTorch's functions and gradients."""

import pytest
import torch
from explorers import shown


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


def test_it_says_what_it_shows(browser, origin) -> None:
    with shown(browser, origin, "activations") as (_, place):
        assert "sigmoid (range 0 to 1): value 0.73, slope 0.20 at x = 1.0" in place.locator(".explorer-told").inner_text()
