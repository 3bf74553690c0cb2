"""The commands behind the Makefile: serve, publish, new-question and data."""

import argparse
from pathlib import Path

from evidence.fronts.fetch_data import fetch_data
from evidence.fronts.new_question import new_question
from evidence.fronts.publish import publish
from evidence.fronts.serve import serve


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
    commands.add_parser("data", help="fetch Fashion-MNIST into data/fashion-mnist, once")
    args = parser.parse_args()
    if args.command == "serve":
        serve(Path.cwd(), args.address)
    elif args.command == "publish":
        publish(Path.cwd(), args.site)
    elif args.command == "data":
        fetch_data(Path("data/fashion-mnist"))
    else:
        print("\n".join(new_question(Path.cwd(), args.page, args.id, args.ask)))


if __name__ == "__main__":
    from evidence.errors import EvidenceError

    try:
        main()
    except EvidenceError as error:
        raise SystemExit(error.format_message()) from None
