"""Imported once by the server, so that no snippet pays for these imports again."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.backends.backend_svg
import matplotlib.pyplot
import numpy  # noqa: F401
import sklearn.datasets
import sklearn.ensemble  # a default argument in it makes a generator of no seed, which a snippet may not
import sklearn.linear_model  # noqa: F401
import torch
import torch.utils.data

import evidence.run.figures
import evidence.run.seeds  # noqa: F401

torch.set_num_threads(1)
_weight = torch.zeros(1, requires_grad=True)
torch.optim.SGD([_weight]).step()  # imports what torch.optim puts off until its first use
