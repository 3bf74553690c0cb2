"""A job's code as a program: the module that it is the main one of, and its pieces compiled."""

import __future__

import functools
import linecache
import multiprocessing.process
import operator
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

from evidence.run.job import Job

FUTURE = functools.reduce(operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


def become_main(job: Job, code: str) -> dict[str, Any]:
    """The names of a new module that is as under `python file.py`: guarded bodies run, classes pickle.

    The file lies in the folder `code`, where multiprocessing's spawned processes look for it.
    """
    file = os.path.join(code, job.name.replace(":", ".") if os.name == "nt" else job.name)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(job.code)
    vars(multiprocessing.process)["ORIGINAL_DIR"] = code
    sys.argv = [job.name]
    lines = [line + "\n" for line in job.code.split("\n")]
    linecache.cache[job.name] = (len(job.code), None, lines, job.name)
    return new_main(job)


def new_main(job: Job) -> dict[str, Any]:
    module = types.ModuleType("__main__")
    module.__file__ = job.name
    sys.modules["__main__"] = module
    return module.__dict__


def compiled(job: Job) -> Iterator[types.CodeType]:
    """The code of each piece, behind as many empty lines as stand before it, so that tracebacks count right.

    A line ends where "\n" is, and nowhere else: as the pieces' lengths were counted, and as Python counts. What the first
    piece imports from `__future__` holds for the others too, as in one file.
    """
    lines = [line + "\n" for line in job.code.split("\n")]
    start = flags = 0
    for length in job.pieces or (len(lines),):
        text = "\n" * start + "".join(lines[start : start + length])
        yield (code := compile(text, job.name, "exec", flags, dont_inherit=True))
        flags |= code.co_flags & FUTURE
        start += length
