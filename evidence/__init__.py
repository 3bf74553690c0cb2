"""The machinery behind the site: pages name snippets, the test run makes records, the build reads records."""
