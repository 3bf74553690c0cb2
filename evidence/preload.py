"""Imported once by the fork server, so that no snippet pays for these imports again."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot  # noqa: E402, F401
import numpy  # noqa: E402, F401
import sklearn.datasets  # noqa: E402, F401
import sklearn.linear_model  # noqa: E402, F401
import torch  # noqa: E402
import torch.utils.data  # noqa: E402, F401

import evidence.figures  # noqa: E402, F401
import evidence.reseed  # noqa: E402
import evidence.sandbox  # noqa: F401, E402

torch.set_num_threads(1)
_weight = torch.zeros(1, requires_grad=True)
torch.optim.SGD([_weight]).step()  # imports what torch.optim puts off until its first use
