"""What stands in the site: the Markdown extension and the HTML of evidence. Nothing here runs."""
