"""Put a snippet's process under the conditions of its job."""

import os

from evidence.run.job import Conditions
from evidence.run.seeds import Watch


def apply(conditions: Conditions) -> Watch:
    """Set the data, the noise and the seeds of this process; the arithmetic is that of the environment it was started in.

    Returns:
        The watch over the seeds, which knows what was drawn without one.

    Raises:
        FileNotFoundError: the other data are not on this machine.
    """
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    if conditions.data == "fashion":
        from evidence.run.data import stand_in

        stand_in()
    if conditions.noise:
        from evidence.run.noise import perturb

        perturb(conditions.noise)
    return Watch(conditions.shift)
