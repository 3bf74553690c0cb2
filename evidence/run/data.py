"""Fashion-MNIST, read from this machine and never fetched by a run: at its own size, and cut down in place of the digits."""

import gzip
import os
from pathlib import Path
from typing import Any

FOLDERS = (Path(__file__).parents[2] / "data/fashion-mnist", Path("/usr/share/datasets/fashion-mnist"))
FILES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
NAME = "fashion-mnist"  # the folder, which a snippet that reads it has to name
IMAGES = 1797  # as many as scikit-learn has digits
REMEDY = "install the package dataset-fashion-mnist (Debian, Ubuntu), or run `make data`"


def fashion_folder() -> Path | None:
    """Where the four files of Fashion-MNIST lie, or None."""
    return next((folder for folder in FOLDERS if all((folder / name).exists() for name in FILES)), None)


def shelve(work: str) -> list[str]:
    """Put `data/fashion-mnist` into a snippet's working folder, where the project has it; return what the snippet may read.

    A snippet is written for the project's folder, where `make data` puts the files.
    """
    if (folder := fashion_folder()) is None:
        return []
    os.mkdir(os.path.join(work, "data"))
    os.symlink(folder, os.path.join(work, "data", NAME), target_is_directory=True)
    return [str(folder)]


def read_table() -> Any:
    """The first 1,797 training images, 28x28, pooled to 8x8 with 16 levels: a row for each, its 64 values and its class.

    Raises:
        FileNotFoundError: the files are not on this machine.
    """
    import numpy as np

    folder = fashion_folder()
    if folder is None:
        raise FileNotFoundError(f"Fashion-MNIST is not on this machine; {REMEDY}")
    with gzip.open(folder / FILES[0]) as file:
        pixels = np.frombuffer(file.read(16 + IMAGES * 28 * 28)[16:], np.uint8).reshape(IMAGES, 28, 28)
    with gzip.open(folder / FILES[1]) as file:
        classes = np.frombuffer(file.read(8 + IMAGES)[8:], np.uint8)
    framed = np.pad(pixels, ((0, 0), (2, 2), (2, 2)))  # 32x32: as MNIST's digits are framed, so 4x4 pixels are one
    small = np.round(framed.reshape(IMAGES, 8, 4, 8, 4).mean((2, 4)) / 255 * 16)
    return np.column_stack([small.reshape(IMAGES, 64), classes]).astype(np.float64)


def stand_in() -> None:
    """Let scikit-learn's `load_digits` answer with Fashion-MNIST, from now on in this process, however it is called."""
    from sklearn.datasets import _base

    table, read = read_table(), _base.load_gzip_compressed_csv_data

    def read_other(data_file_name: str, **kwargs: Any) -> Any:
        found = read(data_file_name, **kwargs)
        if data_file_name != "digits.csv.gz":
            return found
        return (table.copy(), found[1]) if isinstance(found, tuple) else table.copy()

    vars(_base)["load_gzip_compressed_csv_data"] = read_other
