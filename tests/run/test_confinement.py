"""What a snippet's process may and may not do. On Linux the kernel refuses; its tests are skipped where the kernel cannot."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT
from jobs import SECRET, hidden, job, processes_in

from evidence.run import landlock, processes
from evidence.run.pool import Runner

FENCED = pytest.mark.skipif(bool(landlock.lacking()), reason=landlock.lacking() or "nothing is lacking")


LOADER = """import torch
torch.manual_seed(0)
from torch.utils.data import DataLoader, TensorDataset
loader = DataLoader(TensorDataset(torch.arange(40.)), batch_size=4, num_workers=2)
{guard}print(sum(batch[0].sum().item() for batch in loader))
"""
POOL = """import multiprocessing
def double(x):
    return 2 * x
if __name__ == "__main__":
    with multiprocessing.get_context("{method}").Pool(2) as pool:
        print(pool.map(double, [1, 2]))
"""
WORKS = {
    "loader": (LOADER.format(guard="if __name__ == '__main__': "), "780.0\n"),
    "loader without a guard": (LOADER.format(guard=""), "780.0\n"),
    "fork": (POOL.format(method="fork"), "[2, 4]\n"),
    "spawn": (POOL.format(method="spawn"), "[2, 4]\n"),
    "forkserver": (POOL.format(method="forkserver"), "[2, 4]\n"),
    "joblib": ("from joblib import Parallel, delayed\nprint(Parallel(2)(delayed(abs)(n) for n in (-1, -2)))\n", "[1, 2]\n"),
    "joblib's processes, with arrays in memory files": (
        "import numpy as np\nfrom joblib import Parallel, delayed\nx = np.ones(10**6)\ndef f(n):\n    return x.sum() + n\n"
        "print([int(y) for y in Parallel(n_jobs=2, backend='loky')(delayed(f)(n) for n in range(3))])\n"
        "print(len(Parallel(n_jobs=2, backend='loky')(delayed(np.sum)(x + n) for n in range(3))))\n",
        "[1000000, 1000001, 1000002]\n3\n",
    ),
    "scikit-learn on two processes and on two threads": (
        "from sklearn.datasets import load_digits\nfrom sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.model_selection import cross_val_score\nx, y = load_digits(n_class=2, return_X_y=True)\n"
        "forest = RandomForestClassifier(5, n_jobs=2, random_state=0)\n"
        "print(len(cross_val_score(forest, x, y, cv=2, n_jobs=2)), forest.fit(x, y).score(x, y) > 0.5)\n",
        "2 True\n",
    ),
    "readline": (
        "import os, readline, rlcompleter\nreadline.set_completer(rlcompleter.Completer({'abc': 1}).complete)\n"
        "readline.parse_and_bind('tab: complete')\nreadline.add_history('x = 1')\nreadline.write_history_file()\n"
        "readline.clear_history()\nreadline.read_history_file('.history')\nprint(readline.get_history_item(1), os.listdir())\n",
        "x = 1 ['.history']\n",
    ),
    "files": (
        "import numpy as np, sqlite3, tempfile, torch\ntorch.save(torch.ones(2), 'x.pt')\nnp.save('x.npy', np.ones(3))\n"
        "sqlite3.connect('x.db').execute('create table t (x)')\nfile = tempfile.NamedTemporaryFile()\nfile.write(b'x')\n"
        "print(len(torch.load('x.pt')) + len(np.load('x.npy')))\n",
        "5\n",
    ),
    "libraries that look at frames": (
        "import collections, dataclasses, inspect, logging, sys, traceback, warnings\nT = collections.namedtuple('T', 'x')\n"
        "@dataclasses.dataclass\nclass D:\n    x: int\nlogging.basicConfig(stream=sys.stdout)\nlogging.warning('seen')\n"
        "warnings.simplefilter('ignore')\nwarnings.warn('w')\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n"
        "    print(traceback.format_exc().splitlines()[-1])\nprint(inspect.getsource(D).splitlines()[0])\n",
        "WARNING:root:seen\nZeroDivisionError: division by zero\n@dataclasses.dataclass\n",
    ),
    "a limit of threads": (
        "from threadpoolctl import threadpool_limits\nfrom sklearn.cluster import KMeans\n"
        "from sklearn.datasets import load_digits\n"
        "with threadpool_limits(1):\n    print(len(KMeans(2, random_state=0).fit(load_digits().data[:50]).labels_))\n",
        "50\n",
    ),
    "its own processes' signals": (
        "import multiprocessing, time\nprocess = multiprocessing.get_context('fork').Process(target=time.sleep, args=(60,))\n"
        "process.start()\nprocess.terminate()\nprocess.join()\nprint(process.exitcode)\n",
        "-15\n",
    ),
}


@pytest.mark.parametrize("name", WORKS)
def test_what_a_script_may_do_a_snippet_may(runner, name) -> None:
    code, printed = WORKS[name]
    outcome = runner.submit(job(code)).result()
    assert (outcome.failure, outcome.stdout) == ("", printed), outcome.trace + outcome.stderr


C = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
LEAK = "/tmp/evidence-test-leak"
REFUSED = {
    "torch.save": f"import torch\ntorch.save(1, '{LEAK}')\n",
    "torch.jit.save": f"import torch\ntorch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), '{LEAK}')\n",
    "torch.from_file": f"import torch\ntorch.from_file('{LEAK}', shared=True, size=4)\n",
    "sqlite3": f"import sqlite3\nsqlite3.connect('{LEAK}').execute('create table t (x)')\n",
    "dir_fd": "import os\nos.open('evidence-test-leak', os.O_CREAT | os.O_WRONLY, dir_fd=os.open('/tmp', os.O_RDONLY))\n",
    "patched realpath": f"import os\nos.path.realpath = lambda *_: '/dev/null'\nopen('{LEAK}', 'w')\n",
    "patched lstat": f"import os, stat\nos.readlink = os.lstat = lambda *_: 1 / 0\nopen('{LEAK}', 'w')\n",
    "a loader's worker": LOADER.format(guard="")
    .replace("print", f"open('{LEAK}', 'w') if 0 else print")
    .replace("TensorDataset(torch.arange(40.))", "Own()")
    .replace(
        "loader =",
        f"class Own(TensorDataset):\n    def __init__(self): super().__init__(torch.ones(8))\n"
        f"    def __getitem__(self, n): torch.save(1, '{LEAK}')\nloader =",
    ),
    "a spawned process": (
        f"import multiprocessing, sys\ndef f():\n    import torch; torch.save(1, '{LEAK}')\nif __name__ == '__main__':\n"
        "    p = multiprocessing.get_context('spawn').Process(target=f)\n    p.start(); p.join()\n"
        "    assert p.exitcode == 0, 'it failed'\n"
    ),
    "readline's history": f"import readline\nreadline.add_history('x')\nreadline.write_history_file('{LEAK}')\n",
    "passwords as a history": "import readline\nreadline.read_history_file('/etc/passwd')\nprint(readline.get_history_item(1))\n",
    "joblib's worker": (
        f"from joblib import Parallel, delayed\ndef f(n):\n    import torch; torch.save(n, '{LEAK}')\n"
        "Parallel(n_jobs=2, backend='loky')(delayed(f)(n) for n in range(2))\n"
    ),
    "own memory": "open('/proc/self/mem', 'r+b')\n",
    "passwords": "print(open('/etc/passwd').read())\n",
    "a home": "import os\nprint(os.listdir('/root'))\n",
    "the project": f"print(open({str(Path(landlock.__file__).parents[2] / 'pyproject.toml')!r}).read())\n",
    "the parent's environment": "import os\nprint(open(f'/proc/{os.getppid()}/environ').read())\n",
    "another's environment": f"print(open('/proc/{os.getpid()}/environ').read())\n",
    "environment": f"import os\nassert {SECRET[0]!r} not in os.environ\nraise SystemExit('none')\n",
    "TCP": "import socket\nsocket.create_connection(('127.0.0.1', PORT))\n",
    "UDP": "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))\n",
    "TCP from native code": (
        "import socket\nfrom multiprocessing import sharedctypes\nnative = sharedctypes.ctypes\nfd = socket.socket().detach()\n"
        "address = socket.AF_INET.to_bytes(2, 'little') + (PORT).to_bytes(2, 'big') + bytes([127, 0, 0, 1]) + bytes(8)\n"
        "exec(compile('assert native.CDLL(None).connect(fd, address, 16) == 0, 1', 'elsewhere.py', 'exec'))\n"
    ),
    "a socket of a file": "import socket\nsocket.socket(socket.AF_UNIX).connect('SOCKET')\n",
    "a program": "import _posixsubprocess as p, os\nr, w = os.pipe()\n"
    "pid = p.fork_exec([b'/bin/true'], [b'/bin/true'], True, (w,), None, None, -1, -1, -1, -1, -1, -1, r, w, False, False, -1,"
    " None, None, None, -1, None, True)\nassert os.waitpid(pid, 0)[1] == 0, 'not run'\n",
    "the machinery": "import evidence.run.sandbox\n",
    "the machinery, loaded": "import sys\nassert [name for name in sys.modules if 'evidence' in name]\n",
    "frames": "import sys\nsys._getframe(1)\n",
    "frames of a traceback": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    error.__traceback__.tb_frame.f_back\n",
    "objects": "import gc\ngc.get_objects()\n",
    "tracing": "import sys\nsys.settrace(lambda *_: None)\n",
    "native code": C,
}


@FENCED
@pytest.mark.parametrize("name", REFUSED)
def test_what_a_snippet_may_not_do_is_refused(runner, name, tmp_path) -> None:
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        tcp.settimeout(0.1)
        unix.bind(str(tmp_path / "s"))
        unix.listen()
        unix.settimeout(0.1)
        code = REFUSED[name].replace("PORT", str(tcp.getsockname()[1])).replace("SOCKET", str(tmp_path / "s"))
        outcome = runner.submit(hidden(code)).result()
        for listening in (tcp, unix):
            with pytest.raises(TimeoutError):
                listening.accept()
    assert outcome.failure and SECRET[1] not in outcome.stdout and "root:" not in outcome.stdout, outcome
    assert not Path(LEAK).exists()


def test_below_a_snippet_on_the_stack_is_nothing_but_its_own_names(runner) -> None:
    code = """import inspect
def frames(frame):
    while frame:
        yield frame
        frame = frame.f_back
for frame in frames(inspect.currentframe().f_back):
    for names in (frame.f_locals, frame.f_globals):
        print(sorted(name for name, value in names.items() if "evidence" in str(value)), frame.f_code.co_filename)
"""
    outcome = runner.submit(hidden(code)).result()
    assert not re.search(r"\['", outcome.stdout.replace("['__builtins__']", "")), outcome.stdout


@FENCED
@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            "import os, time\nfor _ in range(200):\n    if not os.fork():\n        time.sleep(30)\ntime.sleep(30)\n",
            r"had \d+ processes",
        ),
        (
            "import time\nfor n in range(12):\n    open(str(n), 'wb').write(bytes(range(256)) * 2**18)\n    time.sleep(0.1)\n"
            "time.sleep(30)\n",
            r"wrote \d+ MiB into its folder|File too large",
        ),
    ],
)
def test_the_limits_hold_for_all_processes_together(runner, code, why) -> None:
    outcome = runner.submit(hidden(code)).result()
    assert re.search(why, outcome.failure), outcome.failure


@FENCED
def test_the_memory_of_all_processes_is_added_up(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(processes, "MEMORY_BYTES", 100 * 2**20)
    hold = [sys.executable, "-c", "x = b'x' * (60 * 2**20); print(1, flush=True); input()"]
    with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one:
        one.stdout.read(1)
        monkeypatch.setattr(processes, "_resident", lambda pid, real=processes._resident: real(pid) if pid != 1 else 0)
        monkeypatch.setattr(processes, "descendants", lambda _: [one.pid])
        assert processes.excess(1, str(tmp_path)) == ""
        with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            other.stdout.read(1)
            monkeypatch.setattr(processes, "descendants", lambda _: [one.pid, other.pid])
            assert re.match(r"used 0\.1 GiB in 2 processes", processes.excess(1, str(tmp_path)))
            other.communicate(b"\n")
        one.communicate(b"\n")


@FENCED
def test_no_process_and_no_file_outlives_a_snippet(runner) -> None:
    before = set(os.listdir("/dev/shm"))
    daemon = """import os, time
r, w = os.pipe()
if not os.fork():
    os.setsid()
    if not os.fork():
        print(os.getpid(), flush=True)
        os.write(w, b'x')
        time.sleep(100)
    os._exit(0)
os.read(r, 1)
"""
    outcome = runner.submit(hidden(daemon)).result()
    assert outcome.failure == "" and not Path(f"/proc/{int(outcome.stdout)}").exists()
    leaves = "from multiprocessing import shared_memory\nx = shared_memory.SharedMemory(create=True, size=64)\n"
    leaves += "import os\nos.kill(os.getpid(), 9)\n"
    assert runner.submit(hidden(leaves)).result().failure
    assert set(os.listdir("/dev/shm")) <= before


@FENCED
def test_no_worker_of_joblib_outlives_a_snippet_that_is_killed(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = set(os.listdir("/dev/shm"))
    code = """import os, time
from joblib import Parallel, delayed
def f(n):
    print(os.getpid(), flush=True)
    time.sleep(100 if n else 0)
    if n == 0:
        os.kill(os.getppid(), 9)
Parallel(n_jobs=2, backend="loky")(delayed(f)(n) for n in range(2))
"""
    with Runner(1) as runner:
        outcome = runner.submit(hidden(code)).result()
        assert "killed by SIGKILL" in outcome.failure and outcome.stdout.split(), outcome
        stop = time.monotonic() + 60
        while len(processes_in(tmp_path)) > 1 and time.monotonic() < stop:  # the warden, which has answered, is ending
            time.sleep(0.01)
        assert len(processes_in(tmp_path)) == 1, "the server alone"
        assert not [pid for pid in outcome.stdout.split() if Path(f"/proc/{pid}").exists()]
    assert processes_in(tmp_path) == [] and list(tmp_path.glob("evidence-*")) == [] and set(os.listdir("/dev/shm")) <= before


@pytest.mark.parametrize(
    ("version", "given", "said"),
    [
        (0, True, "has no Landlock|is no Linux"),
        (1, True, "truncating files, TCP, signals"),
        (4, True, "cover signals to other processes$"),
        (6, True, "^$"),
        (6, False, "^this system gives no namespaces.*UDP"),
        (4, False, "cover signals to other processes; this system gives no namespaces"),
    ],
)
def test_what_a_system_lacks_is_said(monkeypatch, version, given, said) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    monkeypatch.setattr(landlock, "given", lambda: given)
    assert re.search(said, landlock.lacking())


@FENCED
def test_a_snippet_cannot_kill_its_judges_or_its_siblings(runner) -> None:
    code = f"import os, signal\nfor pid in (os.getppid(), {os.getpid()}):\n    try:\n        os.kill(pid, signal.SIGTERM)\n"
    code += "    except PermissionError:\n        print('refused')\n"
    outcome = runner.submit(hidden(code)).result()
    assert (outcome.failure, outcome.stdout) == ("", "refused\n" * 2)


@pytest.mark.parametrize(
    ("code", "line", "name"),
    [
        ("import os\nos.fork()\n", 2, "os.fork"),
        ("from os import _exit as leave\nleave(0)\n", 1, "os._exit"),
        ("import os as o\no._exit(0)\n", 2, "os._exit"),
        ("from os import *\n", 1, "os.*"),
        ("x = 1\nfrom evidence import run\n", 2, "evidence"),
        ("import ctypes.util\n", 1, "ctypes.util"),
        ("import gc as g\n", 1, "gc"),
        ("def f(e):\n    return e.__traceback__.tb_frame\n", 2, "tb_frame"),
        ("__builtins__.print = None\n", 1, "__builtins__"),
    ],
)
def test_a_name_that_no_snippet_needs_is_refused_by_its_line(runner, code, line, name) -> None:
    outcome = runner.submit(job(f"print('ran')\n{code}")).result()
    assert outcome.failure.startswith(f"names {name}, which") and outcome.where == ("s.py", line + 1) and outcome.stdout == ""


@pytest.mark.parametrize("number", [2, 9, 15])
def test_nothing_is_left_when_the_run_is_killed(number, tmp_path) -> None:
    program = """import sys
sys.path.insert(0, 'tests')
from jobs import job, lean_command
from evidence.run import server
from evidence.run.pool import Runner
server.command = lean_command()
with Runner(1) as runner:
    runner.submit(job("import time; time.sleep(600)")).result()
"""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as run:
        stop = time.monotonic() + 120
        while not list(tmp_path.glob("evidence-*/*/code/s.py")) and time.monotonic() < stop:
            time.sleep(0.1)
        assert list(tmp_path.glob("evidence-*/*/code/s.py")), "it did not start"
        run.send_signal(number)
    while processes_in(tmp_path) and time.monotonic() < stop:
        time.sleep(0.1)
    assert processes_in(tmp_path) == [] and list(tmp_path.glob("evidence-*")) == []
