"""What stands on a page: every piece of syntax, pages, questions, sources and words. Nothing here runs or renders."""
