"""The doors: pytest, MkDocs, the live preview, the command line. Nobody imports them."""
