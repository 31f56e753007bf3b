"""The command line, tested as its users meet it: by processes of their own."""
