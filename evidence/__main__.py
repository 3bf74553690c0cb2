"""The commands behind the Makefile: `python -m evidence serve` and `python -m evidence publish`."""

import argparse
import shutil
from pathlib import Path

from evidence.serve import serve


def publish(root: Path, site: Path) -> None:
    """Put the snippets beside the built pages, so that they can be downloaded."""
    if (root / "snippets").is_dir():
        shutil.copytree(root / "snippets", site / "snippets", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="evidence", description="Serve the site while writing, or complete a built one.")
    commands = parser.add_subparsers(dest="command", required=True)
    live = commands.add_parser("serve", help="serve the site, run what is missing, reload")
    live.add_argument("--address", default="127.0.0.1:8000")
    done = commands.add_parser("publish", help="complete a built site")
    done.add_argument("--site", type=Path, default=Path("site"))
    args = parser.parse_args()
    if args.command == "serve":
        serve(Path.cwd(), args.address)
    else:
        publish(Path.cwd(), args.site)


if __name__ == "__main__":
    main()
