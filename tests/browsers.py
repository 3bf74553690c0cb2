"""The browsers of the tests, and the visits of all pages, which begin before they are asked for."""

import contextlib
import functools
import http.server
import queue
import shutil
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright
from visits import PATIENCE, Faults, Visitor

from evidence.run.pool import cores

CHROMIUM = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"


@contextlib.contextmanager
def a_browser() -> Iterator[Browser]:
    """The machine's Chromium or Chrome, or Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM.split())
        browser.on("context", lambda context: context.set_default_timeout(PATIENCE))
        yield browser


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a site while it is served."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            if not urlsplit(self.path).path.endswith(".js"):  # what moves a page when it comes late comes as to a new reader
                self.send_header("Cache-Control", "no-store")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Visits:
    """What a visit of each page found, by its address.

    The visits begin at once, and leave a core to the tests that run meanwhile; who waits for one gives that core away.
    A visit that breaks off is made once more by a new browser: what ends the second too is the page's fault.
    """

    def __init__(self, addresses: Iterable[str], origin: str, script: str) -> None:
        self._found: dict[str, Future[Faults]] = {address: Future() for address in addresses}
        self._todo: queue.SimpleQueue[str] = queue.SimpleQueue()
        for address in self._found:
            self._todo.put(address)
        self._broken: set[str] = set()
        self._known: dict[str, set[str]] = {"light": set(), "dark": set()}
        self._where = origin, script
        self._workers: list[threading.Thread] = []
        self._hire(max(1, cores() - 1))

    def __getitem__(self, address: str) -> Future[Faults]:
        self._hire(cores())
        return self._found[address]

    def _hire(self, count: int) -> None:
        while len(self._workers) < count:
            self._workers.append(threading.Thread(target=self._work, daemon=True))
            self._workers[-1].start()

    def _work(self) -> None:
        while not self._todo.empty():
            with contextlib.suppress(queue.Empty), a_browser() as own:
                visitor = Visitor(own, *self._where, self._known)
                while True:
                    address = self._todo.get_nowait()
                    try:
                        self._found[address].set_result(visitor.visit(address))
                    except Exception as error:  # the next page gets a new browser
                        if address in self._broken:
                            self._found[address].set_exception(error)
                        else:  # the driver's own fault, perhaps, as StopIteration out of a frame (CPython's issue 116033)
                            self._broken.add(address)
                            self._todo.put(address)
                        break

    def close(self) -> None:
        """Give up what has not begun, where the session is left early, and wait for the rest."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._todo.get_nowait()
        for worker in self._workers:
            worker.join()
