"""Why a fence may be without a record."""

from evidence.read.model import Fence
from evidence.run import data


def excuse(fence: Fence) -> str:
    """The reason that the page gives, or that the data which the code reads are not on this machine; "" where it has to run."""
    if fence.skip_reason:
        return fence.skip_reason
    if data.NAME in fence.code and data.fashion_folder() is None:
        return f"it reads Fashion-MNIST, which is not on this machine; {data.REMEDY}"
    return ""
