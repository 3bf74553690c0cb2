"""`make data`: fetch Fashion-MNIST into data/, where no package of the distribution brings it. No run ever does this."""

import gzip
import urllib.request
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from evidence.run.data import FILES

SOURCE = "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"
SUMS = {  # of the contents, since packages compress them otherwise
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def download(name: str) -> bytes:
    """One file of the original distribution.

    Raises:
        OSError: it cannot be fetched.
    """
    with urllib.request.urlopen(SOURCE + name, timeout=60) as answer:
        return bytes(answer.read())


def fetch_data(folder: Path, get: Callable[[str], bytes] = download) -> None:
    """Fetch the files that `folder` lacks.

    Raises:
        SystemExit: a file cannot be fetched, or is not the one that was published.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (name for name in FILES if not (folder / name).exists()):
        try:
            packed = get(name)
        except OSError as error:
            raise SystemExit(f"{SOURCE}{name}: cannot be fetched: {error}") from error
        try:
            found = sha256(gzip.decompress(packed)).hexdigest()
        except (OSError, EOFError):
            found = "that of no gzip file"
        if found != SUMS[name]:
            raise SystemExit(f"{SOURCE}{name}: the sum of its contents is not {SUMS[name]}, found {found}; nothing was kept")
        part = folder / f"{name}.part"
        part.write_bytes(packed)
        part.replace(folder / name)
        print(f"{folder / name}: {len(packed):,} bytes, as published")
