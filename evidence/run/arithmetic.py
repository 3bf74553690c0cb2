"""The settings of processor and threads under which a claim is run: for each name, what its server's environment adds."""

SETTINGS: dict[str, dict[str, str]] = {"own": {}}
