"""What a run left: the store of records and their addresses."""
