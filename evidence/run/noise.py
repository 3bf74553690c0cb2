"""A start that is a little off: it stands for the processors that are not at hand.

Another processor rounds otherwise, and training makes much of it. What a snippet draws, its initial weights first of all, is
therefore taken a millionth smaller here and there. How much smaller depends on the number alone, so equal draws stay equal,
and none leaves the interval around zero, or from zero on, that it was drawn from.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from evidence.run.methods import replace

TORCH = ("rand", "randn", "rand_like", "randn_like", "normal")
TENSOR = ("uniform_", "normal_", "exponential_", "log_normal_", "cauchy_")
NUMPY = ("random", "uniform", "normal", "standard_normal", "exponential", "standard_exponential", "laplace", "lognormal")
LEGACY = ("random_sample", "uniform", "normal", "standard_normal", "exponential", "laplace", "lognormal")


def perturb(size: float) -> None:
    """Take each number that torch or NumPy draws, from now on in this process, up to `size` of itself smaller."""

    def torch_draws(method: Callable[..., Any]) -> Callable[..., Any]:
        def draw(*args: Any, **kwargs: Any) -> Any:
            drawn = method(*args, **kwargs)
            if drawn.is_floating_point() and drawn.device.type == "cpu":
                with torch.no_grad():
                    drawn.mul_(1 - size * torch.cos(997 * drawn) ** 2)
            return drawn

        return draw

    def numpy_draws(method: Callable[..., Any]) -> Callable[..., Any]:
        def draw(*args: Any, **kwargs: Any) -> Any:
            drawn = method(*args, **kwargs)
            nearer = drawn * (1 - size * np.cos(997 * drawn) ** 2)
            if isinstance(drawn, np.ndarray):
                drawn[...] = nearer  # it may be the array that was given as `out`
                return drawn
            return type(drawn)(nearer)

        return draw

    for name in TORCH:
        vars(torch)[name] = torch_draws(getattr(torch, name))
    for name in TENSOR:
        setattr(torch.Tensor, name, torch_draws(getattr(torch.Tensor, name)))
    for name in NUMPY:
        replace(np.random.Generator, name, numpy_draws)
    for name in LEGACY:
        replace(np.random.RandomState, name, numpy_draws)  # rand, randn and others call these
        vars(np.random)[name] = getattr(vars(np.random.mtrand)["_rand"], name)
