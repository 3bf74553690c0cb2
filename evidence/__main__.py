"""The commands behind the Makefile: serve, publish and new-question."""

import argparse
import os
import shutil
from pathlib import Path

from evidence.exports import export_site
from evidence.labs import read_labs
from evidence.new_question import new_question
from evidence.serve import serve


def publish(root: Path, site: Path) -> None:
    """Put the snippets and the labs beside the built pages, so that they can be downloaded.

    A lab's page that the engine has not built is exported.
    """
    if (root / "snippets").is_dir():
        shutil.copytree(root / "snippets", site / "snippets", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    export_site(root, site, os.environ.get("SITE_URL", ""))
    for lab in read_labs(root):
        folder = site / "labs" / Path(lab.path).stem
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / lab.path, folder)
        if not (folder / "index.html").exists():
            from evidence.lab_pages import export  # nbconvert is slow to import

            (folder / "index.html").write_text(export(root)[folder.name], encoding="utf-8")
            shutil.copy(root / ".evidence" / "labs" / f"{folder.name}.ipynb", folder)


def main() -> None:
    parser = argparse.ArgumentParser(prog="evidence", description="Serve the site while writing, complete a built one, ask anew.")
    commands = parser.add_subparsers(dest="command", required=True)
    live = commands.add_parser("serve", help="serve the site, run what is missing, reload")
    live.add_argument("--address", default="127.0.0.1:8000")
    done = commands.add_parser("publish", help="complete a built site")
    done.add_argument("--site", type=Path, default=Path("site"))
    fresh = commands.add_parser("new-question", help="write the skeleton of a question and of its snippet")
    fresh.add_argument("page", help="as training/dropout")
    fresh.add_argument("id", help="the anchor of the answer, as dropout-at-test-time")
    fresh.add_argument("ask", help="the question as a reader would ask it")
    args = parser.parse_args()
    if args.command == "serve":
        serve(Path.cwd(), args.address)
    elif args.command == "publish":
        publish(Path.cwd(), args.site)
    else:
        print("\n".join(new_question(Path.cwd(), args.page, args.id, args.ask)))


if __name__ == "__main__":
    from evidence.errors import EvidenceError

    try:
        main()
    except EvidenceError as error:
        raise SystemExit(error.format_message()) from None
