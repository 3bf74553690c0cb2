"""The commands behind the Makefile: site, serve, publish, new-question and data."""

import argparse
import os
from pathlib import Path

from evidence.fronts.fetch_data import fetch_data
from evidence.fronts.make_site import make_site
from evidence.fronts.new_question import new_question
from evidence.fronts.publish import publish
from evidence.fronts.serve import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="evidence", description="Make the site, serve it while writing, ask anew.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("site", help="run what has no fresh record, build site/, say what is withheld")
    live = commands.add_parser("serve", help="serve the site, run what is missing, reload")
    live.add_argument("--address", default="127.0.0.1:8000")
    done = commands.add_parser("publish", help="complete a built site")
    done.add_argument("--site", type=Path, default=Path("site"))
    fresh = commands.add_parser("new-question", help="write the skeleton of a question and of its snippet")
    for name, words in (
        ("topic", "as training/dropout; without it the variable TOPIC"),
        ("id", "the name of the answer's page, as dropout-at-test-time; without it the variable ID"),
        ("ask", "the question as a reader would ask it; without it the variable ASK"),
    ):
        fresh.add_argument(name, nargs="?", default=os.environ.get(name.upper(), ""), help=words)
    commands.add_parser("data", help="fetch Fashion-MNIST into data/fashion-mnist, once")
    args = parser.parse_args()
    if args.command == "site":
        raise SystemExit(make_site(Path.cwd()))
    if args.command == "serve":
        serve(Path.cwd(), args.address)
    elif args.command == "publish":
        publish(Path.cwd(), args.site)
    elif args.command == "data":
        fetch_data(Path("data/fashion-mnist"))
    else:
        print("\n".join(new_question(Path.cwd(), args.topic, args.id, args.ask)))


if __name__ == "__main__":
    import click

    try:
        main()
    except click.ClickException as error:
        raise SystemExit(error.format_message()) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
