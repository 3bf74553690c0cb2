"""The site in other forms: Markdown, notebooks, zip files, llms.txt."""
