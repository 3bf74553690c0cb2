"""The arithmetic under which a claim is run again: an older processor's instructions, and two threads instead of one.

Each is the environment of a server, as the libraries read it when they are imported. torch, oneDNN, MKL, OpenBLAS and NumPy
choose their code for themselves, so all five are held down together.
"""

import os
import platform
from importlib import import_module

SETTINGS: dict[str, dict[str, str]] = {
    "own": {},
    "SSE4.2": {
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_CBWR": "COMPATIBLE",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
    },
    "AVX2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_CBWR": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    },
    "two threads": {
        "OMP_NUM_THREADS": "2",
        "MKL_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
        "OMP_WAIT_POLICY": "PASSIVE",  # a thread that waits would else burn the time of the snippet beside it
    },
}
NUMPY = "numpy._core._multiarray_umath"  # it knows the processor, and is imported in a moment
LEVELS = ("SSE4.2", "AVX2", "AVX-512")  # each holds the ones before it
NEEDS = {"AVX2": ("AVX2", "FMA3"), "AVX-512": ("AVX512_SKX",)}
BEYOND = {"SSE4.2": ("X86_V3", "X86_V4", "AVX", "FMA3", "F16C"), "AVX2": ("X86_V4", "AVX512")}  # NumPy's names begin so


def environment(name: str) -> dict[str, str]:
    """What the environment of a server with this arithmetic has beside what all have.

    Raises:
        KeyError: there is no such setting.
    """
    set_down = SETTINGS[name]
    if name not in BEYOND:
        return set_down
    known = import_module(NUMPY).__cpu_dispatch__  # what this version of NumPy can do without
    return set_down | {"NPY_DISABLE_CPU_FEATURES": " ".join(f for f in known if f.startswith(BEYOND[name]))}


def threads(name: str) -> int:
    """How many threads a run with this arithmetic computes with.

    Raises:
        KeyError: there is no such setting.
    """
    return int(SETTINGS[name].get("OMP_NUM_THREADS", "1"))


def own_level() -> str:
    """The highest of LEVELS that this machine has, which a published run computes with; "" where its processor has none."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return ""
    has = import_module(NUMPY).__cpu_features__
    return [level for level in LEVELS if all(has.get(feature) for feature in NEEDS.get(level, ()))][-1]


def available() -> tuple[list[str], list[str]]:
    """The settings that differ from this machine's own and can be run on it, and those that it lacks."""
    own = own_level()
    here = list(LEVELS[: LEVELS.index(own)]) if own else []
    lacking = [level for level in LEVELS if level not in here and level != own]
    (here if (os.cpu_count() or 1) > 1 else lacking).append("two threads")
    return here, lacking
