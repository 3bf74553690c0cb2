"""Run every snippet below this file, say which passed and how long each took; exit with 1 where one failed."""

import os
import pathlib
import subprocess
import sys
import time

here = pathlib.Path(__file__).resolve().parent
quiet = os.environ | {"MPLBACKEND": "Agg"}  # figures open no windows; run a snippet by itself to see them
failed = []
for path in sorted(here.rglob("*.py")):
    if path.name == "run_all.py":
        continue
    name = path.relative_to(here).as_posix()
    began = time.perf_counter()
    done = subprocess.run([sys.executable, str(path)], env=quiet, capture_output=True, text=True)
    print(f"{'passed' if done.returncode == 0 else 'FAILED'} {time.perf_counter() - began:6.1f} s  {name}", flush=True)
    if done.returncode:
        failed.append(f"{name}\n{done.stderr}")
print("\n".join(failed) or "all passed")
sys.exit(1 if failed else 0)
